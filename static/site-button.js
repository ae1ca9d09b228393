// The "call me" button of a shop's site: makes the link it stands beside a button that opens a small form.
//
// Whatever fails leaves or follows the link, whose page does the same without script. All words come from the server.
// Works under a strict content policy (script-src and connect-src of this file's host are enough): the look is a
// constructed style sheet in a shadow root, so the site's styles and these never meet.
(() => {
  "use strict";

  const script = document.currentScript;
  const home = script?.src.replace(/\/button\.js.*$/, "");
  const link = home && [...document.querySelectorAll("a[href]")].find((a) => a.href === home);
  if (!link || !("adoptedStyleSheets" in document)) return;

  const LOOK = `
    :host { all: initial; display: inline-block; position: relative; font: 16px/1.4 system-ui, "Segoe UI", Roboto, sans-serif; }
    :host([data-place="corner"]) { position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; }
    * { box-sizing: border-box; font: inherit; }
    [hidden] { display: none !important; }
    button, input, select { min-height: 44px; border-radius: 8px; border: 1px solid #767f87; padding: 8px 12px; width: 100%; background: light-dark(#fff, #1b2026); color: light-dark(#1d252c, #dfe4e8); }
    button { cursor: pointer; width: auto; font-weight: 600; }
    .open, .send { background: var(--colour); color: var(--on-colour); border-color: transparent; }
    :host([data-place="corner"]) .open { border-radius: 24px; padding: 10px 20px; box-shadow: 0 2px 12px #0004; }
    :focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
    .panel { position: absolute; top: calc(100% + 8px); left: 0; z-index: 2147483000; width: min(320px, calc(100vw - 32px)); padding: 16px; border-radius: 12px; border: 1px solid #8886; background: light-dark(#fff, #1b2026); color: light-dark(#1d252c, #dfe4e8); box-shadow: 0 8px 32px #0004; }
    :host([data-place="corner"]) .panel { top: auto; left: auto; right: 0; bottom: calc(100% + 8px); }
    .head { display: flex; align-items: start; justify-content: space-between; gap: 8px; margin-bottom: 4px; }
    h2 { margin: 6px 0 0; font-size: 18px; font-weight: 650; }
    .close { min-height: 32px; padding: 2px 10px; border-color: transparent; background: transparent; font-weight: 400; }
    p { margin: 0 0 12px; }
    label { display: block; font-weight: 600; margin: 0 0 2px; }
    .field { margin-bottom: 12px; }
    .fault { color: light-dark(#a8201a, #f0948c); font-weight: 600; }
    .send { width: 100%; }
    .ring { margin: 12px 0 0; }
    .ring a { color: inherit; white-space: nowrap; }
    .said { font-size: 18px; }`;

  const LANGUAGES = ["uk", "ru", "en"];
  const language = document.documentElement.lang.slice(0, 2).toLowerCase();
  const query = LANGUAGES.includes(language) ? `?lang=${language}` : "";

  function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  // White or black, whichever is read better on the shop's colour (WCAG's relative luminance).
  function readableOn(colour) {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
  }

  const AGAIN_SECONDS = 5;
  const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

  // Turned away because very many ask at once (503), it asks again by itself, a few times.
  async function fetched(address, options = {}, tries = 3) {
    const answer = await fetch(address, { credentials: "omit", headers: { Accept: "application/json" }, ...options });
    if (answer.status === 503 && tries > 1) {
      await pause(AGAIN_SECONDS);
      return fetched(address, options, tries - 1);
    }
    if (!(answer.ok || [422, 429, 503].includes(answer.status))) throw new Error(answer.status);
    return answer.json();
  }

  const host = make("span");
  const place = link.dataset.place || "here";
  host.dataset.place = place;
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LOOK);
  root.adoptedStyleSheets = [sheet];
  const open = make("button", { type: "button", className: "open", textContent: link.textContent });
  open.setAttribute("aria-expanded", "false");
  root.append(open);
  host.style.setProperty("--colour", "#1c5585");
  host.style.setProperty("--on-colour", "#fff");
  let panel = null;

  function close() {
    panel?.remove();
    panel = null;
    open.setAttribute("aria-expanded", "false");
    open.focus();
  }

  function panelOf(words) {
    const title = make("h2", { id: "title", textContent: words.title });
    const shut = make("button", { type: "button", className: "close", textContent: "✕" });
    shut.setAttribute("aria-label", words.close);
    shut.addEventListener("click", close);
    const made = make("div", { className: "panel", lang: words.language }, make("div", { className: "head" }, title, shut));
    made.setAttribute("role", "dialog");
    made.setAttribute("aria-labelledby", "title");
    made.append(make("p", { className: "promise", textContent: words.promise }));
    if (words.is_on) made.append(formOf(words));
    if (words.ring) {
      const number = make("a", { href: `tel:${words.ring_number}`, textContent: words.ring });
      made.append(make("p", { className: "ring" }, `${words.ring_label} `, number));
    }
    made.addEventListener("keydown", (event) => event.key === "Escape" && close());
    return made;
  }

  function fieldOf(name, text, control) {
    const fault = make("span", { id: `${name}-fault`, className: "fault", hidden: true });
    control.id = name;
    control.name = name;
    return make("div", { className: "field" }, make("label", { htmlFor: name, textContent: text }), control, fault);
  }

  function formOf(words) {
    const number = make("input", { type: "tel", autocomplete: "tel", inputMode: "tel", placeholder: "067 123 45 67" });
    const when = make("select", {}, ...words.times.map(([value, text]) => make("option", { value, textContent: text })));
    const top = make("p", { className: "fault", hidden: true, id: "form-fault" });
    top.setAttribute("role", "alert");
    const send = make("button", { type: "submit", className: "send", textContent: words.send });
    const form = make("form", { noValidate: true }, fieldOf("number", words.number_label, number));
    if (words.times.length > 1) form.append(fieldOf("wanted", words.when_label, when));
    form.append(top, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form, send, words);
    });
    return form;
  }

  async function ask(form, send, words) {
    send.disabled = true;
    send.textContent = words.sending;
    const body = new URLSearchParams(new FormData(form));
    body.set("page", location.origin + location.pathname);
    const answer = await fetched(home + query, { method: "POST", body }).catch(() => ({ fault: words.failed, field: "" }));
    send.disabled = false;
    send.textContent = words.send;
    answer.said ? thank(form, answer.said) : showFault(form, answer);
  }

  function thank(form, said) {
    panel?.querySelector(".promise").remove();
    const words = make("p", { className: "said", textContent: said, tabIndex: -1 });
    words.setAttribute("role", "status");
    form.replaceWith(words);
    words.focus();
  }

  function showFault(form, { field, fault }) {
    for (const old of form.querySelectorAll(".fault")) old.hidden = true;
    for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
    const control = form.querySelector(`#${field || "none"}`);
    const words = form.querySelector(control ? `#${field}-fault` : "#form-fault");
    words.textContent = fault;
    words.hidden = false;
    if (!control) return;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", words.id);
    control.focus();
  }

  async function show() {
    if (panel) return close();
    open.disabled = true;
    try {
      const words = await fetched(`${home}/offer${query}`);
      if (/^#[0-9a-f]{6}$/i.test(words.colour)) paint(words.colour);
      panel = panelOf(words);
      root.append(panel);
      open.setAttribute("aria-expanded", "true");
      open.disabled = false;
      (panel.querySelector("input") || panel.querySelector(".close")).focus();
    } catch {
      location.href = home + query;
    }
  }

  function paint(colour) {
    host.style.setProperty("--colour", colour);
    host.style.setProperty("--on-colour", readableOn(colour));
  }

  if (/^#[0-9a-f]{6}$/i.test(link.dataset.colour || "")) paint(link.dataset.colour);
  open.addEventListener("click", show);
  link.replaceWith(host);
})();
