"""Which records answer best, and which of their sentences.

Records are ranked by BM25 over their mentions (Robertson & Zaragoza 2009, "The
Probabilistic Relevance Framework"), with one change: a direct find counts more
than any number of loose ones, so that "Rat" ranks before "Bürgerrat". Sentences
are ranked by which of the concepts they and their neighbours have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tasks.search.bodies import Bodies, Places, Vector
from tasks.search.concepts import Amounts, Concept, Occurrences, Reader
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
    Place.SLIDE: 0.8,
    Place.PARAGRAPH: 1.0,
    Place.HEADING: 1.0,
    Place.DETAIL: 0.5,
}
_FACTOR_OF_PLACE = np.array([PLACE_FACTORS[place] for place in sorted(Place)], np.float32)


@dataclass(frozen=True, slots=True)
class Hits:
    """What one of the records looked into has of what is looked for."""

    number: int
    sentences: Places
    """By their place among the sentences of all `Bodies`."""
    scores: Vector
    best: float
    """The score of the best sentence."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the records looked into have: hits of those that answer, and the addresses of all found words."""

    hits: tuple[Hits, ...]
    words: Places


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
    bodies: Bodies,
    wanted: Sequence[tuple[Concept, float]],
    unwanted: Sequence[Concept],
    *,
    all_wanted: bool,
) -> Found:
    """Which of some records have the wanted, each with its rarity, in sentences without the unwanted.

    A record is no answer when nothing is found, or not all when all is wanted, or its
    title has the unwanted.
    """
    spoilt = _sentences_with(unwanted, bodies)
    answers = np.ones(bodies.count, np.bool_)
    answers[bodies.sentences.record_of[spoilt[bodies.sentences.lines["place"][spoilt] == Place.TITLE]]] = (
        False
    )
    scores = np.zeros(bodies.sentences.count, np.float32)
    found_words: list[Places] = []
    for concept, weight in wanted:
        occurrences = concept.occurrences(bodies)
        of_sentences = _best_of_sentences(occurrences, bodies)
        of_sentences[spoilt] = 0
        if all_wanted:
            answers &= np.maximum.reduceat(of_sentences, bodies.sentences.begins) > 0
        found_words.append(occurrences.places)
        scores += np.float32(weight) * _with_neighbours(of_sentences)
    words = found_words[0] if len(found_words) == 1 else np.unique(np.concatenate(found_words))
    having = _distinct_sorted(bodies.sentences.of(words))
    if len(spoilt):
        having = np.setdiff1d(having, spoilt, assume_unique=True)
    having = having[answers[bodies.sentences.record_of[having]]]
    return Found(tuple(_by_record(bodies, having, _weighed(scores[having], bodies, having))), words)


def _by_record(bodies: Bodies, having: Places, scores: Vector) -> Iterator[Hits]:
    if not len(having):
        return
    records = bodies.sentences.record_of[having]
    firsts = np.flatnonzero(np.diff(records, prepend=-1))
    best = np.maximum.reduceat(scores, firsts).tolist()
    numbers, cuts = bodies.numbers[records[firsts]].tolist(), [*firsts.tolist(), len(having)]
    for number, score, (first, after) in zip(numbers, best, pairwise(cuts), strict=True):
        yield Hits(number, having[first:after], scores[first:after], score)


def _best_of_sentences(occurrences: Occurrences, bodies: Bodies) -> Vector:
    """The weight of the best find in each sentence."""
    best = np.zeros(bodies.sentences.count, np.float32)
    if len(occurrences.places):
        sentences = bodies.sentences.of(occurrences.places)
        begins = np.flatnonzero(np.diff(sentences, prepend=-1))
        best[sentences[begins]] = np.maximum.reduceat(occurrences.weights, begins)
    return best


def _weighed(scores: Vector, bodies: Bodies, having: Places) -> Vector:
    """Scores by where the sentences stand and how much they say."""
    lengths = bodies.sentences.firsts[having + 1] - bodies.sentences.firsts[having]
    fullness = 0.9 + 0.1 * np.minimum(lengths / FULL_SENTENCE_WORDS, 1)
    places = bodies.sentences.lines["place"][having]
    weighed: Vector = scores * fullness.astype(np.float32) * _FACTOR_OF_PLACE[places]
    return weighed


def _sentences_with(concepts: Sequence[Concept], bodies: Bodies) -> Places:
    """The sentences that have any of the concepts."""
    if not concepts:
        return np.empty(0, np.intp)
    found = [bodies.sentences.of(concept.occurrences(bodies).places) for concept in concepts]
    return np.unique(np.concatenate(found))


def _distinct_sorted(ascending: Places) -> Places:
    """Each value once."""
    return ascending[np.flatnonzero(np.diff(ascending, prepend=-1))]


def _with_neighbours(weights: Vector) -> Vector:
    beside = np.zeros_like(weights)
    beside[1:] = weights[:-1]
    beside[:-1] = np.maximum(beside[:-1], weights[1:])
    both: Vector = np.maximum(weights, NEIGHBOUR * beside)
    return both
