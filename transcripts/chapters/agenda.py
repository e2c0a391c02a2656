"""Where in a meeting the items of its agenda are taken up.

Pure functions. What was pasted is read in `transcripts.agendas`; `align` finds for
each item the segment that turns to it, in order, by dynamic programming over item
and segment. Three things speak for a place: the item's words in what follows at
once, the moderator's turn to a new topic (and its "second", "last"), and that most
of what is said about the item lies between this turn and the next. An item without
enough of them is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transcripts.agendas.agenda_reading import clean_item, parse_agenda
from transcripts.chapters.moderator_phrases import Opening, is_farewell, is_greeting
from transcripts.chapters.topics import SHORTEST_ANNOUNCED_SECONDS, mid_sentence, pauses, topic_starts
from transcripts.german.topic_words import FUNCTION_WORDS, content_stems, kinship, stem, words
from transcripts.model import Segment

__all__ = [
    "Finding",
    "Place",
    "align",
    "clean_item",
    "is_farewell_item",
    "is_greeting_item",
    "openness_of",
    "parse_agenda",
]

Vector = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

LOOK_AHEAD_SECONDS = 120.0

_ENOUGH = 0.85
"""What must speak for an item before it is believed to have been taken up."""
_ENOUGH_TRUST = 0.3
_WORTH_OF_WORDS = 1.0
_WORTH_OF_A_TURN = 0.75
_WORTH_OF_NAMING = 0.6
"""The turn itself names the item: "kommen wir zum zweiten Punkt, den Kosten"."""
_WORTH_OF_THE_ORDINAL = 0.4
_COST_OF_ANOTHER_ORDINAL = 0.6
_COST_WITHOUT_A_TURN = 0.3
_COST_OF_ANOTHER_TOPIC = 0.3
"""The turn names a topic, and not this one."""
_WORTH_OF_THE_SHARE = 0.5
_WORTH_OF_A_PAUSE = 0.1
_WORTH_OF_A_CHANGE = 0.15
_COST_MID_SENTENCE = 0.4
_WORTH_OF_A_GREETING = 1.0
_WORTH_OF_A_FAREWELL = 0.6
_FORBIDDEN = 1e6
_MOST_OFFSETS = 50

_GREETING_STEMS = {
    stem(word)
    for word in (
        "Begrüßung",
        "Willkommen",
        "Eröffnung",
        "Ankommen",
        "Einstieg",
        "Begrüßungsrunde",
        "Einleitung",
    )
}
_FAREWELL_STEMS = {
    stem(word)
    for word in (
        "Verabschiedung",
        "Abschluss",
        "Abschied",
        "Schluss",
        "Schlusswort",
        "Ausklang",
        "Schlussrunde",
    )
}


@dataclass(frozen=True, slots=True)
class Finding:
    """The agenda item found, and the segment that opens it."""

    item: int
    segment: int


def align(items: Sequence[str], segments: Sequence[Segment], turns: Sequence[Opening]) -> list[Finding]:
    """The items that are taken up, in order, each with its opening segment."""
    if not items or not segments:
        return []
    place = Place(items, segments, turns)
    if place.trust < _ENOUGH_TRUST:
        return []
    openness = openness_of(items, segments, turns, place)
    paths = [
        _best_path(openness + place.trust * _ordinal_worth(len(items), turns, offset), place)
        for offset in _possible_offsets(items, turns)
    ]
    return max(paths, key=lambda path: path.value).findings


def is_greeting_item(item: str) -> bool:
    """Whether the item is the opening of the meeting and not yet a topic."""
    return any(stem(word) in _GREETING_STEMS for word in words(item))


def is_farewell_item(item: str) -> bool:
    """Whether the item is the close of the meeting."""
    return any(stem(word) in _FAREWELL_STEMS for word in words(item))


def _possible_offsets(items: Sequence[str], turns: Sequence[Opening]) -> list[int]:
    """By how much the moderator's count may stay behind the agenda's: a greeting may not count.

    A count beyond the agenda's end belongs to a longer agenda, of which this is a part.
    """
    offsets = {0, int(is_greeting_item(items[0]))}
    beyond = {turn.position for turn in turns if turn.position is not None and turn.position > len(items)}
    offsets |= {item + 1 - position for item in range(len(items)) for position in beyond}
    return sorted(offsets, reverse=True)[:_MOST_OFFSETS]


class Place:
    """Where each item's words are said."""

    def __init__(self, items: Sequence[str], segments: Sequence[Segment], turns: Sequence[Opening]) -> None:
        self.starts = np.array([segment.start_seconds for segment in segments])
        said = [
            set() if turn.is_read_out else set(content_stems(segment.text, FUNCTION_WORDS))
            for segment, turn in zip(segments, turns, strict=True)
        ]
        self.found = [_item_words(item, items, said) for item in items]
        self.relevance = np.array(
            [weights @ near if len(weights) else np.zeros(len(segments)) for weights, near in self.found]
        )
        self.shares = np.cumsum(np.pad(self.relevance, ((0, 0), (1, 0))), axis=1)
        self.shares /= np.maximum(self.shares[:, -1:], 1e-9)

        self.ahead = np.array([self._ahead(item) for item in range(len(items))])
        self.trust = float(np.clip(5.0 * self.ahead.max(axis=1).mean() - 1.0, 0.0, 1.0))
        """How far this is the agenda of this meeting, 0 to 1: are its items spoken of at all?"""

    def _ahead(self, item: int) -> Vector:
        """How much of the item's words is said soon after each segment starts, 0 to 1."""
        weights, near = self.found[item]
        heard = np.zeros(len(self.starts))
        for index, start in enumerate(self.starts if len(weights) else ()):
            end = int(np.searchsorted(self.starts, start + LOOK_AHEAD_SECONDS, side="right"))
            fading = 1.0 - 0.7 * (self.starts[index:end] - start) / LOOK_AHEAD_SECONDS
            heard[index] = float(weights @ (near[:, index:end] * fading).max(axis=1))
        return heard


