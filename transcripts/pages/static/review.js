// Correcting in place: a sentence opens where it stands and plays; sending it needs no new page.
// Without this every place has a link to a form of its own.

import * as text from "./text.js";

const media = document.querySelector("video, audio");
const autoplay = document.querySelector('[data-does="autoplay"]');
const path = text.body.dataset.path;
const says = document.querySelector("[data-says]");
let open = null; // { form, element, until }: the form that is open and the place it is for
let stopAt = null;

const say = (words) => { says.textContent = ""; requestAnimationFrame(() => { says.textContent = words; }); };

const endOf = (number) => (number + 1 < text.sentences.length ? text.startOf(number + 1) : media.duration);

const hear = (number) => {
  const go = () => {
    stopAt = endOf(number) + 0.1;
    media.currentTime = Math.max(0, text.startOf(number) - 0.15);
    media.play().catch(() => {});
  };
  if (media.readyState > 0) go();
  else { media.addEventListener("loadedmetadata", go, { once: true }); media.load(); }
};

media.addEventListener("timeupdate", () => {
  if (stopAt === null || media.currentTime < stopAt) return;
  stopAt = null;
  media.pause();
});
media.addEventListener("seeking", () => { if (document.activeElement === media) stopAt = null; });

// Which sentence the keyboard is at: one stop for the tabulator, arrows for the rest.
let chosen = 0;
const choose = (number, isFocused = true) => {
  const element = text.sentences[number];
  if (!element) return;
  text.sentences[chosen].tabIndex = -1;
  chosen = number;
  element.tabIndex = 0;
  if (isFocused) element.focus();
};

const close = (isFocused = true) => {
  if (!open) return;
  const { form, element } = open;
  form.remove();
  element.hidden = false;
  open = null;
  if (isFocused) element.focus?.();
};

// Nothing typed is lost without asking.
const isDirty = () => open && open.form.elements.text.value !== open.form.elements.text.defaultValue;
const mayLeave = () => !isDirty() || confirm("Die Änderung an dieser Stelle ist noch nicht gesichert. Verwerfen?");

const put = (html, element) => {
  const holder = document.createElement("div");
  holder.innerHTML = html;
  const form = holder.querySelector("form");
  (element.closest("p, h1, h2, nav") ?? element).after(form);
  return form;
};

const edit = async (query, element, number = -1) => {
  if (!mayLeave()) return;
  const answer = await fetch(`${path}stelle?${query}`).catch(() => null);
  if (!answer?.ok) { say("Die Stelle lässt sich gerade nicht öffnen. Bitte noch einmal versuchen."); return; }
  close(false);
  document.getElementById("bearbeiten")?.remove();
  start(put(await answer.text(), element), element, number);
};

const start = (form, element, number) => {
  open = { form, element, number };
  const field = form.elements.text;
  field.focus();
  if (field.matches("textarea")) field.setSelectionRange(field.value.length, field.value.length);
  form.scrollIntoView({ block: "nearest" });
  if (number >= 0 && autoplay.checked) hear(number);
};

const shown = (element, words) => {
  element.textContent = words;
  element.dataset.t = element.dataset.t.split(" ")[0];
  element.classList.add("changed");
};

const send = async (form, submitter, goesOn) => {
  const fields = new URLSearchParams(new FormData(form, submitter));
  const { element, number } = open;
  form.inert = true;
  const answer = await fetch(form.action, { method: "POST", body: fields, headers: { accept: "application/json" } }).catch(() => null);
  form.inert = false;
  if (!answer || ![200, 409, 422].includes(answer.status)) {
    say("Noch nicht gesichert: keine Verbindung. Bitte noch einmal versuchen.");
    alert("Noch nicht gesichert: keine Verbindung, oder die Anmeldung ist abgelaufen. Was getippt wurde, steht noch da.");
    return;
  }
  const told = await answer.json();
  if (answer.status !== 200) {
    const next = put(told.form, form);
    form.remove();
    start(next, element, number);
    return;
  }
  if (number < 0) { location.assign(`${path}?nr=${told.number}`); return; }
  shown(element, told.text);
  close(!goesOn);
  say(`Gesichert als Berichtigung ${told.number}.`);
  if (goesOn && text.sentences[number + 1]) { choose(number + 1, false); edit(`satz=${text.sentences[number + 1].id}`, text.sentences[number + 1], number + 1); }
};

const sentenceOf = (event) => text.numberOf(event.target.closest(".s"));

const openSentence = (number) => {
  choose(number, false);
  edit(`satz=${text.sentences[number].id}`, text.sentences[number], number);
};

document.addEventListener("click", (event) => {
  const pen = event.target.closest("a[data-edits]");
  if (pen && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    edit(pen.dataset.edits, pen);
    return;
  }
  if (event.target.closest('[data-does="hear"]')) { if (open?.number >= 0) hear(open.number); return; }
  if (open && event.target.closest('[data-does="leave"]')) { event.preventDefault(); close(); return; }
  const number = sentenceOf(event);
  if (number >= 0 && getSelection().isCollapsed) openSentence(number);
});

document.addEventListener("submit", (event) => {
  if (!open || event.target !== open.form) return;
  event.preventDefault();
  send(open.form, event.submitter, open.goesOn === true);
});

const MOVES = { ArrowDown: 1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  const within = event.target.closest?.("form.edit");
  if (within && open) {
    if (event.key === "Escape") { event.preventDefault(); if (mayLeave()) close(); }
    else if (event.key === " " && event.ctrlKey && open.number >= 0) { event.preventDefault(); hear(open.number); }
    else if (event.key === "Enter" && event.target.matches("textarea") && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      const isSame = !isDirty();
      open.goesOn = open.number >= 0 && !event.ctrlKey;
      if (isSame && open.number >= 0) { const next = open.number + (open.goesOn ? 1 : 0); close(); if (next !== chosen && text.sentences[next]) openSentence(next); return; }
      open.form.requestSubmit(open.form.querySelector("button.act"));
    }
    return;
  }
  const number = text.numberOf(document.activeElement);
  if (number < 0) return;
  if (event.key in MOVES) { event.preventDefault(); choose(number + MOVES[event.key]); }
  else if (event.key === "Enter") { event.preventDefault(); openSentence(number); }
  else if (event.key === " ") { event.preventDefault(); hear(number); }
});

addEventListener("beforeunload", (event) => { if (isDirty()) event.preventDefault(); });

const paintUnsure = () => {
  const ranges = [];
  text.sentences.forEach((element, sentence) => {
    if (!element.dataset.t.includes("?")) return;
    text.wordsOf(sentence).unsure.forEach((isUnsure, word) => { if (isUnsure) ranges.push(...text.rangesOf({ sentence, word })); });
  });
  text.paint("unsure", ranges, 0);
};

const given = document.getElementById("bearbeiten");
text.sentences.forEach((element) => { element.tabIndex = -1; });
if (text.sentences.length) choose(Math.max(0, text.numberOf(document.getElementById(location.hash.slice(1)))), false);
paintUnsure();
if (given) {
  const number = given.dataset.what === "satz" ? text.numberOf(document.getElementById(given.elements.satz.value)) : -1;
  start(given, number >= 0 ? text.sentences[number] : given.previousElementSibling ?? given, number);
}
document.documentElement.classList.add("ready");
