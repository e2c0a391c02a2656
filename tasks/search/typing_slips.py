"""Forgives slips of the finger in a word that is asked for: the nearest word of the vocabulary."""

from collections.abc import Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import StoredWord
from transcripts.search.word_folding import stem

SHORTEST_FORGIVEN = 5
"""Letters of a word in which a slip is forgiven; shorter ones are too like one another."""
LONG_WORD = 9
"""Letters from which two slips are forgiven."""


def nearest_word(database: IndexDatabase, word: str) -> StoredWord | None:
    """The nearest one by optimal string alignment: a letter wrong, missing, too many, or two swapped.

    None where nothing is near enough.
    """
    slips = forgiven_slips(word)
    if not slips:
        return None
    candidates = _with_half(database, word, slips)
    by_word = _distances(word, [each.word for each in candidates], slips)
    by_stem = _distances(stem(word), [each.stem for each in candidates], slips)
    near = [
        (min(distances), -candidate.record_count, candidate)
        for *distances, candidate in zip(by_word, by_stem, candidates, strict=True)
        if min(distances) <= slips
    ]
    return min(near, key=lambda each: each[:2])[2] if near else None


def forgiven_slips(word: str) -> int:
    """How many are forgiven in a word of this length."""
    return 0 if len(word) < SHORTEST_FORGIVEN else 1 if len(word) < LONG_WORD else 2


def _distances(word: str, others: Sequence[str], most: int) -> list[int]:
    """How far words are from one another; greater ones than `most` are not told apart."""
    found: list[int] = cdist([word], others, scorer=OSA.distance, score_cutoff=most)[0].tolist()
    return found


def _with_half(database: IndexDatabase, word: str, slips: int) -> list[StoredWord]:
    """Words that share the first or the second half: one slip leaves one half whole."""
    half = len(word) // 2
    lengths = range(len(word) - slips, len(word) + slips + 1)
    words = database.words_beginning(word[:half], lengths) + database.words_ending(word[half + 1 :], lengths)
    return list({each.id: each for each in words}.values())