def _item_words(item: str, items: Sequence[str], said: Sequence[set[str]]) -> tuple[Vector, Vector]:
    """The item's stems' weights (rare ones weigh more, together 1) and their nearness to each segment."""
    stems = list(dict.fromkeys(content_stems(item, FUNCTION_WORDS)))
    vocabulary = {word for text in said for word in text}
    kin = [{word: nearness for word in vocabulary if (nearness := kinship(one, word))} for one in stems]
    heard = [[max((one.get(word, 0.0) for word in text), default=0.0) for text in said] for one in kin]
    near = np.array(heard).reshape(len(stems), len(said))
    commonness = 1.0 + near.sum(axis=1) / max(1.0, len(said) / 100)
    shared = np.array([sum(one in content_stems(other, FUNCTION_WORDS) for other in items) for one in stems])
    weights = 1.0 / (np.sqrt(commonness) * np.maximum(shared, 1))
    return weights / max(1e-9, float(weights.sum())), near


def openness_of(
    items: Sequence[str], segments: Sequence[Segment], turns: Sequence[Opening], place: Place
) -> Vector:
    """What speaks for each item to open at each segment, less what is asked for."""
    strengths = np.array([0.0 if turn.is_break else turn.strength for turn in turns])
    breaks = np.array([turn.is_break for turn in turns], dtype=float)
    names_other = np.array([_names_a_topic(*pair) for pair in zip(segments, turns, strict=True)])
    rows: Vector = _WORTH_OF_WORDS * place.ahead + place.trust * _WORTH_OF_A_TURN * strengths - _ENOUGH
    rows += _WORTH_OF_NAMING * strengths * place.relevance
    rows += _WORTH_OF_A_PAUSE * pauses(segments) - _COST_MID_SENTENCE * mid_sentence(segments)
    announced = min(1.0, float((strengths >= 0.6).sum()) / max(1, len(items) - 1))
    rows -= _COST_WITHOUT_A_TURN * announced * (strengths < 0.25)
    rows[:, topic_starts(segments, turns)] += _WORTH_OF_A_CHANGE
    rows -= _COST_OF_ANOTHER_TOPIC * (names_other[None] & (place.relevance == 0.0) & (place.ahead < 0.3))
    rows[:, [turn.is_read_out for turn in turns]] -= _FORBIDDEN
    rows[[stem("Pause") not in content_stems(item) for item in items]] -= _FORBIDDEN * breaks
    _greet(rows, items, segments)
    return rows


