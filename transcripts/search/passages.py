"""What of a record can be found, and where it stands.

Of a recording: sentences with their seconds, title, agenda, chapters, speakers, slides. What of a
document, tells `transcripts.search.document_passages`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from transcripts.model import Chapter, Recording, Segment, Transcript


class Place(IntEnum):
    """Where in a record a text stands. The numbers are stored in the index."""

    SPEECH = 0
    TITLE = 1
    CHAPTER = 2
    AGENDA = 3
    SPEAKER = 4
    SLIDE = 5
    PARAGRAPH = 6
    HEADING = 7
    DETAIL = 8


ON_PAPER = frozenset({Place.PARAGRAPH, Place.HEADING})
"""What stands on a page, and has no second."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a document: the number of its page, 0 for text without pages, and the id of the paragraph."""

    page: int
    paragraph: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text on one line, and the second from which to play it; a paragraph of a document has a `spot`."""

    place: Place
    start_seconds: float
    text: str
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """By what else records are chosen: the year, 0 where none is known, and of documents kind and place."""

    year: int = 0
    kind: str = ""
    municipality: str = ""


NO_FACETS = Facets()


@dataclass(frozen=True, slots=True)
class SearchableRecord:
    """All that the index keeps of a record. `fingerprint` tells whether the archive has a newer one.

    `recorded_on` is the day of the meeting, of a document that of its release.
    """

    id: str
    fingerprint: str
    title: str
    recorded_on: date
    duration_seconds: float
    sentences: tuple[Sentence, ...]
    facets: Facets = NO_FACETS


def searchable_record(
    recording: Recording, transcript: Transcript, chapters: Sequence[Chapter], fingerprint: str
) -> SearchableRecord:
    """A record as the index takes it. Agenda items that became chapters are listed once."""
    return SearchableRecord(
        id=recording.id,
        fingerprint=fingerprint,
        title=recording.title,
        recorded_on=recording.recorded_on,
        duration_seconds=recording.duration_seconds,
        sentences=tuple(_sentences(recording, transcript, chapters)),
        facets=Facets(year=recording.recorded_on.year),
    )


def _sentences(
    recording: Recording, transcript: Transcript, chapters: Sequence[Chapter]
) -> Iterator[Sentence]:
    titles = {chapter.title for chapter in chapters}
    yield Sentence(Place.TITLE, 0.0, one_line(recording.title))
    for item in recording.agenda:
        if item not in titles:
            yield Sentence(Place.AGENDA, 0.0, one_line(item))
    for chapter in chapters:
        yield Sentence(Place.CHAPTER, chapter.start_seconds, one_line(chapter.title))
    for segment in transcript.segments:
        yield Sentence(Place.SPEECH, segment.start_seconds, one_line(segment.text))
    yield from _turns(transcript.segments)
    for slide in recording.slides:
        for line in slide.text.splitlines():
            yield Sentence(Place.SLIDE, slide.start_seconds, one_line(line))


def _turns(segments: Sequence[Segment]) -> Iterator[Sentence]:
    """The name of each speaker, where a turn of theirs begins."""
    last = None
    for segment in segments:
        if segment.speaker and segment.speaker != last:
            yield Sentence(Place.SPEAKER, segment.start_seconds, one_line(segment.speaker))
        last = segment.speaker


def one_line(text: str) -> str:
    """A text as the index takes it."""
    return " ".join(text.split())
