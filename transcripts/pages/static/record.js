// The page of a record: what an address asks for, clicks, and the start of everything else.
// The page reads well without any of this.

import * as find from "./find.js";
import * as follow from "./follow.js";
import { startKeys } from "./keys.js";
import * as player from "./player.js";
import * as quote from "./quote.js";
import * as text from "./text.js";

const query = new URLSearchParams(location.search);

// A second's sentence may begin a little later within it.
const placeInSecond = (seconds) => {
  const begun = text.placeAt(seconds);
  const next = text.sentenceAt(seconds + 0.999);
  return next > (begun?.sentence ?? -1) ? { sentence: next, word: 0 } : begun;
};

const goToAddress = async (asked) => {
  const seconds = parseFloat(/^#t=([\d.]+)/.exec(location.hash)?.[1] ?? asked);
  const quoted = quote.resolve(location.hash, seconds);
  if (quoted) { quote.show(quoted); return; }
  const named = text.numberOf(document.getElementById(location.hash.slice(1)));
  const place = named >= 0 ? { sentence: named, word: 0 } : Number.isNaN(seconds) ? null : placeInSecond(seconds);
  if (place) {
    follow.goTo(place, false);
    await text.pause();
    await follow.show(text.sentences[place.sentence], true);
  } else if (!Number.isNaN(seconds)) player.seek(seconds);
};

// The word under the pointer.
const pointed = (event) => {
  const sentence = text.numberOf(event.target.closest(".s"));
  if (sentence < 0) return null;
  const caret = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  const range = caret ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
  const character = caret?.offset ?? range?.startOffset ?? 0;
  return { sentence, word: text.wordAt(sentence, character) };
};

const onClick = (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[data-at]");
  const place = link ? placeInSecond(Number(link.dataset.at)) : getSelection().isCollapsed && pointed(event);
  if (!place) return;
  if (link && !link.closest("nav")) {
    event.preventDefault();
    history.replaceState(null, "", link.hash);
  }
  follow.goTo(place, false);
  player.play();
};

const toggleUnsure = (button) => {
  const isShown = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(isShown));
  const ranges = [];
  if (isShown) {
    text.sentences.forEach((element, sentence) => {
      if (!element.dataset.t.includes("?")) return;
      text.wordsOf(sentence).unsure.forEach((isUnsure, word) => {
        if (isUnsure) ranges.push(...text.rangesOf({ sentence, word }));
      });
    });
  }
  text.paint("unsure", ranges, 0);
};

player.startPlayer();
document.querySelector('[data-does="print"]')?.addEventListener("click", () => print());
if (text.body) {
  follow.startFollowing();
  find.startFinding();
  quote.startQuoting();
  startKeys();
  document.addEventListener("click", onClick);
  document.querySelector('[data-does="unsure"]')?.addEventListener("click", (event) => toggleUnsure(event.currentTarget));
  addEventListener("hashchange", () => goToAddress());
  await text.pause();
  await goToAddress(query.get("t"));
  if (query.get("q")) find.show(query.get("q"));
}
document.documentElement.classList.add("ready");
