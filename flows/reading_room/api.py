"""The same for programs: JSON below `/api`, described by `/api/openapi.json`."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import BaseModel

from flows.reading_room.files import TEXTS
from flows.reading_room.room import Room, current_room
from transcripts import layout
from transcripts.links import link_at
from transcripts.model import Chapter
from transcripts.reading_room.pages import Site
from transcripts.reading_room.reading import ReadingPage
from transcripts.reading_room.shelf import ShelvedRecord
from transcripts.search.searching import Answer

MOST_RECORDS = 50
MOST_PASSAGES = 100
LAST_OFFSET = 10_000


class Failure(BaseModel):
    """What is wrong, in German."""

    status: int
    message: str


class Failed(BaseModel):
    """The answer whenever something is wrong."""

    error: Failure


_FAILURES: dict[int | str, dict[str, object]] = {
    status: {"model": Failed, "description": text}
    for status, text in (
        (400, "Not readable."),
        (401, "Not signed in."),
        (422, "A parameter has a wrong value."),
        (503, "The archive or the index cannot be read now."),
    )
}
_NOT_FOUND: dict[int | str, dict[str, object]] = {404: {"model": Failed, "description": "No such record."}}

router = APIRouter(prefix="/api", responses=_FAILURES, tags=["Reading room"])

CurrentRoom = Annotated[Room, Depends(current_room)]


class Found(BaseModel):
    """A sentence that answers. `url` plays from it; without a public address it is a path."""

    record: str
    title: str
    start_seconds: float
    text: str
    url: str


class SearchAnswer(BaseModel):
    """The best passages, record by record, best record first.

    `record_count` records answer, or at least so many when `is_counted` is false. `corrections`
    are the words taken instead of mistyped ones; `has_all_words` is false when no record had all words.
    """

    results: list[Found]
    record_count: int
    is_counted: bool
    has_all_words: bool
    corrections: list[str]


class Listed(BaseModel):
    """A record as lists show it."""

    record: str
    title: str
    date: date
    duration_seconds: float
    has_video: bool
    topics: list[str]
    url: str


class RecordList(BaseModel):
    """All records, newest first."""

    records: list[Listed]


class File(BaseModel):
    """A file of a record, and where it is."""

    name: str
    url: str


class RecordAnswer(Listed):
    """A record with its chapters and files: `transcript/transcript.json` has the words and their times as the
    machine heard them, `transcript/corrected.json`, once people corrected some, as they are published."""

    chapters: list[Chapter]
    files: list[File]


@router.get("/search", summary="Search all records, to the second")
def search(
    room: CurrentRoom,
    q: Annotated[
        str, Query(description='Words, "phrases", -exclusions, beginnings*; any text will do.')
    ] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_RECORDS, description="At most so many records.")] = 10,
    offset: Annotated[int, Query(ge=0, le=LAST_OFFSET, description="From this record on.")] = 0,
    passages: Annotated[int, Query(ge=1, le=MOST_PASSAGES, description="At most so many a record.")] = 3,
    record: Annotated[str | None, Query(max_length=200, description="Only in this one.")] = None,
) -> SearchAnswer:
    """What `mitschnitt search --json` finds. Nothing found is an empty list."""
    answer = room.library.search(q, limit=limit, offset=offset, passages=passages, only=record)
    return _answer(room.site, answer)


@router.get("/records", summary="All records, newest first")
def records(
    room: CurrentRoom,
    year: Annotated[int | None, Query(ge=1, le=9999, description="Only of this year.")] = None,
) -> RecordList:
    """What the start page lists."""
    return RecordList(records=[_listed(room.site, each) for each in room.library.shelf.chosen(year)])


@router.get("/records/{record_id}", summary="A record", responses=_NOT_FOUND)
def record(record_id: Annotated[str, Path(max_length=200)], room: CurrentRoom) -> RecordAnswer:
    """What its page begins with, and where its files are."""
    shelved, read = room.library.shelf.find(record_id), room.library.reading(record_id)
    if shelved is None or read is None:
        raise HTTPException(404)
    return RecordAnswer(
        **_listed(room.site, shelved).model_dump(),
        chapters=[each.chapter for each in read.page.chapters if each.chapter],
        files=_files(room.site, read.page),
    )


def _answer(site: Site, answer: Answer) -> SearchAnswer:
    return SearchAnswer(
        results=[
            Found(
                record=found.id,
                title=found.title,
                start_seconds=passage.start_seconds,
                text=passage.text,
                url=link_at(site.url(f"/recordings/{found.id}/"), passage.start_seconds),
            )
            for found in answer.records
            for passage in found.passages
        ],
        record_count=answer.record_count,
        is_counted=answer.is_counted,
        has_all_words=answer.has_all_words,
        corrections=list(answer.corrections),
    )


def _listed(site: Site, shelved: ShelvedRecord) -> Listed:
    return Listed(
        record=shelved.id,
        title=shelved.title,
        date=shelved.recorded_on,
        duration_seconds=shelved.duration_seconds,
        has_video=shelved.has_video,
        topics=[topic.label for topic in shelved.topics],
        url=site.url(shelved.path),
    )


def _files(site: Site, page: ReadingPage) -> list[File]:
    media = [name for name in layout.MEDIA if name in page.names]
    texts = [name for name in TEXTS if name in page.names]
    return [File(name=name, url=site.url(f"{page.path}{name}")) for name in (*media, *texts)]
