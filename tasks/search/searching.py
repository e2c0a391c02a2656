"""Answers a query from the index: `search` is all that the command line and the reading room call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tasks.search.bodies import Bodies, Places, Sentences
from tasks.search.concepts import Reader, unwanted_concept, wanted_concept
from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import paragraph_id
from tasks.search.ranking import Hits, find_hits, rarity, record_scores
from tasks.search.text_blocks import SENTENCES_A_BLOCK, unpack
from transcripts.search.passages import ON_PAPER, Place, Spot
from transcripts.search.query import Query, parse_query
from transcripts.search.search_answer import Answer, FoundRecord, Mark, Passage
from transcripts.search.search_choice import EVERYTHING, Choice
from transcripts.search.word_folding import WORD

LOOKED_INTO = 40
"""So many of the records that rank best by their mentions are looked into, sentence by sentence."""
MOST_AT_ONCE = 200
"""However deep a page lies, no more records are in memory at once."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    hits: Hits
    sentences: Sentences
    words: Places
    """The addresses of all found words."""

    @property
    def number(self) -> int:
        return self.hits.number

    def quotes(self, count: int) -> list["_Quote"]:
        """The best sentences, best first."""
        sentences, hits = self.sentences, self.hits
        best = hits.sentences[np.argsort(-hits.scores, kind="stable")[:count]]
        begins = sentences.firsts[best]
        within = best - sentences.begins[sentences.record_of[best[0]]]
        marks = np.searchsorted(self.words, (begins, sentences.firsts[best + 1]))
        rows = zip(
            within.tolist(), begins.tolist(), *marks.tolist(), sentences.lines[best].tolist(), strict=True
        )
        return [
            _Quote(
                number // SENTENCES_A_BLOCK,
                number % SENTENCES_A_BLOCK,
                Place(place),
                position,
                page,
                (self.words[first:after] - begin).tolist(),
            )
            for number, begin, first, after, (_, position, page, place) in rows
        ]

    def spoken_seconds(self) -> tuple[float, ...]:
        """When what is said answers."""
        found = self.sentences.lines[self.hits.sentences]
        return tuple((found["position"][found["place"] == Place.SPEECH] / 100).tolist())


class _Quote(NamedTuple):
    """A sentence to be shown: where its text is kept, and which of its words are found."""

    block: int
    place_in_block: int
    place: Place
    position: int
    page: int
    words: list[int]


@dataclass(frozen=True, slots=True)
class _Page:
    """Which of the found records are shown, and how many passages of each; `choice` leaves others out."""

    limit: int
    offset: int
    passages: int
    choice: Choice


def search(
    database: IndexDatabase,
    text: str,
    *,
    limit: int = 10,
    offset: int = 0,
    passages: int = 3,
    choice: Choice = EVERYTHING,
) -> Answer:
    """The records that answer `text`, from the `offset`th on, each with its best passages.

    Only those that the choice leaves are looked into.

    Any text is a query (see `parse_query`). Raises IndexUnusableError
    for a damaged index.
    """
    query = parse_query(text)
    return search_for(database, query, limit=limit, offset=offset, passages=passages, choice=choice)


def search_for(
    database: IndexDatabase,
    query: Query,
    *,
    limit: int,
    offset: int = 0,
    passages: int,
    choice: Choice = EVERYTHING,
    all_wanted: bool = True,
) -> Answer:
    """The same for a query that was read; without `all_wanted`, records with some of it are as good."""
    if not query.wanted:
        return Answer()
    with database.reading():
        page = _Page(limit, offset, passages, choice)
        return _Search(database, query).answer(page, all_wanted=all_wanted)


