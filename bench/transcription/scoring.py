"""How right a transcript is: wrong words, words lost and invented, times of first words. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import jiwer
import numpy as np

# Fewer words in a row are rather misheard than lost or invented.
RUN_OF_WORDS = 3
NEAR_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word or a stretch of words and when it is spoken; half-open, in seconds."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Mistakes:
    """Wrong words as a share of those said, and words in runs of three or more that are lost or invented."""

    error_rate: float
    lost: int
    invented: int


@dataclass(frozen=True, slots=True)
class AtGap:
    """Words written where a gap is, and words of its surroundings that are missing."""

    invented: int
    lost: int


@dataclass(frozen=True, slots=True)
class StartErrors:
    """How far first words are from where they begin, in seconds. `near_share` counts missing ones as far."""

    turns: int
    missing: int
    median_seconds: float
    percentile_95_seconds: float
    near_share: float


def plain(text: str) -> list[str]:
    """The words in lower case without punctuation: the same for every engine."""
    return re.sub(r"[^\w\s]", " ", text.lower()).split()


def mistakes(said: Sequence[str], found: Sequence[str]) -> Mistakes:
    """Compare plain words. With nothing said, every word is invented, and the error rate their number."""
    if not said:
        return Mistakes(float(len(found)), 0, len(found))
    chunks = _aligned(said, found)
    wrong = sum(_words(chunk) for chunk in chunks if chunk.type != "equal")
    runs = {
        kind: sum(_words(chunk) for chunk in chunks if chunk.type == kind and _words(chunk) >= RUN_OF_WORDS)
        for kind in ("delete", "insert")
    }
    return Mistakes(wrong / len(said), runs["delete"], runs["insert"])


def at_gap(before: Sequence[str], after: Sequence[str], found: Sequence[str], reach: int = 20) -> AtGap:
    """What a gap between two texts did: words put in it, and words lost within `reach` words of it.

    Engines date stretches of words differently, so this looks at the text alone.
    """
    gap, invented, lost = len(before), 0, 0
    for chunk in _aligned([*before, *after], found):
        if chunk.type == "insert" and chunk.ref_start_idx == gap:
            invented += _words(chunk)
        if chunk.type == "delete":
            first, last = max(chunk.ref_start_idx, gap - reach), min(chunk.ref_end_idx, gap + reach)
            lost += max(0, last - first)
    return AtGap(invented, lost)


def words_between(words: Sequence[Spoken], start_seconds: float, end_seconds: float) -> int:
    """How many words are dated between two times."""
    return sum(start_seconds <= (word.start_seconds + word.end_seconds) / 2 < end_seconds for word in words)


def start_errors(turns: Sequence[Spoken], words: Sequence[Spoken]) -> StartErrors:
    """Align the turns' text with the words found, and compare when each turn's first word begins.

    A first word that was misheard counts with the word in its place; one without
    any is missing. ValueError: none was found.
    """
    said = [plain(turn.text) for turn in turns]
    found = [(word, each) for each in words for word in plain(each.text)]
    placed = _places(_aligned([word for turn in said for word in turn], [word for word, _ in found]))
    firsts = [0]
    for turn in said[:-1]:
        firsts.append(firsts[-1] + len(turn))
    errors = [
        abs(found[placed[first]][1].start_seconds - turn.start_seconds)
        for first, turn in zip(firsts, turns, strict=True)
        if first in placed
    ]
    if not errors:
        raise ValueError("no first word was found")
    near = sum(error <= NEAR_SECONDS for error in errors)
    median, late = np.percentile(errors, [50, 95])
    return StartErrors(len(turns), len(turns) - len(errors), float(median), float(late), near / len(turns))


def _aligned(said: Sequence[str], found: Sequence[str]) -> list[jiwer.AlignmentChunk]:
    chunks: list[jiwer.AlignmentChunk] = jiwer.process_words(" ".join(said), " ".join(found)).alignments[0]
    return chunks


def _words(chunk: jiwer.AlignmentChunk) -> int:
    """How many words a stretch of the alignment has on its longer side."""
    said, found = chunk.ref_end_idx - chunk.ref_start_idx, chunk.hyp_end_idx - chunk.hyp_start_idx
    return int(max(said, found))


def _places(chunks: Sequence[jiwer.AlignmentChunk]) -> dict[int, int]:
    """Which word found stands where a word was said, by their numbers."""
    return {
        chunk.ref_start_idx + at: chunk.hyp_start_idx + at
        for chunk in chunks
        if chunk.type in ("equal", "substitute")
        for at in range(chunk.ref_end_idx - chunk.ref_start_idx)
    }