def _names_a_topic(segment: Segment, turn: Opening) -> bool:
    """Whether a turn that does not count says what it turns to: "weiter zum Sommerfest"."""
    counts = turn.position is not None or turn.is_last
    return turn.strength >= 0.4 and not counts and bool(content_stems(segment.text))


def _ordinal_worth(count: int, turns: Sequence[Opening], offset: int) -> Vector:
    """What "the third topic" says for and against each item; a count may lag where items were passed over."""
    worth = np.zeros((count, len(turns)))
    positions = np.arange(count) + 1 - offset
    for index, turn in enumerate(turns):
        if turn.is_last:
            worth[-1, index] = _WORTH_OF_THE_ORDINAL
        elif turn.position is not None:
            worth[positions == turn.position, index] = _WORTH_OF_THE_ORDINAL
            worth[positions < turn.position, index] = -_COST_OF_ANOTHER_ORDINAL
    return worth


def _greet(rows: Vector, items: Sequence[str], segments: Sequence[Segment]) -> None:
    """Lets greetings speak for a first item that is one, and partings for a last."""
    count = len(segments)
    if is_greeting_item(items[0]):
        elsewhere = [
            not is_greeting(segment.text) or index > count // 4 for index, segment in enumerate(segments)
        ]
        rows[0, elsewhere] -= _FORBIDDEN
        rows[0, 0] = _WORTH_OF_A_GREETING
    if is_farewell_item(items[-1]):
        parting = [
            index > count * 3 // 4 and is_farewell(segment.text) for index, segment in enumerate(segments)
        ]
        rows[-1, parting] += _WORTH_OF_A_FAREWELL


@dataclass(frozen=True, slots=True)
class _Path:
    value: float
    findings: list[Finding]


def _best_path(openness: Vector, place: Place) -> _Path:
    """The best increasing choice of items and segments; `value[i, j]` ends with item i opening at j."""
    value = openness.copy()
    before_item, before_at = np.full(value.shape, -1), np.full(value.shape, -1)
    reach = np.searchsorted(place.starts, place.starts - SHORTEST_ANNOUNCED_SECONDS, side="right") - 1
    for item in range(len(value)):
        best = np.zeros(value.shape[1])
        for earlier in range(item):
            gain, at = _best_before(value[earlier], _WORTH_OF_THE_SHARE * place.shares[earlier], reach)
            better = gain > best
            best[better], before_at[item, better] = gain[better], at[better]
            before_item[item, better] = earlier
        value[item] += best
    final = value + _WORTH_OF_THE_SHARE * (1.0 - place.shares[:, :-1])
    return _trace(final, before_item, before_at)


def _best_before(value: Vector, share: Vector, reach: Indices) -> tuple[Vector, Indices]:
    """For each segment the best value of an earlier item with its share of words, and where that opens."""
    open_value = value - share[:-1]
    highest = np.maximum.accumulate(open_value)
    where = np.maximum.accumulate(np.where(open_value >= highest, np.arange(len(value)), 0))
    possible = reach >= 0
    gain = np.where(possible, highest[reach] + share[:-1], -np.inf)
    return gain, where[reach]


def _trace(final: Vector, before_item: Indices, before_at: Indices) -> _Path:
    item, at = (int(index) for index in np.unravel_index(int(np.argmax(final)), final.shape))
    best = float(final[item, at])
    findings: list[Finding] = []
    while best > 0.0 and item >= 0:
        findings.append(Finding(item, at))
        item, at = int(before_item[item, at]), int(before_at[item, at])
    return _Path(best, findings[::-1])
