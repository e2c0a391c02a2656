// Quoting: a link to exactly some words, and finding them again even in a corrected or new text.
// The form of the link is described in docs/reading_room.md.

import * as follow from "./follow.js";
import * as text from "./text.js";

const MOST_HASHES = 24;
const EDGE = 6; // words compared at either end of a passage whose middle may have changed
const ENOUGH = 0.6;
const NEAR_SENTENCES = 80;
const FORM = /^#zitat=([\w-]*)\.(\d+)-([\w-]*)\.(\d+)\.([0-9a-z]+)(?:~(\d+)~([0-9a-z]+))?$/;

const dialog = document.querySelector("dialog.quote");
const cite = document.querySelector('[data-does="cite"]');
const link = document.getElementById("zitat-link");
const words = document.getElementById("zitat-text");
const notice = document.querySelector(".notice");
let first = null;
let last = null;
let selected = null;
let opener = null;

// Two digits to the base of 36 for each word, without case and punctuation (FNV-1a, 32 bits).
const hashOf = (word) => {
  let hash = 0x811c9dc5;
  for (const character of word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "")) {
    hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193) >>> 0;
  }
  return (hash % 1296).toString(36).padStart(2, "0");
};

const wordsBetween = (from, to) => {
  const found = [];
  for (let sentence = Math.max(0, from); sentence <= Math.min(to, text.sentences.length - 1); sentence += 1) {
    const known = text.wordsOf(sentence);
    known.places.forEach(([start, end], word) => found.push({ sentence, word, hash: hashOf(known.text.slice(start, end)) }));
  }
  return found;
};

const passage = (from, to) =>
  wordsBetween(from.sentence, to.sentence).filter(({ sentence, word }) =>
    (sentence > from.sentence || word >= from.word) && (sentence < to.sentence || word <= to.word));

// The fragment that names a passage: its sentences, its words within them, and what they are.
export const fragmentOf = (from, to) => {
  const hashes = passage(from, to).map((each) => each.hash);
  const half = MOST_HASHES / 2;
  const named = hashes.length <= MOST_HASHES
    ? hashes.join("")
    : `${hashes.slice(0, half).join("")}~${hashes.length}~${hashes.slice(-half).join("")}`;
  const [one, other] = [from, to].map((place) => `${text.sentences[place.sentence].id}.${place.word}`);
  return `#zitat=${one}-${other}.${named}`;
};

const pairs = (hashes) => hashes.match(/../g) ?? [];

const read = (fragment) => {
  const match = FORM.exec(fragment);
  if (!match) return null;
  const head = pairs(match[5]);
  const tail = match[7] ? pairs(match[7]) : head;
  const places = [[1, 2], [3, 4]].map(([id, word]) => ({ id: match[id], word: Number(match[word]) }));
  return { places, head, tail, count: Number(match[6] ?? head.length) };
};

const named = ({ id, word }) => {
  const sentence = id ? text.numberOf(document.getElementById(id)) : -1;
  return sentence < 0 ? null : { sentence, word };
};

const isSame = (quoted, found) => {
  const hashes = found.map((each) => each.hash);
  return hashes.length === quoted.count
    && quoted.head.every((hash, at) => hashes[at] === hash)
    && quoted.tail.every((hash, at) => hashes[hashes.length - quoted.tail.length + at] === hash);
};

// Where a sequence of hashes fits best among some words: the index, or -1; near `wish` among equals.
const bestFit = (sequence, among, from, wish) => {
  let best = { at: -1, score: Math.max(1, Math.ceil(sequence.length * (sequence.length > 3 ? ENOUGH : 1))) - 0.5 };
  for (let at = from; at + sequence.length <= among.length; at += 1) {
    const same = sequence.filter((hash, offset) => among[at + offset].hash === hash).length;
    const score = same - Math.min(0.4, Math.abs(at - wish) / 10000);
    if (score > best.score) best = { at, score };
  }
  return best.at;
};

const searched = (quoted, near) => {
  const among = wordsBetween(near - NEAR_SENTENCES, near + NEAR_SENTENCES);
  const wish = among.findIndex((each) => each.sentence >= near);
  const start = bestFit(quoted.head.slice(0, EDGE), among, 0, wish);
  if (start < 0) return null;
  const ending = quoted.tail.slice(-EDGE);
  const shortest = Math.max(0, Math.floor(quoted.count / 2) - ending.length);
  const end = bestFit(ending, among, start + shortest, start + quoted.count - ending.length);
  const length = end + ending.length - start;
  if (end < 0 || length > quoted.count * 1.6 + 4) return null;
  return { first: among[start], last: among[start + length - 1] };
};

const kept = (place) => ({ ...place, word: Math.min(place.word, text.wordsOf(place.sentence).places.length - 1) });

