"""Which records answer best, and which of their sentences.

Records are ranked by BM25 over their mentions (Robertson & Zaragoza 2009, "The
Probabilistic Relevance Framework"), with one change: a direct find counts more
than any number of loose ones, so that "Rat" ranks before "Bürgerrat". Sentences
are ranked by which of the concepts they and their neighbours have.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transcripts.search.concepts import Amounts, Concept, Mask, Reader, Vector, WordIds
from transcripts.search.database import SENTENCE, StoredBody
from transcripts.search.passages import Place

SATURATION = 5.0
"""BM25's k1: so many mentions in a meeting of average length count half of what mentions can count."""
LENGTH_INFLUENCE = 0.5
"""BM25's b."""
LOOSE_AT_MOST = 0.8
"""What loose finds can count, where the first direct one counts 1."""
NEIGHBOUR = 0.5
"""What a concept counts when not the sentence itself but the one beside it has it."""
FULL_SENTENCE_WORDS = 12
"""Longer sentences are no better quotes; shorter ones are a little worse."""

PLACE_FACTORS = {
    Place.SPEECH: 1.0,
    Place.TITLE: 0.6,
    Place.CHAPTER: 1.0,
    Place.AGENDA: 0.5,
    Place.SPEAKER: 0.5,
}
_FACTOR_OF_PLACE = np.array([PLACE_FACTORS[place] for place in sorted(Place)], np.float32)


@dataclass(frozen=True, slots=True)
class Hits:
    """Where a record has what is looked for. The vectors are over its sentences, but for `marked`."""

    sentences: npt.NDArray[np.void]
    scores: Vector  # 0 where nothing is
    marked: Mask  # over its words

    @property
    def best(self) -> float:
        return float(self.scores.max(initial=0))


def rarity(reader: Reader, amounts: Amounts) -> float:
    """BM25's inverse document frequency, by the direct finds if there are any."""
    counted = amounts.direct if amounts.direct.any() else amounts.loose
    having = int(np.count_nonzero(counted))
    return float(np.log(1 + (reader.record_count - having + 0.5) / (having + 0.5)))


def record_scores(reader: Reader, amounts: Amounts) -> Vector:
    """What each record has of one concept, between 0 and 2."""
    average = max(float(reader.lengths.sum()) / max(reader.record_count, 1), 1.0)
    length = 1 - LENGTH_INFLUENCE + LENGTH_INFLUENCE * reader.lengths / average
    direct = amounts.direct / (amounts.direct + SATURATION * length)
    loose = amounts.loose / (amounts.loose + SATURATION * length)
    return np.where(amounts.direct > 0, 1 + direct, LOOSE_AT_MOST * loose).astype(np.float32)


def find_hits(
    body: StoredBody,
    wanted: Sequence[Concept],
    rarities: Sequence[float],
    unwanted: Sequence[Concept],
    *,
    all_wanted: bool,
) -> Hits | None:
    """Where the record has the wanted in sentences without the unwanted; None when it is no answer.

    A record whose title has the unwanted is none either.
    """
    words: WordIds = np.frombuffer(body.words, np.uint32)
    sentences = np.frombuffer(body.sentences, SENTENCE)
    if not len(sentences):
        return None
    firsts = sentences["first_word"].astype(np.int64)
    lengths = np.diff(firsts, append=len(words))
    sentence_of_word = np.repeat(np.arange(len(sentences)), lengths)
    spoilt = _having(unwanted, words, sentence_of_word, firsts)
    if (spoilt & (sentences["place"] == Place.TITLE)).any():
        return None
    marked = np.zeros(len(words), np.bool_)
    scores = np.zeros(len(sentences), np.float32)
    present = np.zeros(len(sentences), np.bool_)
    for concept, weight in zip(wanted, rarities, strict=True):
        of_words = concept.weights(words, sentence_of_word)
        of_sentences = np.where(spoilt, 0, np.maximum.reduceat(of_words, firsts))
        if all_wanted and not of_sentences.any():
            return None
        marked |= of_words > 0
        present |= of_sentences > 0
        scores += np.float32(weight) * _with_neighbours(of_sentences)
    if not present.any():
        return None
    fullness = 0.9 + 0.1 * np.minimum(lengths / FULL_SENTENCE_WORDS, 1)
    scores = (scores * fullness * _FACTOR_OF_PLACE[sentences["place"]] * present).astype(np.float32)
    return Hits(sentences, scores, marked)


def _having(
    concepts: Sequence[Concept],
    words: WordIds,
    sentence_of_word: npt.NDArray[np.int64],
    firsts: npt.NDArray[np.int64],
) -> Mask:
    """Which sentences have any of the concepts."""
    found = np.zeros(len(firsts), np.bool_)
    for concept in concepts:
        found |= np.maximum.reduceat(concept.weights(words, sentence_of_word), firsts) > 0
    return found


def _with_neighbours(weights: Vector) -> Vector:
    beside = np.zeros_like(weights)
    beside[1:] = weights[:-1]
    beside[:-1] = np.maximum(beside[:-1], weights[1:])
    both: Vector = np.maximum(weights, NEIGHBOUR * beside)
    return both
