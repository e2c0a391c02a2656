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

from transcripts.search.concepts import Amounts, Concept, Places, Reader, Vector, WordIds, sentences_of
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
    """The sentences of a record that have what is looked for, by number, and all found words by place."""

    sentences: Places
    scores: Vector
    words: Places

    @property
    def best(self) -> float:
        """The score of the best sentence."""
        return float(self.scores.max())


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
    words: WordIds,
    sentences: npt.NDArray[np.void],
    wanted: Sequence[tuple[Concept, float]],
    unwanted: Sequence[Concept],
    *,
    all_wanted: bool,
) -> Hits | None:
    """Where a record has the wanted, each with its rarity, in sentences without the unwanted.

    None when it is no answer: nothing is found, or not all when all is wanted, or
    its title has the unwanted. `sentences` is an array of `SENTENCE`.
    """
    firsts = sentences["first_word"].astype(np.intp)
    spoilt = _sentences_with(unwanted, words, firsts)
    if (sentences["place"][spoilt] == Place.TITLE).any():
        return None
    scores = np.zeros(len(sentences), np.float32)
    found_words: list[Places] = []
    for concept, weight in wanted:
        finds = concept.finds(words, firsts)
        if all_wanted and not len(finds.places):
            return None
        of_sentences = np.zeros(len(sentences), np.float32)
        np.maximum.at(of_sentences, sentences_of(finds.places, firsts), finds.weights)
        of_sentences[spoilt] = 0
        if all_wanted and not of_sentences.any():
            return None
        found_words.append(finds.places)
        scores += np.float32(weight) * _with_neighbours(of_sentences)
    places = np.unique(np.concatenate(found_words))
    having = np.setdiff1d(sentences_of(places, firsts), spoilt)
    if not len(having):
        return None
    return Hits(having, _weighed(scores[having], sentences, having, len(words)), places)


def _weighed(scores: Vector, sentences: npt.NDArray[np.void], having: Places, word_count: int) -> Vector:
    """Scores by where the sentences stand and how much they say."""
    lengths = np.append(sentences["first_word"], word_count)[having + 1] - sentences["first_word"][having]
    fullness = 0.9 + 0.1 * np.minimum(lengths / FULL_SENTENCE_WORDS, 1)
    weighed: Vector = scores * fullness.astype(np.float32) * _FACTOR_OF_PLACE[sentences["place"][having]]
    return weighed


def _sentences_with(concepts: Sequence[Concept], words: WordIds, firsts: Places) -> Places:
    """The sentences that have any of the concepts."""
    if not concepts:
        return np.empty(0, np.intp)
    found = [sentences_of(concept.finds(words, firsts).places, firsts) for concept in concepts]
    return np.unique(np.concatenate(found))


def _with_neighbours(weights: Vector) -> Vector:
    beside = np.zeros_like(weights)
    beside[1:] = weights[:-1]
    beside[:-1] = np.maximum(beside[:-1], weights[1:])
    both: Vector = np.maximum(weights, NEIGHBOUR * beside)
    return both
