"""The pages: start, search, record."""

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from flows.reading_room.room import READING, Room, current_room
from transcripts.reading_room.pages import (
    StartPage,
    render_around_text,
    render_results,
    render_start,
)
from transcripts.reading_room.results import (
    LAST_PAGE,
    MOST_PASSAGES_OF_ONE,
    PASSAGES_A_RECORD,
    RECORDS_A_PAGE,
    Asked,
    results_page,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

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
    year = int(jahr) if jahr.isascii() and jahr.isdecimal() else None
    return render_start(room.site, StartPage(room.library.shelf, year, thema or None, _page_number(seite)))


@router.api_route("/suche", methods=READING)
def search_page(
    room: CurrentRoom,
    q: str = "",
    seite: str = "1",
    record_id: Annotated[str, Query(alias="in", max_length=200)] = "",
) -> str:
    """What is found in all records, or in one."""
    asked = Asked(q, min(_page_number(seite), LAST_PAGE), record_id or None)
    answer = room.library.search(
        asked.query,
        limit=RECORDS_A_PAGE,
        offset=RECORDS_A_PAGE * (asked.page - 1),
        passages=MOST_PASSAGES_OF_ONE if asked.record_id else PASSAGES_A_RECORD,
        only=asked.record_id,
    )
    return render_results(room.site, results_page(asked, answer))


@router.api_route("/recordings/{record_id}/", methods=READING)
def record_page(request: Request, record_id: RecordId, room: CurrentRoom, t: str = "") -> Response:
    """A record to watch and read, from second `t` on."""
    read = room.library.reading(record_id, sees_held=room.sees_held)
    if read is None:
        raise HTTPException(404)
    before, after = render_around_text(room.site, read.page, _seconds(t))
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return HTMLResponse(b"".join((before.encode(), read.text.text, after.encode())), headers=headers)
    headers["Content-Encoding"] = "gzip"
    return HTMLResponse(read.text.gzip_between(before, after), headers=headers)


@router.api_route("/recordings/{record_id}", methods=READING)
def address_without_slash(record_id: RecordId) -> RedirectResponse:
    """Mail programs cut the last slash off; the page's files are addressed relatively to it."""
    return RedirectResponse(f"/recordings/{quote(record_id, safe='')}/", 308)


def _page_number(text: str) -> int:
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 4 else 1


def _seconds(text: str) -> float | None:
    """A time in an address, if it is one: `72` or `72.5`."""
    return float(text) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text) else None
