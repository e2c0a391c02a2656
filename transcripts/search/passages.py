"""What of a record can be found: its sentences with their seconds, title, agenda, chapters and speakers."""

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


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text on one line, and the second from which to play it."""

    place: Place
    start_seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class SearchableRecord:
    """All that the index keeps of a record. `fingerprint` tells whether the archive has a newer one."""

    id: str
    fingerprint: str
    title: str
    recorded_on: date
    duration_seconds: float
    sentences: tuple[Sentence, ...]


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
    )


def _sentences(
    recording: Recording, transcript: Transcript, chapters: Sequence[Chapter]
) -> Iterator[Sentence]:
    titles = {chapter.title for chapter in chapters}
    yield Sentence(Place.TITLE, 0.0, _one_line(recording.title))
    for item in recording.agenda:
        if item not in titles:
            yield Sentence(Place.AGENDA, 0.0, _one_line(item))
    for chapter in chapters:
        yield Sentence(Place.CHAPTER, chapter.start_seconds, _one_line(chapter.title))
    for segment in transcript.segments:
        yield Sentence(Place.SPEECH, segment.start_seconds, _one_line(segment.text))
    yield from _turns(transcript.segments)


def _turns(segments: Sequence[Segment]) -> Iterator[Sentence]:
    """The name of each speaker, where a turn of theirs begins."""
    last = None
    for segment in segments:
        if segment.speaker and segment.speaker != last:
            yield Sentence(Place.SPEAKER, segment.start_seconds, _one_line(segment.speaker))
        last = segment.speaker


def _one_line(text: str) -> str:
    return " ".join(text.split())
