"""The pages of documents, and their files: below `/documents/NAME/`, for members."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from flows.reading_room.media_routes import MediaDelivery, Medium
from flows.reading_room.page_routes import page_number, year_of
from flows.reading_room.room_context import READING, Room, current_room, require_member
from tasks.archive.record_files import read_documents, read_manifest
from tasks.search.document_mentions import Mention
from transcripts.archive import layout
from transcripts.archive.document_files import file_for_members
from transcripts.archive.download_names import ATTACHMENT, content_disposition, download_name
from transcripts.archive.manifest import ManifestObject
from transcripts.pages.room.document_list import LibraryPage
from transcripts.pages.room.document_reading import DocumentReading
from transcripts.pages.room.document_shelf import DocumentWish, ShelvedDocument
from transcripts.pages.room.room_pages import render_document, render_library
from transcripts.pages.room.search_results import MOST_CHARACTERS, MOST_PASSAGES_OF_ONE
from transcripts.pages.room.similar_page import Suggestion, spoken_path
from transcripts.search.search_choice import Choice

OPAQUE = "application/octet-stream"

CurrentRoom = Annotated[Room, Depends(current_room)]
Name = Annotated[str, Path(max_length=200)]

router = APIRouter(prefix="/documents", include_in_schema=False, dependencies=[Depends(require_member)])


@router.api_route("/", methods=READING, response_class=HTMLResponse)
def library_page(
    room: CurrentRoom,
    dokumentart: Annotated[str, Query(max_length=40)] = "",
    ort: Annotated[str, Query(max_length=200)] = "",
    jahr: Annotated[str, Query(max_length=20)] = "",
    thema: Annotated[str, Query(max_length=200)] = "",
    seite: str = "1",
) -> str:
    """All documents, newest first, or those of a kind, a place, a year, a topic."""
    wish = DocumentWish(dokumentart or None, ort or None, year_of(jahr), thema or None)
    return render_library(room.site, LibraryPage(room.library.documents, wish, page_number(seite)))


@router.api_route("/{name}/", methods=READING, response_class=HTMLResponse)
def document_page(name: Name, room: CurrentRoom, q: Annotated[str, Query()] = "") -> str:
    """A document to read, with what `q` finds in it marked."""
    record_id = _id_of(name)
    page = room.library.read_document(record_id, sees_held=room.sees_held)
    if page is None:
        raise HTTPException(404)
    spoken = [_suggestion(each) for each in room.library.talked_of.get(record_id, ())]
    return render_document(room.site, _with_finds(room, page, q[:MOST_CHARACTERS]), spoken)


@router.api_route("/{name}", methods=READING)
def address_without_slash(name: Name) -> RedirectResponse:
    """Mail programs cut the last slash off."""
    return RedirectResponse(f"/{_id_of(name)}/", 308)


@router.api_route("/{name}/index.html", methods=READING)
def plain_address(name: Name) -> RedirectResponse:
    """The archive's own address of a document's page."""
    return RedirectResponse(f"/{_id_of(name)}/", 301)


def document_files_router(delivery: MediaDelivery) -> APIRouter:
    """The files of documents, for members: PDF, pictures of pages, text, and the original if they may."""
    files = APIRouter(prefix="/documents", include_in_schema=False, dependencies=[Depends(require_member)])

    @files.api_route(f"/{{name}}/{layout.DOCUMENT_PLAIN_TEXT}", methods=READING)
    def plain_text(name: Name, room: CurrentRoom) -> Response:
        """The whole text."""
        return _plain_text(room, _found(room, name))

    @files.api_route("/{name}/{folder}/{file}", methods=READING)
    def document_file(name: Name, folder: str, file: str, request: Request, room: CurrentRoom) -> Response:
        """One file, of the present version."""
        shelved = _found(room, name)
        page = room.library.read_document(shelved.id, sees_held=room.sees_held)
        try:
            described = read_manifest(delivery.storage, shelved.id).named(f"{folder}/{file}")
        except KeyError as error:
            raise HTTPException(404) from error
        if page is None or not _may_be_had(page, described.name, sees_held=room.sees_held):
            raise HTTPException(404)
        return delivery.answer(request, _medium(shelved, described))

    return files


def _id_of(name: str) -> str:
    return f"{layout.DOCUMENTS}/{name}"


def _found(room: Room, name: str) -> ShelvedDocument:
    shelved = room.library.find_document(_id_of(name), sees_held=room.sees_held)
    if shelved is None:
        raise HTTPException(404)
    return shelved


def _suggestion(mention: Mention) -> Suggestion:
    seconds = mention.start_seconds
    return Suggestion(
        mention.recording_title, spoken_path(mention.recording_id, seconds), seconds, mention.text
    )


def _with_finds(room: Room, page: DocumentReading, query: str) -> DocumentReading:
    if not query.strip():
        return page
    choice = Choice(record_id=page.record.id)
    answer = room.library.search(query, limit=1, passages=MOST_PASSAGES_OF_ONE, choice=choice)
    return page.with_finds([each for found in answer.records for each in found.passages])


def _may_be_had(page: DocumentReading, name: str, *, sees_held: bool) -> bool:
    """Nothing else of a document is a member's business: not what is personal in it, no former versions.

    Organisers get the file as it was handed in, whatever members get.
    """
    is_theirs = name == file_for_members(page.record, (name,))
    is_for_organisers = sees_held and name.startswith(layout.ORIGINAL)
    return (
        is_theirs or is_for_organisers or name == layout.DOCUMENT_PDF or name.startswith(layout.PAGE_IMAGES)
    )


def _medium(shelved: ShelvedDocument, described: ManifestObject) -> Medium:
    """An original is whatever somebody sent, and its copy too: it is saved, never opened here."""
    is_original = described.name.startswith((layout.ORIGINAL, layout.CLEANED))
    return Medium(
        key=layout.object_key(shelved.id, described.place),
        described=described.model_copy(update={"content_type": OPAQUE}) if is_original else described,
        saved_as=download_name(shelved.released_on, shelved.title, described.name),
        duration_seconds=0.0,
        is_saved=is_original,
    )


def _plain_text(room: Room, shelved: ShelvedDocument) -> Response:
    name = layout.DOCUMENT_PLAIN_TEXT
    try:
        content = read_documents(room.library.storage, shelved.id, [name])[name]
    except KeyError as error:
        raise HTTPException(404) from error
    saved_as = download_name(shelved.released_on, shelved.title, name)
    headers = {
        "content-disposition": content_disposition(saved_as, ATTACHMENT),
        "cache-control": "private, no-cache",
    }
    return Response(content, media_type=layout.content_type(name), headers=headers)
