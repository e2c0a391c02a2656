// Searching within the record: all finds are marked, previous and next lead from one to the other.

import * as follow from "./follow.js";
import * as text from "./text.js";

const form = document.querySelector(".find");
const field = form.elements.q;
const output = form.querySelector("output");
const PAUSE_MILLISECONDS = 200;
const MOST = 2000;
const SENTENCES_AT_ONCE = 200;
const FINDS_AT_ONCE = 100;

let reading = null;
let whole = null; // the folded text of all sentences, and where each begins in it
let finds = [];
let number = -1;
let timer = 0;
let updating = null;
let turns = 0;

// As the search over all records: case, umlauts and ß do not matter.
const fold = (word) => word.toLowerCase().replace(/ß/g, "ss").replace(/ä/g, "ae").replace(/ö/g, "oe").replace(/ü/g, "ue");

// Some sentences at a time, so that typing stays smooth.
const read = async () => {
  const firsts = [];
  const parts = [];
  let length = 0;
  for (const element of text.sentences) {
    firsts.push(length);
    const part = ` ${fold(element.textContent)}`;
    parts.push(part);
    length += part.length;
    if (firsts.length % SENTENCES_AT_ONCE === 0) await text.pause();
  }
  return { folded: parts.join(""), firsts };
};

// The place of a character of the folded text, by the words before it, which folding leaves alone.
const placeOf = (character) => {
  const sentence = text.lastUpTo(whole.firsts, character);
  const before = whole.folded.slice(whole.firsts[sentence], character + 1);
  const words = before.split(" ").length - 2;
  return { sentence, word: Math.min(Math.max(0, words), text.wordsOf(sentence).places.length - 1) };
};

// The finds and their ranges in the page, some at a time; null when something else is looked for meanwhile.
const search = async (wanted) => {
  const turn = (turns += 1);
  const found = [];
  const ranges = [];
  const next = (from) => (wanted && found.length < MOST ? whole.folded.indexOf(wanted, from) : -1);
  for (let at = next(0); at >= 0; at = next(at + wanted.length)) {
    const find = { first: placeOf(at), last: placeOf(at + wanted.length - 1) };
    found.push(find);
    ranges.push(...text.rangesOf(find.first, find.last));
    if (found.length % FINDS_AT_ONCE) continue;
    await text.pause();
    if (turn !== turns) return null;
  }
  return { found, ranges };
};

const say = () => {
  if (!field.value.trim()) output.value = "";
  else if (!finds.length) output.value = "Nicht gefunden";
  else if (number < 0) output.value = finds.length === 1 ? "1 Fundstelle" : `${finds.length} Fundstellen`;
  else output.value = `${number + 1} von ${finds.length}`;
};

const update = async () => {
  clearTimeout(timer);
  timer = 0;
  whole = await (reading ??= read());
  const all = await search(fold(field.value).trim().replace(/\s+/g, " "));
  if (!all) return;
  finds = all.found;
  number = -1;
  text.paint("found", all.ranges, 1);
  text.paint("chosen", []);
  say();
};

const step = async (by) => {
  if (timer) updating = update();
  await updating;
  if (!finds.length) return;
  const here = follow.place();
  if (number >= 0) number = (number + by + finds.length) % finds.length;
  else number = Math.max(0, finds.findIndex((find) => find.first.sentence >= here.sentence));
  const { first, last } = finds[number];
  text.paint("chosen", text.rangesOf(first, last), 2);
  follow.goTo(first);
  say();
};

export const focus = () => { field.focus(); field.select(); };

// What a search over all records was about is marked here too: its words one by one.
export const show = async (query) => {
  field.value = query.replace(/["„“”*]/g, " ").split(/\s+/).filter((word) => word && !/^[-−–]/.test(word)).join(" ");
  await update();
  if (!finds.length && field.value.includes(" ")) {
    field.value = field.value.split(" ").reduce((one, other) => (other.length > one.length ? other : one));
    update();
  }
};

export const startFinding = () => {
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => { updating = update(); }, PAUSE_MILLISECONDS); });
  form.addEventListener("submit", (event) => { event.preventDefault(); step(1); });
  form.querySelector('[data-does="previous"]').addEventListener("click", () => step(-1));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); step(-1); }
    if (event.key === "Escape" && field.value) { field.value = ""; update(); }
  });
};
