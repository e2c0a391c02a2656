"""Forgives slips of finger and ear in a word that is asked for: the nearest word of the vocabulary."""

from collections.abc import Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import StoredWord
from transcripts.german.sounds import heard_key, plain_spelling
from transcripts.search.word_folding import stem

SHORTEST_FORGIVEN = 5
"""Letters of a word in which a slip is forgiven; shorter ones are too like one another."""
LONG_WORD, LONGEST_WORD = 9, 16
"""Letters from which two slips are forgiven, and three."""
SHORTEST_HEARD = 4
"""Letters of a word that may be spelt by ear."""


def nearest_word(database: IndexDatabase, word: str) -> StoredWord | None:
    """The nearest one by optimal string alignment: a letter wrong, missing, too many, or two swapped.

    In words that sound alike, letters that are not heard are no slips. A number is never taken for another.
    None where nothing is near enough.
    """
    if len(word) < SHORTEST_HEARD or not word.isalpha():
        return None
    slips = forgiven_slips(word)
    alike = {each.id: each for each in database.words_sounding(heard_key(stem(word)))}
    seen = {each.id: each for each in _with_half(database, word, slips)} if slips else {}
    candidates = list((seen | alike).values())
    by_word = _distances(word, [each.word for each in candidates], slips)
    by_stem = _distances(stem(word), [each.stem for each in candidates], slips)
    heard = [plain_spelling(each.stem) for each in candidates]
    by_ear = _distances(plain_spelling(stem(word)), heard, slips)
    near = []
    for seen_distance, stem_distance, ear_distance, each in zip(
        by_word, by_stem, by_ear, candidates, strict=True
    ):
        distance = min(seen_distance, stem_distance, ear_distance if each.id in alike else slips + 1)
        if distance <= slips:
            near.append((distance, -each.record_count, each))
    return min(near, key=lambda each: each[:2])[2] if near else None


def words_heard_alike(database: IndexDatabase, word: str) -> list[StoredWord]:
    """Other words of the vocabulary that differ from a folded word only in letters that are not heard."""
    own, heard = stem(word), plain_spelling(stem(word))
    alike = database.words_sounding(heard_key(own)) if word.isalpha() else []
    return [each for each in alike if each.stem != own and plain_spelling(each.stem) == heard]


def forgiven_slips(word: str) -> int:
    """How many are forgiven in a word of this length."""
    return sum(len(word) >= each for each in (SHORTEST_FORGIVEN, LONG_WORD, LONGEST_WORD))


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
