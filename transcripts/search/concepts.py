"""What a term of a query means to the index, and which records may have it.

A concept is asked two things: how much each record has of it (a vector over the
records, from postings), and how much each sentence of one record has of it (a
list of places among the record's words). Weights above a half are direct finds,
those below loose ones, such as compounds with the word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from transcripts.search.database import IndexDatabase
from transcripts.search.lookup import Meaning, beginning_with, forms_of, meaning_of, parts_of
from transcripts.search.pairs import BUCKETS_A_SLICE, RECORDS_A_BLOCK, bucket_of, records_in
from transcripts.search.query import Kind, Term
from transcripts.search.words import stem

Vector = npt.NDArray[np.float32]
WordIds = npt.NDArray[np.uint32]
Places = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

TOGETHER = 0.45
"""The weight of a compound's parts standing in one sentence instead of the compound."""
FEW_RECORDS = 10
"""A compound found in fewer records than this is also looked for by its parts."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much each record (by number) has of a concept."""

    direct: Vector
    loose: Vector

    @property
    def found(self) -> Mask:
        return (self.direct > 0) | (self.loose > 0)


@dataclass(frozen=True, slots=True)
class Finds:
    """Where one record has a concept: places among its words, ascending, and the weight at each."""

    places: Places
    weights: Vector


class Concept(Protocol):
    """A term of the query as it is looked for."""

    @property
    def corrected(self) -> str | None:
        """The word taken instead of a mistyped one."""

    @property
    def is_exact(self) -> bool:
        """Whether every record with an amount truly has the concept, without a look at its words."""

    @property
    def amounts(self) -> Amounts:
        """How much each record has of it."""

    def finds(self, words: WordIds, firsts: Places) -> Finds:
        """Where a record has it, from its words and the places at which its sentences begin."""


