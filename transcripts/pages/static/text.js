// The text of a record: which word is said when, and where it stands in the page.
// Nothing is changed in the page to know it: words are ranges within text nodes.

const WORD = /\S+/g;

// Long work is done in pieces, so that the page never stands still for long on a slow phone.
export const pause = () => new Promise((go) => { setTimeout(go); });
// Until what was changed has been laid out and painted.
export const painted = () => new Promise((go) => { requestAnimationFrame(() => setTimeout(go)); });

await pause();

export const article = document.getElementById("inhalt");
export const body = document.getElementById("text");
export const sentences = body ? [...body.getElementsByClassName("s")] : [];
const starts = sentences.map((element) => parseInt(element.getAttribute("data-t"), 36) / 100 || 0);
const known = new Map();
await pause();

// The last index whose value is at most `value`; -1 when there is none.
export const lastUpTo = (values, value) => {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

// What is known of a sentence's words: starts in seconds, places in the text, which are unsure.
export const wordsOf = (number) => {
  let words = known.get(number);
  if (!words) {
    const steps = sentences[number].dataset.t.split(" ");
    let hundredths = 0;
    words = {
      text: sentences[number].textContent,
      starts: steps.map((step) => (hundredths += parseInt(step, 36)) / 100),
      unsure: steps.map((step) => step.endsWith("?")),
    };
    words.places = [...words.text.matchAll(WORD)].map((match) => [match.index, match.index + match[0].length]);
    known.set(number, words);
  }
  return words;
};

export const numberOf = (element) => sentences.indexOf(element);
export const startOf = (number) => starts[number];
export const sentenceAt = (seconds) => lastUpTo(starts, seconds);

// Where something is said: `{sentence, word}`; null before the first word.
export const placeAt = (seconds) => {
  const sentence = sentenceAt(seconds);
  return sentence < 0 ? null : { sentence, word: Math.max(0, lastUpTo(wordsOf(sentence).starts, seconds)) };
};

export const secondsOf = ({ sentence, word }) => wordsOf(sentence).starts[word] ?? starts[sentence];

// The place some words (or, negative, words back) away; stays within the text.
export const moved = ({ sentence, word }, by) => {
  const aim = word + by;
  if (aim < 0) return sentence ? { sentence: sentence - 1, word: wordsOf(sentence - 1).places.length - 1 } : { sentence, word: 0 };
  if (aim < wordsOf(sentence).places.length) return { sentence, word: aim };
  return sentence + 1 < sentences.length ? { sentence: sentence + 1, word: 0 } : { sentence, word };
};

// From one word to another, both included: which characters of which sentences.
const spans = (first, last) => {
  const found = [];
  for (let number = first.sentence; number <= last.sentence; number += 1) {
    const { text, places } = wordsOf(number);
    const from = number === first.sentence ? places[first.word][0] : 0;
    found.push([number, from, number === last.sentence ? places[last.word][1] : text.length]);
  }
  return found;
};

// The same as ranges of the page, one a sentence, so that nothing between sentences is among them.
export const rangesOf = (first, last = first) =>
  spans(first, last).map(([number, from, to]) => {
    const range = document.createRange();
    range.setStart(sentences[number].firstChild, from);
    range.setEnd(sentences[number].firstChild, to);
    return range;
  });

// The word at a character of a sentence's text; between two words the one before.
export const wordAt = (number, character) =>
  Math.max(0, lastUpTo(wordsOf(number).places.map((place) => place[0]), character));

export const textOf = (first, last) =>
  spans(first, last).map(([number, from, to]) => wordsOf(number).text.slice(from, to)).join(" ");

// Colours for ranges (CSS Custom Highlight API); browsers without it mark whole sentences.
export const canPaint = typeof Highlight === "function" && Boolean(CSS.highlights);

export const paint = (name, ranges, priority = 0) => {
  if (!canPaint) return;
  const highlight = new Highlight();
  for (const range of ranges) highlight.add(range);
  highlight.priority = priority;
  CSS.highlights.set(name, highlight);
};

export const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return [whole / 3600, (whole / 60) % 60, whole % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
};
