"""The pages: start, search, record."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse

from flows.reading_room.room import Room, current_room
from transcripts.reading_room.pages import StartPage, render_start

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

CurrentRoom = Annotated[Room, Depends(current_room)]


@router.get("/")
def start_page(room: CurrentRoom) -> str:
    """All records, newest first."""
    return render_start(room.site, StartPage(room.library.shelf))


@router.get("/suche")
def search_page(room: CurrentRoom, q: str = "") -> str:
    """What is found."""
    answer = room.library.search(q, limit=10)
    return render_start(room.site, StartPage(room.library.shelf)) if answer else ""


@router.get("/recordings/{record_id}/")
def record_page(record_id: str, room: CurrentRoom) -> str:
    """A record to watch and read."""
    if room.library.shelf.find(record_id) is None:
        raise HTTPException(404)
    return room.library.read(record_id).recording.title
