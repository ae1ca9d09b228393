// What no attribute can do: clocks that run, keys of the keyboard on the desk, copying. No state, no data.
"use strict";

const twoDigits = (number) => String(number).padStart(2, "0");

function lasting(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = twoDigits(Math.floor(seconds) % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${rest}`;
}

function runClocks() {
  for (const clock of document.querySelectorAll("time[data-since]")) {
    clock.textContent = lasting(Math.max(0, (Date.now() - Date.parse(clock.dataset.since)) / 1000));
  }
  for (const clock of document.querySelectorAll("time[data-until]")) {
    clock.textContent = lasting(Math.max(0, (Date.parse(clock.dataset.until) - Date.now()) / 1000));
  }
}

// An element with data-key is clicked, or a field focused, by that key. Letters and digits typed into a field are
// text, so there it takes Alt as well; Escape leaves the field.
function pressKey(event) {
  const field = event.target.closest("input, select, textarea");
  if (field && event.code === "Escape") field.blur();
  if (event.repeat || event.ctrlKey || event.metaKey || event.isComposing) return;
  const code = event.code.replace("Numpad", "Digit");
  const isText = /^(Key|Digit)/.test(code);
  if (event.altKey !== Boolean(field && isText)) return;
  const target = document.querySelector(`[data-key="${CSS.escape(code)}"]:not(:disabled):not([hidden])`);
  if (!target) return;
  event.preventDefault();
  if (!target.matches("input, select, textarea")) return target.click();
  target.focus();
  if (target.matches("input")) target.select(); // as Tab does
}

// Copying needs a safe page (HTTPS); without it the words can still be selected by one touch.
function offerCopying() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
}

async function copyWords(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = button.dataset.done;
}

// A fragment that stays away shows that what is on the page is old.
function showSilence(silent) {
  document.body.classList.toggle("silent", silent);
}

// Where the keyboard goes on after a change; a whole page has autofocus for it, which comes too late for a fragment.
function goOn(event) {
  event.target.querySelector?.("[data-focus]")?.focus();
}

// A fragment that comes by itself leaves the field that is being typed into, what was typed into a field that keeps
// it, and what a person has opened. Anything else that has the focus is renewed like the rest.
if (window.Idiomorph) {
  Object.defineProperty(Idiomorph.defaults, "ignoreActiveValue", {
    enumerable: true,
    get: () => document.activeElement.matches("input, select, textarea"),
  });
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !((name === "open" && node.localName === "details") || (name === "value" && "keep" in node.dataset));
}

// The arrows go from a search box through what it found, and back; Escape returns to the box.
function walk(event) {
  const list = event.target.closest("[data-arrows]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list || !(step || event.key === "Escape")) return;
  const stops = [...list.querySelectorAll("input[type=search], summary")];
  const next = step ? stops[stops.indexOf(event.target) + step] : stops[0];
  if (!next || next === event.target) return;
  event.preventDefault();
  next.focus();
}

document.addEventListener("keydown", pressKey);
document.addEventListener("keydown", walk);
document.addEventListener("click", copyWords);
document.addEventListener("htmx:afterSettle", runClocks);
document.addEventListener("htmx:afterSettle", goOn);
document.addEventListener("htmx:sendError", () => showSilence(true));
document.addEventListener("htmx:timeout", () => showSilence(true));
document.addEventListener("htmx:responseError", (event) => showSilence(event.detail.xhr.status >= 500));
document.addEventListener("htmx:afterOnLoad", () => showSilence(false));
setInterval(runClocks, 1000);
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
runClocks();
offerCopying();
