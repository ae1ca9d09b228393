// The desk: the card of the call that rings, and what is typed: kept in this tab until the box has it.
"use strict";

// --- the card ------------------------------------------------------------------------------------------------------

const followed = new Set(); // the calls of hers whose cards have been here: once put away they stay away
const asked = new Map(); // calls whose cards are under way, each with the number that was rung
const TO_CARD = { target: "#call", swap: "outerHTML" };

function shown() {
  return document.getElementById("call")?.dataset.call ?? "";
}

// One request at a time, and of several calls the last: what is asked for elsewhere meanwhile would lose its place.
async function putOnDesk(key, did = "") {
  const isUnderWay = asked.size > 0;
  asked.delete(key);
  asked.set(key, did);
  while (!isUnderWay && asked.size > 0) {
    const [last, number] = [...asked].at(-1);
    const known = number ? `?did=${encodeURIComponent(number)}` : "";
    await htmx.ajax("GET", `/desk/calls/${encodeURIComponent(last)}${known}`, TO_CARD).catch(() => {});
    if ([...asked].at(-1)[0] === last) settle(last);
  }
}

// What was asked for before the last is passed over for good; what did not come is asked for again by follow().
function settle(last) {
  if (shown() === last) for (const key of asked.keys()) followed.add(key);
  asked.clear();
}

// A telephone that is no browser tells nothing here: the presence bar says which call is hers, at the next poll.
function follow() {
  const now = document.getElementById("presence").dataset.now;
  followed.add(shown());
  if (now && !followed.has(now) && !asked.has(now)) putOnDesk(now);
}

document.addEventListener("phone:ringing", (event) => putOnDesk(event.detail.key, event.detail.did));
document.addEventListener("htmx:afterSettle", follow);
// A page that came with a card came with the one she wanted.
if (shown()) followed.add(document.getElementById("presence").dataset.now);
follow();

// --- what is typed ---------------------------------------------------------------------------------------------------
// A form with data-as-typed is sent as it is typed. What is not sent yet stands in sessionStorage under the form's address,
// so that neither a cut network nor a reload nor the next call's card loses it; it goes as soon as the box has it.

const UNSENT = "unsent:";
const PAUSE = 600;
const AGAIN = 3000;
let timer = 0;
let sending = false;

function keep(event) {
  const form = event.target.closest("form[data-as-typed]");
  if (!form) return;
  const typed = new URLSearchParams(new FormData(form));
  typed.delete("csrf_token");
  sessionStorage.setItem(UNSENT + form.getAttribute("action"), typed.toString());
  tellUnsaved(form);
  sendIn(PAUSE);
}

function tellUnsaved(form) {
  const word = form.querySelector("output");
  word.textContent = form.dataset.unsaved;
  word.className = "kept unsaved";
}

function unsent() {
  return Object.keys(sessionStorage).filter((name) => name.startsWith(UNSENT));
}

function sendIn(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(sendAll, milliseconds);
}

// One after the other, so that what was typed last is what stands.
async function sendAll() {
  if (sending) return;
  sending = true;
  for (const name of unsent()) await send(name);
  sending = false;
  if (unsent().length) sendIn(AGAIN);
}

async function send(name) {
  const [address, typed] = [name.slice(UNSENT.length), sessionStorage.getItem(name)];
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body: new URLSearchParams(typed), headers, signal: AbortSignal.timeout(8000) });
  } catch {
    return;
  }
  // 401: the log-in ended; 5xx: the box is not itself. Both pass, and the words wait for it.
  if (answer.status === 401 || answer.status >= 500) return;
  const word = await answer.text();
  if (sessionStorage.getItem(name) !== typed) return;
  sessionStorage.removeItem(name);
  const form = formOf(address);
  if (form && (answer.ok || answer.status === 422)) form.querySelector("output").outerHTML = word;
}

function formOf(address) {
  return document.querySelector(`form[data-as-typed][action="${CSS.escape(address)}"]`);
}

// A card that comes anew has what the box knows; what it does not know yet is put back.
function putBack() {
  for (const form of document.querySelectorAll("form[data-as-typed]:not(.by-itself)")) {
    form.classList.add("by-itself");
    const typed = sessionStorage.getItem(UNSENT + form.getAttribute("action"));
    if (typed === null) continue;
    for (const [name, value] of new URLSearchParams(typed)) form.elements[name].value = value;
    tellUnsaved(form);
  }
  if (unsent().length) sendIn(0);
}

document.addEventListener("input", keep);
document.addEventListener("htmx:load", putBack);
window.addEventListener("online", () => sendIn(0));
putBack();
