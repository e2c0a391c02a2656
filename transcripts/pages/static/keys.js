// The keyboard. Keys act only while the player or the text has the focus, so that they are in nobody's way.

import * as find from "./find.js";
import * as follow from "./follow.js";
import * as player from "./player.js";
import * as quote from "./quote.js";
import * as text from "./text.js";

const SENTENCE = (by) => {
  const sentence = follow.place().sentence + by;
  if (text.sentences[sentence]) follow.goTo({ sentence, word: 0 });
};

const arrow = (by, event) => {
  if (event.shiftKey) follow.goTo(text.moved(follow.place(), by));
  else if (event.ctrlKey || event.metaKey) SENTENCE(by);
  else player.seek(player.seconds() + 5 * by);
};

const ACTIONS = {
  " ": player.toggle,
  ArrowLeft: (event) => arrow(-1, event),
  ArrowRight: (event) => arrow(1, event),
  "-": () => player.changeSpeed(-1),
  "+": () => player.changeSpeed(1),
  s: find.focus,
  z: quote.open,
  u: player.toggleCaptions,
};

const isTaken = (event) => {
  const within = event.target;
  if (event.altKey || within.closest("input, textarea, select, dialog")) return true;
  if (!within.closest(".player, #inhalt")) return true;
  if (event.key === " " && within.closest("button, summary, a")) return true;
  return (event.ctrlKey || event.metaKey || event.shiftKey) && !/^Arrow|^\+$/.test(event.key);
};

export const startKeys = () => {
  document.addEventListener("keydown", (event) => {
    const act = ACTIONS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || isTaken(event)) return;
    event.preventDefault();
    act(event);
  });
};
