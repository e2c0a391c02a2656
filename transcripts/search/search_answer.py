"""What a search answers: records with their passages, and where the words lie in them. Values only."""

from dataclasses import dataclass
from datetime import date

from transcripts.search.passages import NO_FACETS, Facets, Place, Spot


@dataclass(frozen=True, slots=True)
class Mark:
    """A found word in a passage: a half-open range of characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence that answers, and the second from which to play it; of a document, its `spot`."""

    place: Place
    start_seconds: float
    text: str
    marks: tuple[Mark, ...]
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record that answers: its best passages, best first, and the seconds of all finds in speech.

    `hit_count` is how many passages answer, also those that are not among the best.
    """

    id: str
    title: str
    recorded_on: date
    duration_seconds: float
    passages: tuple[Passage, ...]
    hit_seconds: tuple[float, ...]
    hit_count: int = 0
    facets: Facets = NO_FACETS


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
