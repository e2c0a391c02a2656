"""The same for programs: JSON below `/api`, described by `/api/openapi.json`."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import BaseModel

from flows.reading_room.room_context import Room, current_room
from flows.reading_room.static_routes import TEXTS
from tasks.search.similar_passages import WHERE
from transcripts.archive import layout
from transcripts.documents.document_record import DocumentKind
from transcripts.model import Chapter
from transcripts.pages.room.document_shelf import DocumentWish, ShelvedDocument
from transcripts.pages.room.reading_page import ReadingPage
from transcripts.pages.room.record_list import ShelvedRecord
from transcripts.pages.room.room_pages import Site
from transcripts.search.passage_links import link_to
from transcripts.search.search_answer import Answer, FoundRecord, Passage
from transcripts.search.search_choice import Choice, Medium

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
    """A passage that answers. `url` leads to it; without a public address it is a path.

    Of a recording it has a second, of a document a page and a paragraph: `page` is null for text without
    pages, both are for the title of a document and what is known of it.
    """

    medium: Medium
    record: str
    title: str
    start_seconds: float | None
    page: int | None
    paragraph: str | None
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


class SimilarAnswer(BaseModel):
    """A passage, and what is like it elsewhere."""

    text: str
    results: list[Found]


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


class ListedDocument(BaseModel):
    """A document as lists show it; what is not known of it is empty or null."""

    record: str
    title: str
    released_on: date
    kind: DocumentKind | None
    municipality: str
    year: int | None
    topics: list[str]
    page_count: int
    url: str


class DocumentList(BaseModel):
    """Documents, newest first."""

    documents: list[ListedDocument]


@router.get("/search", summary="Search recordings to the second, and documents to the paragraph")
def search(
    room: CurrentRoom,
    q: Annotated[
        str, Query(description='Words, "phrases", -exclusions, beginnings*; any text will do.')
    ] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_RECORDS, description="At most so many records.")] = 10,
    offset: Annotated[int, Query(ge=0, le=LAST_OFFSET, description="From this record on.")] = 0,
    passages: Annotated[int, Query(ge=1, le=MOST_PASSAGES, description="At most so many a record.")] = 3,
    record: Annotated[str | None, Query(max_length=200, description="Only in this one.")] = None,
    medium: Annotated[Medium | None, Query(description="Only recordings, or only documents.")] = None,
    kind: Annotated[DocumentKind | None, Query(description="Only documents of this kind.")] = None,
    municipality: Annotated[
        str | None, Query(max_length=200, description="Only documents from there.")
    ] = None,
    year: Annotated[int | None, Query(ge=1, le=9999, description="Only of this year.")] = None,
) -> SearchAnswer:
    """What `mitschnitt search --json` finds. Nothing found is an empty list."""
    choice = Choice(medium, kind, municipality, year, record)
    answer = room.library.search(q, limit=limit, offset=offset, passages=passages, choice=choice)
    return _answer(room.site, answer)


@router.get("/similar", summary="Passages elsewhere that share a passage's rare words", responses=_NOT_FOUND)
def similar(
    room: CurrentRoom,
    record: Annotated[str, Query(max_length=200, description="The record it stands in.")],
    at: Annotated[
        str,
        Query(max_length=20, pattern=f"^(?:{WHERE})$", description='Paragraph "p0007", or second "72.3".'),
    ],
) -> SimilarAnswer:
    """Found by a machine, so always a suggestion; best first, at most one of each record."""
    answer = room.library.similar(record, at)
    if answer is None:
        raise HTTPException(404)
    results = [_found(room.site, found, each) for found in answer.records for each in found.passages]
    return SimilarAnswer(text=answer.text, results=results)


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


@router.get("/documents", summary="All documents, newest first")
def documents(
    room: CurrentRoom,
    kind: Annotated[DocumentKind | None, Query(description="Only of this kind.")] = None,
    municipality: Annotated[str | None, Query(max_length=200, description="Only from there.")] = None,
    year: Annotated[int | None, Query(ge=1, le=9999, description="Only of this year.")] = None,
    topic: Annotated[str | None, Query(max_length=200, description="Only on this topic.")] = None,
) -> DocumentList:
    """What the library lists."""
    chosen = room.library.documents.chosen(DocumentWish(kind, municipality, year, topic))
    return DocumentList(documents=[_listed_document(room.site, each) for each in chosen])


def _answer(site: Site, answer: Answer) -> SearchAnswer:
    return SearchAnswer(
        results=[_found(site, found, passage) for found in answer.records for passage in found.passages],
        record_count=answer.record_count,
        is_counted=answer.is_counted,
        has_all_words=answer.has_all_words,
        corrections=list(answer.corrections),
    )


def _found(site: Site, found: FoundRecord, passage: Passage) -> Found:
    is_paper, spot = layout.is_document(found.id), passage.spot
    return Found(
        medium=Medium.DOCUMENT if is_paper else Medium.RECORDING,
        record=found.id,
        title=found.title,
        start_seconds=None if is_paper else passage.start_seconds,
        page=spot.page or None if spot else None,
        paragraph=spot.paragraph if spot else None,
        text=passage.text,
        url=link_to(site.url(f"/{layout.object_key(found.id, '')}"), passage, is_document=is_paper),
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


def _listed_document(site: Site, shelved: ShelvedDocument) -> ListedDocument:
    return ListedDocument(
        record=shelved.id,
        title=shelved.title,
        released_on=shelved.released_on,
        kind=DocumentKind(shelved.kind) if shelved.kind else None,
        municipality=shelved.municipality,
        year=shelved.year,
        topics=list(shelved.topics),
        page_count=shelved.page_count,
        url=site.url(shelved.path),
    )


def _files(site: Site, page: ReadingPage) -> list[File]:
    media = [name for name in layout.MEDIA if name in page.names]
    texts = [name for name in TEXTS if name in page.names]
    return [File(name=name, url=site.url(f"{page.path}{name}")) for name in (*media, *texts)]
