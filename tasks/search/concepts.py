"""What a term of a query means to the index, and which records may have it.

A concept is asked two things: how much each record has of it (a vector over the
records, from postings), and where some records have it (a list of their words'
addresses). Weights above a half are direct finds, those below loose ones, such
as compounds with the word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from tasks.search.bodies import Bodies, Places, Vector
from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import POSTING, Postings
from tasks.search.vocabulary_lookup import Meaning, beginning_with, forms_of, meaning_of, parts_of
from tasks.search.word_pairs import BUCKETS_A_SLICE, RECORDS_A_BLOCK, bucket_of, records_in
from transcripts.search.query import Kind, Term
from transcripts.search.word_folding import number_groups, stem

Mask = npt.NDArray[np.bool_]

DIRECT_FROM = 0.5
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
class Occurrences:
    """Where some records have a concept: addresses of words, ascending, and the weight at each."""

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

    def occurrences(self, bodies: Bodies) -> Occurrences:
        """Where some records have it."""


class Reader:
    """Postings and sizes of one moment of the index."""

    def __init__(self, database: IndexDatabase) -> None:
        self.database = database
        sizes = database.sizes()
        self.record_count = sizes.record_count
        self.lengths = sizes.words
        """In words, by the record's number."""

    def mentions(self, weights: Mapping[int, float]) -> "Mentions":
        """Where some words are said, each with its weight."""
        found = self.database.postings(weights)
        postings = np.frombuffer(b"".join(entries for _, entries in found), POSTING)
        counts = [len(entries) // POSTING.itemsize for _, entries in found]
        factors = np.array([weights[word] for word, _ in found], np.float32)
        return Mentions(postings, np.repeat(factors, counts))

    def amounts(self, mentions: "Mentions") -> Vector:
        """The weighted mentions in each record."""
        weighed = mentions.postings["weight"] * mentions.weights
        summed = np.bincount(mentions.postings["record"], weighed, len(self.lengths))
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


@dataclass(frozen=True, slots=True)
class Mentions:
    """The postings of some words, end to end, with the weight of each."""

    postings: Postings
    weights: Vector

    def split(self, is_first: Mask) -> tuple["Mentions", "Mentions"]:
        """Those for which `is_first` is true, and the others."""
        others = ~is_first
        return (
            Mentions(self.postings[is_first], self.weights[is_first]),
            Mentions(self.postings[others], self.weights[others]),
        )

    def laid_out(self, bodies: Bodies) -> Vector:
        """The weight at every address of some records."""
        return bodies.laid_out(self.postings, self.weights)

    def occurrences(self, bodies: Bodies) -> Occurrences:
        """Where the words stand in some records. Each place has one word, so none comes twice."""
        places, weights = bodies.find(self.postings, self.weights)
        order = np.argsort(places)
        return Occurrences(places[order], weights[order])


class WordConcept:
    """A word with all it may mean."""

    is_exact = True

    def __init__(self, reader: Reader, meaning: Meaning) -> None:
        self.corrected = meaning.corrected
        self._mentions = reader.mentions(meaning.loose | meaning.direct)
        direct, loose = self._mentions.split(self._mentions.weights > DIRECT_FROM)
        self.amounts = Amounts(reader.amounts(direct), reader.amounts(loose))

    def occurrences(self, bodies: Bodies) -> Occurrences:
        """See `Concept`."""
        return self._mentions.occurrences(bodies)


class SequenceConcept:
    """Words one after the other in one sentence."""

    corrected = None
    is_exact = False

    def __init__(self, reader: Reader, words: Sequence[str]) -> None:
        self._mentions = [reader.mentions(forms_of(reader.database, word).direct) for word in words]
        # There are no more phrases than of the rarest word.
        least = np.minimum.reduce([reader.amounts(each) for each in self._mentions])
        least *= reader.having_pairs(words)
        self.amounts = Amounts(least, np.zeros_like(least))

    def occurrences(self, bodies: Bodies) -> Occurrences:
        """Every word of the phrase, with the weight of its worst fit."""
        count = len(self._mentions)
        rarest, places, fits = self._rarest(bodies)
        starts = places - rarest
        # Beginning with the rarest word, there is little to look up for the common ones.
        for offset, mentions in enumerate(self._mentions):
            inside = (starts >= 0) & (starts + count <= bodies.end)
            starts, fits = starts[inside], fits[inside]
            if offset != rarest and len(starts):
                fits = np.minimum(fits, mentions.laid_out(bodies)[starts + offset])
                starts, fits = starts[fits > 0], fits[fits > 0]
        is_one_sentence = bodies.sentences.of(starts) == bodies.sentences.of(starts + count - 1)
        starts, fits = starts[is_one_sentence], fits[is_one_sentence]
        return _distinct((starts[:, None] + np.arange(count)).ravel(), np.repeat(fits, count))

    def _rarest(self, bodies: Bodies) -> tuple[int, Places, Vector]:
        """Which word of the phrase is rarest, where it stands, and how well it fits there."""
        counts = [int(each.postings["count"].sum()) for each in self._mentions]
        rarest = counts.index(min(counts))
        mentions = self._mentions[rarest]
        return rarest, *bodies.find(mentions.postings, mentions.weights)


class TogetherConcept:
    """The parts of a compound in one sentence, in any order: "Auszug aus dem Melderegister"."""

    corrected = None
    is_exact = False

    def __init__(self, reader: Reader, parts: Sequence[str]) -> None:
        meanings = [meaning_of(reader.database, part) for part in parts]
        self._mentions = [reader.mentions(each.loose | each.direct) for each in meanings]
        least = np.minimum.reduce([reader.amounts(each) for each in self._mentions])
        self.amounts = Amounts(np.zeros_like(least), least)

    def occurrences(self, bodies: Bodies) -> Occurrences:
        """The parts in sentences that have all of them."""
        of_parts = [each.occurrences(bodies).places for each in self._mentions]
        complete = bodies.sentences.of(of_parts[0])
        for places in of_parts[1:]:
            complete = np.intersect1d(complete, bodies.sentences.of(places))
        places = np.concatenate(of_parts)
        places = places[np.isin(bodies.sentences.of(places), complete)]
        return _distinct(places, np.full(len(places), TOGETHER, np.float32))


class EitherConcept:
    """A word, or in its stead something that says the same."""

    is_exact = False

    def __init__(self, word: WordConcept | SequenceConcept, other: SequenceConcept | TogetherConcept) -> None:
        self._word, self._other = word, other
        self.corrected = word.corrected
        self.amounts = Amounts(
            word.amounts.direct + other.amounts.direct, word.amounts.loose + other.amounts.loose
        )

    def occurrences(self, bodies: Bodies) -> Occurrences:
        """See `Concept`."""
        one, other = self._word.occurrences(bodies), self._other.occurrences(bodies)
        return _distinct(
            np.concatenate([one.places, other.places]), np.concatenate([one.weights, other.weights])
        )


def _distinct(places: Places, weights: Vector) -> Occurrences:
    """Finds in order, each place once."""
    distinct, firsts = np.unique(places, return_index=True)
    return Occurrences(distinct, weights[firsts].astype(np.float32))


def wanted_concept(reader: Reader, term: Term) -> Concept:
    """What is looked for when a term is wanted."""
    match term.kind:
        case Kind.BEGINNING:
            return WordConcept(reader, beginning_with(reader.database, term.words[0]))
        case Kind.PHRASE:
            return _phrase_concept(reader, term.words)
        case Kind.HYPHENATED:
            joined = WordConcept(reader, forms_of(reader.database, "".join(term.words)))
            return EitherConcept(joined, SequenceConcept(reader, term.words))
    return _word_concept(reader, term.words[0])


def unwanted_concept(reader: Reader, term: Term) -> Concept:
    """What is meant when a term is unwanted: the word and its inflections, no compounds, no guesses."""
    if term.kind is Kind.WORD:
        return _forms_concept(reader, term.words[0])
    return wanted_concept(reader, term)


def _forms_concept(reader: Reader, word: str) -> Concept:
    """A word and its inflections; of a number also its groups, which the index keeps as words."""
    forms = WordConcept(reader, forms_of(reader.database, word))
    groups = number_groups(word)
    return _or_else(forms, SequenceConcept(reader, groups)) if groups else forms


def _phrase_concept(reader: Reader, words: Sequence[str]) -> Concept:
    phrase = SequenceConcept(reader, words)
    grouped = [part for word in words for part in number_groups(word) or (word,)]
    return _or_else(phrase, SequenceConcept(reader, grouped)) if len(grouped) > len(words) else phrase


def _or_else(one: WordConcept | SequenceConcept, other: SequenceConcept) -> Concept:
    """Either; the one alone, which is counted without a look at the words, where the other is nowhere."""
    return EitherConcept(one, other) if other.amounts.found.any() else one


def _word_concept(reader: Reader, word: str) -> Concept:
    if number_groups(word):
        return _forms_concept(reader, word)
    meaning = meaning_of(reader.database, word)
    concept = WordConcept(reader, meaning)
    if not meaning.corrected and np.count_nonzero(concept.amounts.found) >= FEW_RECORDS:
        return concept
    parts = parts_of(reader.database, word)
    if not parts or np.count_nonzero(concept.amounts.found) >= FEW_RECORDS:
        return concept
    together = TogetherConcept(reader, parts)
    if meaning.corrected and together.amounts.found.any():
        concept = WordConcept(reader, Meaning({}, {}))
    return EitherConcept(concept, together)
