"""Answers a query from the index: `search` is all that the command line and the reading room call."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from transcripts.search.concepts import Concept, Reader, Vector, unwanted_concept, wanted_concept
from transcripts.search.database import IndexDatabase
from transcripts.search.passages import Place
from transcripts.search.query import Query, parse_query
from transcripts.search.ranking import Hits, find_hits, rarity, record_scores
from transcripts.search.words import find_words

LOOKED_INTO = 60
"""So many of the records that rank best by their mentions are looked into, sentence by sentence."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A found word in a passage: a half-open range of characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence that answers, and the second from which to play it."""

    place: Place
    start_seconds: float
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record that answers: its best passages, best first, and the seconds of all finds in speech."""

    id: str
    title: str
    recorded_on: date
    duration_seconds: float
    passages: tuple[Passage, ...]
    hit_seconds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a query, best record first.

    `record_count` is how many records answer; when `is_counted` is false there
    are at least so many. `corrections` are the words taken instead of mistyped
    ones; `has_all_words` is false when no record had all and some had to do.
    """

    records: tuple[FoundRecord, ...] = ()
    record_count: int = 0
    is_counted: bool = True
    has_all_words: bool = True
    corrections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    number: int
    score: float
    hits: Hits


def search(
    database: IndexDatabase, text: str, *, limit: int = 10, offset: int = 0, passages: int = 3
) -> Answer:
    """The records that answer `text`, from the `offset`th on, each with its best passages.

    Any text is a query (see `parse_query`). Raises PermanentError `index_unusable`
    for a damaged index.
    """
    query = parse_query(text)
    if not query.wanted:
        return Answer()
    with database.reading():
        return _Search(database, query).answer(limit, offset, passages)


class _Search:
    """One query against one moment of the index."""

    def __init__(self, database: IndexDatabase, query: Query) -> None:
        self.database = database
        self.reader = Reader(database)
        self.wanted: Sequence[Concept] = [wanted_concept(self.reader, term) for term in query.wanted]
        self.unwanted: Sequence[Concept] = [unwanted_concept(self.reader, term) for term in query.unwanted]
        amounts = [concept.amounts() for concept in self.wanted]
        self.rarities = [rarity(self.reader, each) for each in amounts]
        self.scores: Vector = np.sum(
            [
                weight * record_scores(self.reader, each)
                for weight, each in zip(self.rarities, amounts, strict=True)
            ],
            axis=0,
        )
        self.having_all = np.logical_and.reduce([each.found for each in amounts])
        self.having_any = np.logical_or.reduce([each.found for each in amounts])

    def answer(self, limit: int, offset: int, passages: int) -> Answer:
        """Records with all words; if there are none, those with some."""
        for all_wanted, having in ((True, self.having_all), (False, self.having_any)):
            ranked = self._best_first(np.flatnonzero(having))
            found = self._look_into(ranked, max(LOOKED_INTO, offset + limit), all_wanted=all_wanted)
            if found:
                return self._answer(found, ranked, limit, offset, passages, all_wanted=all_wanted)
        return Answer()

    def _best_first(self, numbers: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> list[int]:
        """Equal ones newest first: later records have greater numbers."""
        return [int(each) for each in numbers[np.lexsort((-numbers, -self.scores[numbers]))]]

    def _look_into(self, ranked: Sequence[int], enough: int, *, all_wanted: bool) -> list[_Candidate]:
        """The first of the ranked that truly answer, ranked anew by their best passages too."""
        found: list[_Candidate] = []
        for number in ranked:
            hits = find_hits(
                self.database.body(number), self.wanted, self.rarities, self.unwanted, all_wanted=all_wanted
            )
            if hits:
                found.append(_Candidate(number, float(self.scores[number]) + hits.best, hits))
            if len(found) == enough:
                break
        return sorted(found, key=lambda candidate: -candidate.score)

    def _answer(
        self,
        found: Sequence[_Candidate],
        ranked: Sequence[int],
        limit: int,
        offset: int,
        passages: int,
        *,
        all_wanted: bool,
    ) -> Answer:
        is_sure = not self.unwanted and all(concept.is_exact for concept in self.wanted)
        seen_all = found[-1:] == [] or len(found) < LOOKED_INTO
        return Answer(
            records=tuple(self._record(each, passages) for each in found[offset : offset + limit]),
            record_count=len(ranked) if is_sure else len(found),
            is_counted=is_sure or seen_all,
            has_all_words=all_wanted,
            corrections=tuple(word for concept in self.wanted if (word := concept.corrected)),
        )

    def _record(self, candidate: _Candidate, passages: int) -> FoundRecord:
        stored = self.database.record(candidate.number)
        hits = candidate.hits
        texts = zlib.decompress(self.database.body(candidate.number).texts).decode().split("\n")
        best = np.argsort(-hits.scores, kind="stable")[:passages]
        spoken = (hits.scores > 0) & (hits.sentences["place"] == Place.SPEECH)
        return FoundRecord(
            id=stored.id,
            title=stored.title,
            recorded_on=stored.recorded_on,
            duration_seconds=stored.duration_seconds,
            passages=tuple(_passage(hits, int(each), texts[each]) for each in best if hits.scores[each] > 0),
            hit_seconds=tuple(_seconds(each) for each in hits.sentences["start_seconds"][spoken]),
        )


def _passage(hits: Hits, sentence: int, text: str) -> Passage:
    stored = hits.sentences[sentence]
    return Passage(
        place=Place(int(stored["place"])),
        start_seconds=_seconds(stored["start_seconds"]),
        text=text,
        marks=tuple(_marks(hits, int(stored["first_word"]), text)),
    )


def _marks(hits: Hits, first_word: int, text: str) -> Iterator[Mark]:
    for number, word in enumerate(find_words(text), start=first_word):
        if hits.marked[number]:
            yield Mark(word.start, word.end)


def _seconds(value: float) -> float:
    """Seconds to the hundredth, as the archive has them."""
    return round(float(value), 2)
