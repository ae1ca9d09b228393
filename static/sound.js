// Playing what callers hear and recording it with the browser's microphone. Without script, a player is a link to
// the sound and the recorder is not there; what was recorded is sent by the form as if it had been chosen as a file.
"use strict";

const player = new Audio();
let playing = null;

function stop() {
  player.pause();
  playing?.classList.remove("playing");
  playing = null;
}

function play(link) {
  stop();
  playing = link;
  link.classList.add("playing");
  player.src = link.href;
  player.play().catch(stop);
}

// The sounds of a list one after the other, from this one on.
function playNext() {
  const row = playing?.closest("[data-follow]");
  const links = row ? [...row.querySelectorAll("a.play")] : [];
  const next = links[links.indexOf(playing) + 1];
  if (next) play(next);
  else stop();
}

function choose(input, blob) {
  const extension = blob.type.includes("mp4") ? "m4a" : blob.type.includes("ogg") ? "ogg" : "webm";
  const files = new DataTransfer();
  files.items.add(new File([blob], `recorded.${extension}`, { type: blob.type }));
  input.files = files.files;
}

function offerRecording(box) {
  if (!navigator.mediaDevices || !window.MediaRecorder) return;
  const [begin, end] = box.querySelectorAll("button");
  const time = box.querySelector("output");
  const heard = box.querySelector("audio");
  const input = document.getElementById(box.dataset.input);
  let recorder = null;
  let ticking = null;

  function show(recording) {
    begin.hidden = recording;
    end.hidden = !recording;
    (recording ? end : begin).focus();
  }

  async function record() {
    let microphone;
    try {
      microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      time.textContent = box.dataset.refused;
      return;
    }
    const parts = [];
    const began = Date.now();
    recorder = new MediaRecorder(microphone);
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      clearInterval(ticking);
      microphone.getTracks().forEach((track) => track.stop());
      const blob = new Blob(parts, { type: recorder.mimeType });
      choose(input, blob);
      heard.src = URL.createObjectURL(blob);
      heard.hidden = false;
      show(false);
    });
    recorder.start();
    show(true);
    ticking = setInterval(() => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= Number(box.dataset.mostSeconds)) recorder.stop();
    }, 250);
  }

  begin.addEventListener("click", record);
  end.addEventListener("click", () => recorder.stop());
  box.hidden = false;
}

// Too large a file is told before it travels.
function weigh(input) {
  const large = input.files[0]?.size > Number(input.dataset.mostBytes);
  let told = input.parentElement.querySelector(".fault.weight");
  told?.remove();
  if (!large) return;
  input.value = "";
  told = Object.assign(document.createElement("small"), { className: "fault weight", textContent: input.dataset.tooLarge });
  told.setAttribute("role", "alert");
  input.after(told);
}

player.addEventListener("ended", playNext);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.play");
  if (!link) return;
  event.preventDefault();
  if (link === playing) stop();
  else play(link);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-most-bytes]")) weigh(event.target);
});
document.addEventListener("htmx:load", (event) => {
  const walk = event.target.querySelector?.("[data-follow]");
  if (!walk) return;
  stop();
  const now = walk.querySelector("a.play.now");
  if (now) play(now);
});
document.querySelectorAll("[data-input]").forEach(offerRecording);
