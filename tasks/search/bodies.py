"""The words and sentences of some records, laid end to end so that all are looked into at once.

A word's address is its place in its record plus the record's beginning; addresses ascend
from record to record. Behind each record stands an empty sentence: it ends the last one
and keeps the neighbours of one record out of the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import SENTENCE, Postings

Places = npt.NDArray[np.intp]
Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of some records, end to end."""

    lines: npt.NDArray[np.void]
    """Of `SENTENCE`."""
    firsts: Places
    """The addresses at which sentences begin."""
    record_of: Places
    """The record of each sentence, by its index."""
    begins: Places
    """The first sentence of each record."""

    @property
    def count(self) -> int:
        return len(self.firsts)

    def of(self, addresses: Places) -> Places:
        """The sentences in which words stand."""
        return np.searchsorted(self.firsts, addresses, side="right") - 1


class Bodies:
    """Some records of the index, by their numbers, in the order given."""

    def __init__(self, database: IndexDatabase, numbers: Sequence[int], end_of_numbers: int) -> None:
        stored = database.bodies(numbers)
        bodies = [stored[number] for number in numbers]
        counts = np.array([each.word_count for each in bodies], np.intp)
        sentence_counts = np.array([len(each.sentences) // SENTENCE.itemsize + 1 for each in bodies], np.intp)
        self.numbers = np.array(numbers, np.intp)
        self.count = len(bodies)
        self._index_of = np.full(end_of_numbers, -1, np.intp)
        self._index_of[self.numbers] = np.arange(self.count)
        self._begins = np.cumsum(counts) - counts
        # One address is left free behind each record, for its empty last sentence.
        self._base = self._begins + np.arange(self.count)
        self.end = int(counts.sum()) + self.count
        self._places = np.concatenate([each.places for each in bodies])
        lines = _end_to_end([each.sentences for each in bodies], counts)
        record_of = np.repeat(np.arange(self.count), sentence_counts)
        self.sentences = Sentences(
            lines=lines,
            firsts=lines["first_word"] + self._base[record_of],
            record_of=record_of,
            begins=np.cumsum(sentence_counts) - sentence_counts,
        )

    def find(self, postings: Postings, weights: Vector) -> tuple[Places, Vector]:
        """Where the words of some postings stand: addresses, and the weight at each; in no order."""
        index = self._index_of[postings["record"]]
        here = np.flatnonzero(index >= 0)
        postings, index = postings[here], index[here]
        counts = postings["count"].astype(np.intp)
        # The numbers first, first + 1, … of every posting, without a loop.
        ends = np.cumsum(counts)
        first = postings["first"] + self._begins[index] - (ends - counts)
        places = self._places[np.repeat(first, counts) + np.arange(counts.sum())]
        return places + np.repeat(self._base[index], counts), np.repeat(weights[here], counts)

    def laid_out(self, postings: Postings, weights: Vector) -> Vector:
        """The weight at every address, 0 where none of the words stands."""
        laid_out = np.zeros(self.end, np.float32)
        places, found = self.find(postings, weights)
        laid_out[places] = found
        return laid_out


def _end_to_end(sentences: Sequence[bytes], word_counts: npt.NDArray[np.intp]) -> npt.NDArray[np.void]:
    ends = np.zeros(len(sentences), SENTENCE)
    ends["first_word"] = word_counts
    parts = [part for each, end in zip(sentences, ends, strict=True) for part in (each, end.tobytes())]
    return np.frombuffer(b"".join(parts), SENTENCE)
