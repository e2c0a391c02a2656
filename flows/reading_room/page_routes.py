"""The pages: start, search, record."""

import re
from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from flows.reading_room.room_context import READING, Room, current_room
from tasks.search.similar_passages import WHERE
from transcripts.pages.room.room_pages import (
    StartPage,
    render_around_text,
    render_results,
    render_similar,
    render_start,
)
from transcripts.pages.room.search_results import (
    LAST_PAGE,
    MOST_PASSAGES_OF_ONE,
    PASSAGES_A_RECORD,
    RECORDS_A_PAGE,
    SIMILAR,
    Asked,
    chosen_medium,
    results_page,
)
from transcripts.pages.room.similar_page import Suggestion, similar_page
from transcripts.search.search_choice import EVERYTHING, Choice

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

YEAR_DIGITS = 4
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")

CurrentRoom = Annotated[Room, Depends(current_room)]


RecordId = Annotated[str, Path(max_length=200)]


@router.api_route("/", methods=READING)
def start_page(
    room: CurrentRoom,
    jahr: Annotated[str, Query(max_length=20)] = "",
    thema: Annotated[str, Query(max_length=200)] = "",
    seite: str = "1",
) -> str:
    """All records, newest first, or those of a year and a topic."""
    documents = len(room.library.documents.documents)
    page = StartPage(room.library.shelf, year_of(jahr), thema or None, page_number(seite), documents)
    return render_start(room.site, page)


def wished(
    art: Annotated[str, Query(max_length=20)] = "",
    dokumentart: Annotated[str, Query(max_length=40)] = "",
    ort: Annotated[str, Query(max_length=200)] = "",
    jahr: Annotated[str, Query(max_length=20)] = "",
) -> Choice:
    """What narrows a search, as an address says it; what is not understood narrows nothing."""
    return Choice(chosen_medium(art), dokumentart or None, ort or None, year_of(jahr))


@router.api_route("/suche", methods=READING)
def search_page(
    room: CurrentRoom,
    q: str = "",
    seite: str = "1",
    record_id: Annotated[str, Query(alias="in", max_length=200)] = "",
    wish: Annotated[Choice, Depends(wished)] = EVERYTHING,
) -> str:
    """What is found in everything, in what is chosen, or in one record."""
    choice = replace(wish, record_id=record_id or None)
    asked = Asked(q, min(page_number(seite), LAST_PAGE), choice)
    answer = room.library.search(
        asked.query,
        limit=RECORDS_A_PAGE,
        offset=RECORDS_A_PAGE * (asked.page - 1),
        passages=MOST_PASSAGES_OF_ONE if asked.record_id else PASSAGES_A_RECORD,
        choice=asked.choice,
    )
    return render_results(room.site, results_page(asked, answer, room.library.documents))


@router.api_route(SIMILAR, methods=READING)
def similar_places(
    room: CurrentRoom,
    record_id: Annotated[str, Query(alias="in", max_length=200)],
    stelle: Annotated[str, Query(max_length=20, pattern=f"^(?:{WHERE})$")],
) -> str:
    """What is like a passage elsewhere."""
    similar = room.library.similar(record_id, stelle)
    if similar is None:
        raise HTTPException(404)
    page = similar_page(record_id, stelle, similar.text, similar.records)
    return render_similar(room.site, page)


@router.api_route("/recordings/{record_id}/", methods=READING)
def record_page(request: Request, record_id: RecordId, room: CurrentRoom, t: str = "") -> Response:
    """A record to watch and read, from second `t` on."""
    read = room.library.reading(record_id, sees_held=room.sees_held)
    if read is None:
        raise HTTPException(404)
    papers = [Suggestion(each.title, each.path) for each in room.library.documents_of(record_id)]
    before, after = render_around_text(room.site, read.page, _seconds(t), papers)
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return HTMLResponse(b"".join((before.encode(), read.text.text, after.encode())), headers=headers)
    headers["Content-Encoding"] = "gzip"
    return HTMLResponse(read.text.gzip_between(before, after), headers=headers)


@router.api_route("/recordings/{record_id}", methods=READING)
def address_without_slash(record_id: RecordId) -> RedirectResponse:
    """Mail programs cut the last slash off; the page's files are addressed relatively to it."""
    return RedirectResponse(f"/recordings/{quote(record_id, safe='')}/", 308)


def year_of(text: str) -> int | None:
    """A year in an address, if it is one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= YEAR_DIGITS else None


def page_number(text: str) -> int:
    """A page in an address; the first where it is none."""
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 4 else 1


def _seconds(text: str) -> float | None:
    """A time in an address, if it is one: `72` or `72.5`."""
    return float(text) if _SECONDS.fullmatch(text) else None
