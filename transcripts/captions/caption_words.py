"""The words of a segment as captions need them: timed, in order, and none longer than a line.

A segment's text is the truth; its words lend it their times. Where a human
corrected the text, words that stayed keep their times and new ones share the
time of those they replace. Pure; cutting into cues is done in `transcripts.captions.cues`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from transcripts.model import Segment
from transcripts.speech.alignment import opcodes

# What a browser would open, or a mail would be sent to: a hyphen in it would be taken for its own.
_ADDRESS = re.compile(r"https?://|www\.|[^\s@]@[^\s@]")
_JOINTS_OF_ADDRESSES = "/?&#@-_."
# One consonant before a vowel opens a syllable; good enough for the rare word longer than a line.
_SYLLABLE = re.compile(r"(?<=[aeiouyäöülmnr])(?=[bdfgjklmnprstvwzß][aeiouäöü])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word, or one line's piece of an overlong word, and when it is heard."""

    text: str
    start_seconds: float
    end_seconds: float


def spoken_words(segment: Segment, max_characters: int, not_before_seconds: float = 0.0) -> list[SpokenWord]:
    """The words of the segment's text; none starts before its forerunner or `not_before_seconds`."""
    words = [piece for word in _timed(segment) for piece in _pieces(word, max_characters)]
    ordered: list[SpokenWord] = []
    for word in words:
        start = max(word.start_seconds, not_before_seconds)
        ordered.append(SpokenWord(word.text, start, max(start, word.end_seconds)))
        not_before_seconds = start
    return ordered


def _timed(segment: Segment) -> list[SpokenWord]:
    texts = segment.text.split()
    heard = [
        SpokenWord(word.text.strip(), word.start_seconds, word.end_seconds)
        for word in segment.words
        if word.text.strip()
    ]
    if not heard:
        return list(_spread(texts, segment.start_seconds, segment.end_seconds))
    if " ".join(word.text for word in heard) == " ".join(texts):
        return heard
    return list(_aligned(texts, heard))


def _aligned(texts: Sequence[str], heard: Sequence[SpokenWord]) -> Iterator[SpokenWord]:
    """The corrected words, timed by the heard ones they match or stand in for."""
    for kind, heard_from, heard_to, first, end in opcodes([word.text for word in heard], texts):
        if kind == "equal":
            yield from heard[heard_from:heard_to]
            continue
        start = heard[heard_from].start_seconds if heard_from < len(heard) else heard[-1].end_seconds
        until = heard[heard_to - 1].end_seconds if heard_to > heard_from else start
        yield from _spread(texts[first:end], start, until)


def _spread(texts: Sequence[str], start_seconds: float, end_seconds: float) -> Iterator[SpokenWord]:
    """The words over the time, each by its share of the characters and the spaces after them."""
    ends = list(accumulate((len(text) + 1 for text in texts), initial=0))
    if not texts:
        return
    seconds_per_character = max(0.0, end_seconds - start_seconds) / ends[-1]
    for text, first, end in zip(texts, ends, ends[1:], strict=False):
        yield SpokenWord(
            text, start_seconds + first * seconds_per_character, start_seconds + end * seconds_per_character
        )


def _pieces(word: SpokenWord, max_characters: int) -> Iterator[SpokenWord]:
    """The word, hyphenated if it is longer than a line; an address is broken without a hyphen."""
    if len(word.text) <= max_characters:
        return iter((word,))
    return _spread(_hyphenated(word.text, max_characters), word.start_seconds, word.end_seconds)


def _hyphenated(text: str, max_characters: int) -> list[str]:
    pieces: list[str] = []
    cut_of = _cut_of_address if _ADDRESS.search(text) else _cut
    while len(text) > max_characters:
        cut, hyphen = cut_of(text, max_characters)
        pieces.append(text[:cut] + hyphen)
        text = text[cut:]
    return [*pieces, text]


def _cut(text: str, max_characters: int) -> tuple[int, str]:
    """Where to cut, and the hyphen to add: after a hyphen of the word's own, else between syllables."""
    for mark in (" ", "-"):
        if (own := text.rfind(mark, max_characters // 2, max_characters)) > 0:
            return own + 1, ""
    syllables = [match.start() for match in _SYLLABLE.finditer(text, max_characters // 2, max_characters)]
    return (syllables[-1] if syllables else max_characters - 1), "-"


def _cut_of_address(text: str, max_characters: int) -> tuple[int, str]:
    """Behind the last of its joints that fits, or where the line ends."""
    joints = (text.rfind(mark, max_characters // 2, max_characters) for mark in _JOINTS_OF_ADDRESSES)
    return (max(joints) + 1 or max_characters), ""