class _Search:
    """One query against one moment of the index."""

    def __init__(self, database: IndexDatabase, query: Query) -> None:
        reader = Reader(database)
        concepts = [wanted_concept(reader, term) for term in query.wanted]
        self._database = database
        self._reader = reader
        self._wanted = [(concept, rarity(reader, concept.amounts)) for concept in concepts]
        self._unwanted = [unwanted_concept(reader, term) for term in query.unwanted]
        self._scores = np.sum(
            [weight * record_scores(reader, each.amounts) for each, weight in self._wanted], axis=0
        )
        self._is_exact = not self._unwanted and all(concept.is_exact for concept in concepts)

    def answer(self, page: _Page, *, all_wanted: bool) -> Answer:
        """Records with all words; if there are none, or not all are wanted, those with some."""
        found = [concept.amounts.found for concept, _ in self._wanted]
        ways = [(True, np.logical_and.reduce(found))] if all_wanted else []
        for all_wanted, having in (*ways, (False, np.logical_or.reduce(found))):
            ranked = self._best_first(np.flatnonzero(having), page.choice)
            candidates = self._look_into(ranked, self._enough(page), all_wanted=all_wanted)
            if candidates:
                return self._answer(candidates, len(ranked), page, all_wanted=all_wanted)
        return Answer()

    def _best_first(self, numbers: Places, choice: Choice) -> Places:
        """Among equals the newest first: later records have greater numbers."""
        if not choice.is_open:
            numbers = numbers[np.isin(numbers, self._database.chosen_numbers(choice))]
        newest_first = numbers[::-1]
        return newest_first[np.argsort(-self._scores[newest_first], kind="stable")]

    def _enough(self, page: _Page) -> int:
        """How many records to look into: where words may stand apart or together, more than are shown."""
        shown = page.offset + page.limit
        return shown if self._is_exact and len(self._wanted) == 1 else max(LOOKED_INTO, shown)

    def _look_into(self, ranked: Places, enough: int, *, all_wanted: bool) -> list[_Candidate]:
        """The first of the ranked that truly answer, ranked anew by their best passages too."""
        found: list[_Candidate] = []
        portion = min(enough, MOST_AT_ONCE)
        for first in range(0, len(ranked), portion):
            numbers = ranked[first : first + portion].tolist()
            bodies = Bodies(self._database, numbers, len(self._reader.lengths))
            hits = find_hits(bodies, self._wanted, self._unwanted, all_wanted=all_wanted)
            found.extend(
                _Candidate(float(self._scores[each.number]) + each.best, each, bodies.sentences, hits.words)
                for each in hits.hits
            )
            if len(found) >= enough:
                break
        return sorted(found[:enough], key=lambda candidate: -candidate.score)

    def _answer(
        self, candidates: Sequence[_Candidate], ranked_count: int, page: _Page, *, all_wanted: bool
    ) -> Answer:
        shown = candidates[page.offset : page.offset + page.limit]
        return Answer(
            records=tuple(self._records(shown, page.passages)),
            record_count=ranked_count if self._is_exact else len(candidates),
            is_counted=self._is_exact or len(candidates) < self._enough(page),
            has_all_words=all_wanted,
            corrections=tuple(concept.corrected for concept, _ in self._wanted if concept.corrected),
        )

    def _records(self, candidates: Sequence[_Candidate], passages: int) -> Iterator[FoundRecord]:
        stored = self._database.records(each.number for each in candidates)
        quotes = [(each, each.quotes(passages)) for each in candidates]
        blocks = self._database.text_blocks((each.number, one.block) for each, some in quotes for one in some)
        for each, some in quotes:
            record = stored[each.number]
            yield FoundRecord(
                id=record.id,
                title=record.title,
                recorded_on=record.recorded_on,
                duration_seconds=record.duration_seconds,
                passages=tuple(_passage(quote, blocks[each.number, quote.block]) for quote in some),
                hit_seconds=each.spoken_seconds(),
                hit_count=len(each.hits.sentences),
                facets=record.facets,
            )


def _passage(quote: _Quote, block: bytes) -> Passage:
    text = unpack(block)[quote.place_in_block]
    marks = tuple(_marks(text, quote.words))
    if quote.place in ON_PAPER:
        return Passage(quote.place, 0.0, text, marks, Spot(quote.page, paragraph_id(quote.position)))
    return Passage(quote.place, quote.position / 100, text, marks)


def _marks(text: str, numbers: Sequence[int]) -> Iterator[Mark]:
    """Where some words of a text stand, by their numbers in ascending order."""
    words = enumerate(WORD.finditer(text))
    for wanted in numbers:
        yield next(Mark(*match.span()) for number, match in words if number == wanted)
