// The player of a recording: ten seconds back and on, the speed remembered, one sound at a time.
// Nothing is kept in the browser but the speed.

const SPEED = "player-speed";

const playerOf = (element) => element.closest?.(".player");
const soundOf = (element) => playerOf(element)?.querySelector("audio");

function begin(player) {
  const sound = player.querySelector("audio");
  const speeds = player.querySelector("[data-speed]");
  const remembered = localStorage.getItem(SPEED);
  if ([...speeds.options].some((option) => option.value === remembered)) speeds.value = remembered;
  sound.defaultPlaybackRate = sound.playbackRate = Number(speeds.value);
  player.dataset.begun = "";
  player.focus({ preventScroll: true });
  sound.play().catch(() => {}); // a browser that wants another touch shows its own button
}

function skip(sound, seconds) {
  sound.currentTime = Math.max(0, Math.min(sound.duration || 0, sound.currentTime + seconds));
}

// A message on the desk has a place of its own; the key that opened it is next again.
function putAway(element) {
  const message = element.closest("#message > *");
  if (!message) return;
  document.getElementById(message.id.replace("heard", "hear"))?.querySelector("button").focus();
  message.remove();
}

function pauseAll(but) {
  for (const other of document.querySelectorAll(".player audio")) if (other !== but) other.pause();
}

function pressKey(event) {
  const sound = soundOf(event.target);
  if (!sound || event.target.matches("select") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    skip(sound, event.key === "ArrowLeft" ? -10 : 10);
  } else if (event.key === "Escape") {
    putAway(event.target);
  } else if (event.key === " " && event.target === playerOf(event.target)) {
    sound.paused ? sound.play() : sound.pause();
  } else {
    return;
  }
  event.preventDefault();
}

document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("div.player:not([data-begun])").forEach(begin));
document.addEventListener("keydown", pressKey, true);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-put-away]")) return putAway(event.target);
  const seconds = event.target.closest("[data-skip]")?.dataset.skip;
  if (seconds) skip(soundOf(event.target), Number(seconds));
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-speed]")) return;
  soundOf(event.target).playbackRate = Number(event.target.value);
  localStorage.setItem(SPEED, event.target.value);
});
// events of media do not bubble, but they are captured
document.addEventListener("play", ({ target }) => pauseAll(target), true);
document.addEventListener("phone:ringing", () => pauseAll()); // who rings is to be heard