// The passage a fragment names: `{first, last, isSame}`; null for what is no quote.
export const resolve = (fragment, seconds) => {
  const quoted = read(fragment);
  if (!quoted) return null;
  const [from, to] = quoted.places.map(named);
  if (from && to && to.sentence - from.sentence < 500 && isSame(quoted, passage(from, to))) {
    return { first: kept(from), last: kept(to), isSame: true };
  }
  const near = from?.sentence ?? (Number.isNaN(seconds) ? 0 : Math.max(0, text.sentenceAt(seconds + 0.999)));
  const found = searched(quoted, near);
  if (found) return { ...found, isSame: isSame(quoted, passage(found.first, found.last)) };
  const until = Math.max(near, to?.sentence ?? near);
  return { first: { sentence: near, word: 0 }, last: kept({ sentence: Math.min(until, near + 20), word: Infinity }), isSame: false };
};

export const show = (quoted) => {
  text.paint("quoted", text.rangesOf(quoted.first, quoted.last), 1);
  const when = text.clock(text.secondsOf(quoted.first));
  notice.textContent = quoted.isSame
    ? `Die zitierte Stelle bei ${when} ist im Text markiert.`
    : `Der Wortlaut bei ${when} hat sich geändert, seit diese Stelle zitiert wurde. Markiert ist, was dort jetzt steht.`;
  notice.hidden = false;
  follow.goTo(quoted.first, false);
  follow.show(text.sentences[quoted.first.sentence], true);
};

const address = () => {
  const given = text.article.dataset.address;
  return given.includes("://") ? given : location.origin + location.pathname;
};

const fill = () => {
  const { title, day, network } = text.article.dataset;
  const quoted = text.textOf(first, last);
  const seconds = text.secondsOf(first);
  link.value = `${address()}?t=${Math.floor(seconds)}${fragmentOf(first, last)}`;
  dialog.querySelector("blockquote").textContent = quoted;
  words.value = `„${quoted}“\n\n${network}: ${title}, ${day}, bei ${text.clock(seconds)}. ${text.article.dataset.made}\n${link.value}`;
  dialog.querySelector("output").value = "";
};

// The first and the last word that the reader has selected; null when nothing of the text is.
const selection = () => {
  const chosen = getSelection();
  if (!chosen.rangeCount || chosen.isCollapsed) return null;
  const range = chosen.getRangeAt(0);
  const inside = text.sentences.filter(({ firstChild: said }) => range.intersectsNode(said)
    && !(range.endContainer === said && range.endOffset === 0)
    && !(range.startContainer === said && range.startOffset >= said.length));
  if (!inside.length) return null;
  const [one, other] = [inside[0], inside.at(-1)].map(text.numberOf);
  const said = inside[0].firstChild;
  const starts = range.startContainer === said ? range.startOffset + /^\s*/.exec(said.data.slice(range.startOffset))[0].length : 0;
  const ends = range.endContainer === inside.at(-1).firstChild ? range.endOffset : Infinity;
  return { first: { sentence: one, word: text.wordAt(one, starts) }, last: { sentence: other, word: text.wordAt(other, ends - 1) } };
};

// What was selected, else the sentence that is being said.
export const open = () => {
  const here = follow.place().sentence;
  const chosen = selected ?? selection() ?? { first: { sentence: here, word: 0 }, last: kept({ sentence: here, word: Infinity }) };
  ({ first, last } = chosen);
  fill();
  opener = document.activeElement;
  dialog.show(); // not modal: that would make the browser go over three hours of text
};

const close = () => {
  dialog.close();
  opener?.focus({ preventScroll: true });
};

const copy = async (field) => {
  field.select();
  try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
  dialog.querySelector("output").value = "Kopiert.";
};

const widen = (isBefore) => {
  if (isBefore) first = { sentence: Math.max(0, first.word ? first.sentence : first.sentence - 1), word: 0 };
  else {
    const isWhole = last.word >= text.wordsOf(last.sentence).places.length - 1;
    const sentence = Math.min(text.sentences.length - 1, last.sentence + (isWhole ? 1 : 0));
    last = kept({ sentence, word: Infinity });
  }
  fill();
};

export const startQuoting = () => {
  document.querySelector('[data-does="quote"]').addEventListener("click", () => { selected = null; open(); });
  cite.addEventListener("pointerdown", (event) => event.preventDefault());
  cite.addEventListener("click", open);
  document.addEventListener("selectionchange", () => {
    if (dialog.open) return;
    selected = selection();
    cite.hidden = !selected;
  });
  dialog.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (!pressed) return;
    if (pressed.dataset.copies) copy(document.getElementById(pressed.dataset.copies));
    else if (pressed.dataset.does === "close") close();
    else widen(pressed.dataset.does === "before");
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && dialog.open) close(); });
};
