// The text follows the voice, word by word, and scrolls along unless the reader has scrolled away.

import * as player from "./player.js";
import * as text from "./text.js";

const OURS_MILLISECONDS = 900;
const AROUND = 4;
const backButton = document.querySelector('[data-does="return"]');
const box = document.querySelector(".player");
const tools = document.querySelector(".find");
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

let current = null; // the place that is said
let aim = null; // the sentence that was to be shown last
let ours = 0; // until then a scrolling is our own
let isFollowing = true;

// Where in the window text can be read: below what sticks to its top.
const readable = () => {
  const stuck = [box, tools].filter((each) => getComputedStyle(each).position === "sticky");
  const boxes = stuck.map((each) => each.getBoundingClientRect()).filter((each) => each.top <= 1);
  return { top: Math.max(0, ...boxes.map((each) => each.bottom)), bottom: innerHeight };
};

const isInView = (element, isWhole = false) => {
  const place = element.getBoundingClientRect();
  const { top, bottom } = readable();
  return isWhole ? place.top >= top && place.bottom <= bottom - 40 : place.bottom > top && place.top < bottom;
};

// How far the text must scroll for an element to stand a little above the middle of what can be read.
const wayTo = (element) => {
  const { top, bottom } = readable();
  return element.getBoundingClientRect().top - top - (bottom - top) * 0.3;
};

// Paragraphs get their true height when they come into sight; those around an aim get it before we go there.
const unfold = (element) => {
  const all = [...text.body.getElementsByTagName("p")];
  const here = all.indexOf(element.closest("p"));
  for (const each of all.slice(Math.max(0, here - AROUND), here + AROUND + 1)) {
    each.classList.add("near");
    each.parentElement.classList.add("near");
  }
};

export const show = async (element, isCalmly = isCalm.matches) => {
  aim = element;
  ours = performance.now() + OURS_MILLISECONDS;
  const isFar = Math.abs(wayTo(element)) > innerHeight * 1.5;
  if (isFar) {
    await text.pause();
    unfold(element);
    await text.painted();
    if (aim !== element) return;
    ours = performance.now() + OURS_MILLISECONDS;
  }
  scrollBy({ top: wayTo(element), behavior: isCalmly || isFar ? "instant" : "smooth" });
};

const setFollowing = (value) => {
  isFollowing = value;
  backButton.hidden = value || !current;
};

const mark = (place, mayScroll) => {
  if (place && current && place.sentence === current.sentence && place.word === current.word) return;
  const isNew = place?.sentence !== current?.sentence;
  if (isNew && current) text.sentences[current.sentence].removeAttribute("aria-current");
  current = place;
  text.paint("word", place ? text.rangesOf(place) : [], 3);
  if (!place || !isNew) return;
  const element = text.sentences[place.sentence];
  element.setAttribute("aria-current", "true");
  if (mayScroll && isFollowing && !isInView(element, true)) show(element);
};

// To a place, by the reader's wish: the player goes there, the text too if it is not in view.
export const goTo = (place, isShown = true) => {
  player.seek(text.secondsOf(place));
  mark(place, false);
  setFollowing(true);
  const element = text.sentences[place.sentence];
  if (isShown && !isInView(element, true)) show(element);
};

export const place = () => current ?? text.placeAt(player.seconds() + 0.01) ?? { sentence: 0, word: 0 };

const onScroll = () => {
  if (performance.now() < ours || !current) return;
  setFollowing(isInView(text.sentences[current.sentence]));
};

export const startFollowing = () => {
  const step = () => {
    if (!player.isPlaying()) return;
    mark(text.placeAt(player.seconds() + 0.02), true);
    requestAnimationFrame(step);
  };
  player.on("play", () => requestAnimationFrame(step));
  player.on("seeked", () => mark(text.placeAt(player.seconds() + 0.02), true));
  for (const event of ["wheel", "touchmove"]) addEventListener(event, () => { ours = 0; }, { passive: true });
  addEventListener("scroll", onScroll, { passive: true });
  backButton.addEventListener("click", () => {
    setFollowing(true);
    show(text.sentences[current.sentence]);
    text.article.focus({ preventScroll: true });
  });
};
