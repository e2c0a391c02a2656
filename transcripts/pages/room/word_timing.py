"""When each word of a sentence begins, in the form in which the page carries it.

`data-t="yg v 1a? k"`: hundredths of seconds to the base of 36. The first number is when
the first word begins on the recording, each further one how long after the word before it; a question mark
follows a word that the recogniser was unsure of. Words are what spaces part.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise

from transcripts.model import Segment, Word
from transcripts.speech.quality import UNSURE_PROBABILITY

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class TimedWord:
    """One word of a text as spaces part it."""

    start_seconds: float
    is_unsure: bool = False


def timed_words(segment: Segment) -> tuple[TimedWord, ...]:
    """A time for each word of the segment's text.

    Where the words that were recognised are not those of the text (none are stored,
    or someone corrected it), the segment's time is shared by letters.
    """
    recognised = [(word, word.text.split()) for word in segment.words]
    if [part for _, parts in recognised for part in parts] == segment.text.split():
        return tuple(timed for word, parts in recognised for timed in _shared(word, parts))
    shared = _starts(segment.text.split(), segment.start_seconds, segment.end_seconds)
    return tuple(TimedWord(start) for start in shared)


def encoded_times(words: Sequence[TimedWord]) -> str:
    """The words as the page carries them; empty for none."""
    rising = accumulate((max(0, round(100 * word.start_seconds)) for word in words), max)
    steps = (after - before for before, after in pairwise(chain([0], rising)))
    return " ".join(_base36(step) + "?" * word.is_unsure for step, word in zip(steps, words, strict=True))


def _shared(word: Word, parts: Sequence[str]) -> Iterator[TimedWord]:
    is_unsure = word.probability is not None and word.probability < UNSURE_PROBABILITY
    for start in _starts(parts, word.start_seconds, word.end_seconds):
        yield TimedWord(start, is_unsure)


def _starts(parts: Sequence[str], start_seconds: float, end_seconds: float) -> Iterator[float]:
    letters, before = sum(map(len, parts)), 0
    for part in parts:
        yield start_seconds + (end_seconds - start_seconds) * before / letters
        before += len(part)


def _base36(number: int) -> str:
    digits = _DIGITS[number % 36]
    while number := number // 36:
        digits = _DIGITS[number % 36] + digits
    return digits
