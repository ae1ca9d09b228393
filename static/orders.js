// The order that is saved as it is typed: says what is not saved yet, tries again after a cut, and hands over
// what was typed last when the page or the form goes away. It keeps nothing: what is typed stands in the form.
"use strict";

const AGAIN_MS = 2000;
let orderIsUnsaved = false;

const orderForm = () => document.getElementById("order-form");
const isSaving = (event) => event.detail.elt === orderForm();

function markUnsaved(event) {
  const form = event.target.closest?.("#order-form");
  if (!form || event.target.name === "telephone") return;
  orderIsUnsaved = true;
  sayUnsaved(form);
}

function sayUnsaved(form) {
  document.getElementById("order-saved").textContent = form.dataset.unsaved;
}

// Enter in a line goes on to the next one; the last line gets a new one beneath it, as soon as it is saved if it is.
function nextLine(event) {
  const line = event.key === "Enter" && event.target.closest?.("#order-lines > li");
  if (!line) return;
  event.preventDefault();
  const focusLast = () => document.querySelector("#order-lines > li:last-child .title").focus();
  if (line.nextElementSibling) return focusLast();
  document.addEventListener("htmx:afterSettle", focusLast, { once: true });
  if (orderForm()) htmx.trigger(orderForm(), "again");
  else line.closest("form").querySelector("[name=more]").click();
}

function saveAgain() {
  if (orderIsUnsaved && orderForm()) htmx.trigger(orderForm(), "again");
}

// The browser sends this even while the page is closing; the telephone is only ever taken from its own field.
function handOver() {
  const form = orderForm();
  if (!form || !orderIsUnsaved) return;
  const typed = new FormData(form);
  typed.delete("telephone");
  navigator.sendBeacon(form.action, typed);
  orderIsUnsaved = false;
}

document.addEventListener("input", markUnsaved);
document.addEventListener("keydown", nextLine);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isSaving(event)) orderIsUnsaved = false;
});
for (const failed of ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:sendAbort"]) {
  document.addEventListener(failed, (event) => {
    if (isSaving(event)) orderIsUnsaved = true;
    if (orderForm()?.contains(event.detail.elt)) sayUnsaved(orderForm());
  });
}
document.addEventListener("htmx:beforeCleanupElement", (event) => {
  if (event.target.contains(orderForm())) handOver();
});
addEventListener("pagehide", handOver);
addEventListener("online", saveAgain);
setInterval(saveAgain, AGAIN_MS);