class Reader:
    """Postings and sizes of one moment of the index."""

    def __init__(self, database: IndexDatabase) -> None:
        self.database = database
        lengths = np.array(database.record_lengths() or [(0, 0)], np.int64)
        self.record_count = len(lengths) if lengths[0, 0] else 0
        self.lengths = np.zeros(int(lengths[:, 0].max()) + 1, np.float32)
        self.lengths[lengths[:, 0]] = lengths[:, 1]
        self.last_word_id = database.last_word_id()

    def amounts(self, weights: dict[int, float]) -> Vector:
        """The weighted mentions of some words in each record."""
        found = list(self.database.postings(weights))
        if not found:
            return np.zeros(len(self.lengths), np.float32)
        entries = np.concatenate([each for _, each in found])
        factors = np.repeat([weights[word] for word, _ in found], [len(each) for _, each in found])
        summed = np.bincount(entries["record"], entries["weight"] * factors, len(self.lengths))
        return summed.astype(np.float32)

    def having_pairs(self, words: Sequence[str]) -> Mask:
        """The records that may have these words one after the other."""
        count = len(self.lengths)
        blocks = -(-count // RECORDS_A_BLOCK)
        having = np.ones(count, np.bool_)
        for first, second in pairwise(stem(word) for word in words):
            bucket = bucket_of(first, second)
            slices = self.database.pair_slices(bucket // BUCKETS_A_SLICE, blocks)
            having &= records_in(slices, bucket, count)
        return having

    def table(self, weights: dict[int, float]) -> "Table":
        """The weights of some words, to be looked up for every word of a record."""
        return Table(weights, self.last_word_id)


class Table:
    """The weight of every word of the vocabulary, by its id; most have none.

    Which words have one is asked far more often than which, and NumPy finds true among booleans
    several times faster than what is not 0 among numbers.
    """

    def __init__(self, weights: dict[int, float], last_word_id: int) -> None:
        self._has = np.zeros(last_word_id + 1, np.bool_)
        self._weights = np.zeros(last_word_id + 1, np.float32)
        self._has[list(weights)] = True
        self._weights[list(weights)] = list(weights.values())

    def has(self, words: WordIds) -> Mask:
        """Which of the words have a weight."""
        return self._has.take(words)

    def places(self, words: WordIds) -> Places:
        """Where words stand that have a weight."""
        return np.flatnonzero(self._has.take(words))

    def weights(self, words: WordIds) -> Vector:
        """The weights of the words, 0 for those that have none."""
        return self._weights.take(words)


class WordConcept:
    """A word with all it may mean."""

    is_exact = True

    def __init__(self, reader: Reader, meaning: Meaning) -> None:
        self.corrected = meaning.corrected
        self.amounts = Amounts(reader.amounts(meaning.direct), reader.amounts(meaning.loose))
        self._table = reader.table(meaning.loose | meaning.direct)

    def finds(self, words: WordIds, firsts: Places) -> Finds:  # noqa: ARG002 - others need it
        """See `Concept`."""
        places = self._table.places(words)
        return Finds(places, self._table.weights(words[places]))


class SequenceConcept:
    """Words one after the other in one sentence."""

    corrected = None
    is_exact = False

    def __init__(self, reader: Reader, words: Sequence[str]) -> None:
        forms = [forms_of(reader.database, word).direct for word in words]
        each = [reader.amounts(meant) for meant in forms]
        # There are no more phrases than of the rarest word; the look at a record begins with it.
        least = np.minimum.reduce(each) * reader.having_pairs(words)
        self.amounts = Amounts(least, np.zeros_like(least))
        self._tables = [reader.table(meant) for meant in forms]
        self._rarest = int(np.argmin([amounts.sum() for amounts in each]))

    def finds(self, words: WordIds, firsts: Places) -> Finds:
        """Every word of the phrase, with the weight of its worst fit."""
        count = len(self._tables)
        starts = self._tables[self._rarest].places(words) - self._rarest
        starts = starts[(starts >= 0) & (starts + count <= len(words))]
        for offset, table in enumerate(self._tables):
            starts = starts[table.has(words[starts + offset])]
            if not len(starts):
                return Finds(starts, np.empty(0, np.float32))
        starts = starts[sentences_of(starts, firsts) == sentences_of(starts + count - 1, firsts)]
        fits = [table.weights(words[starts + offset]) for offset, table in enumerate(self._tables)]
        places = (starts[:, None] + np.arange(count)).ravel()
        return _distinct(places, np.repeat(np.minimum.reduce(fits), count))


class TogetherConcept:
    """The parts of a compound in one sentence, in any order: "Auszug aus dem Melderegister"."""

    corrected = None
    is_exact = False

    def __init__(self, reader: Reader, parts: Sequence[str]) -> None:
        meanings = [meaning_of(reader.database, part) for part in parts]
        forms = [each.loose | each.direct for each in meanings]
        least = np.minimum.reduce([reader.amounts(meant) for meant in forms])
        self.amounts = Amounts(np.zeros_like(least), least)
        self._tables = [reader.table(meant) for meant in forms]

    def finds(self, words: WordIds, firsts: Places) -> Finds:
        """The parts in sentences that have all of them."""
        of_parts = [table.places(words) for table in self._tables]
        complete = sentences_of(of_parts[0], firsts)
        for places in of_parts[1:]:
            complete = np.intersect1d(complete, sentences_of(places, firsts))
        places = np.concatenate(of_parts)
        places = places[np.isin(sentences_of(places, firsts), complete)]
        return _distinct(places, np.full(len(places), TOGETHER, np.float32))


class EitherConcept:
    """A word, or in its stead something that says the same."""

    is_exact = False

    def __init__(self, word: WordConcept, other: SequenceConcept | TogetherConcept) -> None:
        self._word, self._other = word, other
        self.corrected = word.corrected
        self.amounts = Amounts(
            word.amounts.direct + other.amounts.direct, word.amounts.loose + other.amounts.loose
        )

    def finds(self, words: WordIds, firsts: Places) -> Finds:
        """See `Concept`."""
        one, other = self._word.finds(words, firsts), self._other.finds(words, firsts)
        return _distinct(
            np.concatenate([one.places, other.places]), np.concatenate([one.weights, other.weights])
        )


def sentences_of(places: Places, firsts: Places) -> Places:
    """The sentences in which words stand, from the places at which sentences begin."""
    return np.searchsorted(firsts, places, side="right") - 1


def _distinct(places: Places, weights: Vector) -> Finds:
    """Finds in order, each place once."""
    distinct, firsts = np.unique(places, return_index=True)
    return Finds(distinct, weights[firsts].astype(np.float32))


def wanted_concept(reader: Reader, term: Term) -> Concept:
    """What is looked for when a term is wanted."""
    match term.kind:
        case Kind.BEGINNING:
            return WordConcept(reader, beginning_with(reader.database, term.words[0]))
        case Kind.PHRASE:
            return SequenceConcept(reader, term.words)
        case Kind.HYPHENATED:
            joined = WordConcept(reader, forms_of(reader.database, "".join(term.words)))
            return EitherConcept(joined, SequenceConcept(reader, term.words))
    return _word_concept(reader, term.words[0])


def unwanted_concept(reader: Reader, term: Term) -> Concept:
    """What is meant when a term is unwanted: the word and its inflections, no compounds, no guesses."""
    if term.kind is Kind.WORD:
        return WordConcept(reader, forms_of(reader.database, term.words[0]))
    return wanted_concept(reader, term)


def _word_concept(reader: Reader, word: str) -> Concept:
    meaning = meaning_of(reader.database, word)
    concept = WordConcept(reader, meaning)
    if meaning and not meaning.corrected and len(meaning.direct) + len(meaning.loose) > FEW_RECORDS:
        return concept
    parts = parts_of(reader.database, word)
    if not parts or np.count_nonzero(concept.amounts.found) >= FEW_RECORDS:
        return concept
    together = TogetherConcept(reader, parts)
    if meaning.corrected and together.amounts.found.any():
        concept = WordConcept(reader, Meaning({}, {}))
    return EitherConcept(concept, together)
