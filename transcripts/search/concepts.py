"""What a term of a query means to the index, and which records may have it.

A concept is asked two things: how much each record has of it (a vector over the
records, from postings), and how much each sentence of one record has of it (a
vector over the record's words). Weights up to 1 are direct finds, those below
`DIRECT` loose ones, such as compounds with the word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from transcripts.search.database import IndexDatabase
from transcripts.search.lookup import Meaning, beginning_with, forms_of, meaning_of, parts_of
from transcripts.search.query import Kind, Term

Vector = npt.NDArray[np.float32]
WordIds = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]

DIRECT = 0.5
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


class Concept(Protocol):
    """A term of the query as it is looked for."""

    @property
    def corrected(self) -> str | None:
        """The word taken instead of a mistyped one."""

    @property
    def is_exact(self) -> bool:
        """Whether every record with an amount truly has the concept, without a look at its words."""

    def amounts(self) -> Amounts:
        """How much each record has of it."""

    def weights(self, words: WordIds, sentence_of_word: npt.NDArray[np.int64]) -> Vector:
        """The weight of each word of one record; 0 where the concept is not."""


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

    def table(self, weights: dict[int, float]) -> Vector:
        """The weight of every word of the vocabulary, by its id."""
        table = np.zeros(self.last_word_id + 1, np.float32)
        table[list(weights)] = list(weights.values())
        return table


class WordConcept:
    """A word with all it may mean."""

    is_exact = True

    def __init__(self, reader: Reader, meaning: Meaning) -> None:
        self._reader, self._meaning = reader, meaning
        self._table = reader.table(meaning.loose | meaning.direct)

    @property
    def corrected(self) -> str | None:
        """See `Concept`."""
        return self._meaning.corrected

    def amounts(self) -> Amounts:
        """See `Concept`."""
        return Amounts(self._reader.amounts(self._meaning.direct), self._reader.amounts(self._meaning.loose))

    def weights(self, words: WordIds, sentence_of_word: npt.NDArray[np.int64]) -> Vector:  # noqa: ARG002
        """See `Concept`."""
        return self._table[words]


class SequenceConcept:
    """Words one after the other in one sentence."""

    corrected = None
    is_exact = False

    def __init__(self, reader: Reader, words: Sequence[str]) -> None:
        self._reader = reader
        self._forms = [forms_of(reader.database, word).direct for word in words]
        self._tables = [reader.table(forms) for forms in self._forms]

    def amounts(self) -> Amounts:
        """The amount of the rarest word: there are no more phrases than that."""
        each = [self._reader.amounts(forms) for forms in self._forms]
        least = np.minimum.reduce(each)
        return Amounts(least, np.zeros_like(least))

    def weights(self, words: WordIds, sentence_of_word: npt.NDArray[np.int64]) -> Vector:
        """Every word of the phrase has the weight of its worst fit."""
        found = np.zeros(len(words), np.float32)
        count = len(self._tables)
        starts = len(words) - count + 1
        if starts < 1:
            return found
        fits = np.minimum.reduce(
            [table[words[place : place + starts]] for place, table in enumerate(self._tables)]
        )
        fits = fits * (sentence_of_word[:starts] == sentence_of_word[count - 1 :])
        (places,) = np.nonzero(fits)
        for offset in range(count):
            found[places + offset] = np.maximum(found[places + offset], fits[places])
        return found


class EitherConcept:
    """A word, or in its stead something that says the same."""

    is_exact = False

    def __init__(self, word: "WordConcept", other: "SequenceConcept | TogetherConcept") -> None:
        self._word, self._other = word, other

    @property
    def corrected(self) -> str | None:
        """A correction is not wanted where the other was found."""
        return self._word.corrected

    def amounts(self) -> Amounts:
        """See `Concept`."""
        word, other = self._word.amounts(), self._other.amounts()
        return Amounts(word.direct + other.direct, word.loose + other.loose)

    def weights(self, words: WordIds, sentence_of_word: npt.NDArray[np.int64]) -> Vector:
        """See `Concept`."""
        return np.maximum(
            self._word.weights(words, sentence_of_word), self._other.weights(words, sentence_of_word)
        )


class TogetherConcept:
    """The parts of a compound in one sentence, in any order: "Auszug aus dem Melderegister"."""

    def __init__(self, reader: Reader, parts: Sequence[str]) -> None:
        self._reader = reader
        self._forms = [forms_of(reader.database, part).direct for part in parts]
        self._tables = [reader.table(forms) for forms in self._forms]

    def amounts(self) -> Amounts:
        """The amount of the rarest part."""
        least = np.minimum.reduce([self._reader.amounts(forms) for forms in self._forms])
        return Amounts(np.zeros_like(least), least)

    def weights(self, words: WordIds, sentence_of_word: npt.NDArray[np.int64]) -> Vector:
        """Parts in sentences that have all of them."""
        fits = [table[words] > 0 for table in self._tables]
        complete = np.ones(int(sentence_of_word.max(initial=-1)) + 1, np.bool_)
        for fit in fits:
            has_part = np.zeros_like(complete)
            has_part[sentence_of_word[fit]] = True
            complete &= has_part
        found: Mask = np.logical_or.reduce(fits) & complete[sentence_of_word]
        return np.where(found, np.float32(TOGETHER), np.float32(0))


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
    if not parts or np.count_nonzero(concept.amounts().found) >= FEW_RECORDS:
        return concept
    together = TogetherConcept(reader, parts)
    if meaning.corrected and together.amounts().found.any():
        concept = WordConcept(reader, Meaning({}, {}))
    return EitherConcept(concept, together)
