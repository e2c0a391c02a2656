"""What the routes work with: one `Room` an app, and who is asking."""

from dataclasses import dataclass, replace

from fastapi import HTTPException, Request

from flows.reading_room.library import Library
from transcripts.pages.room.menu import FOR_ORGANISERS
from transcripts.pages.room.room_pages import Site
from transcripts.pages.room.visitor import MEMBER, STRANGER, Visitor

READING = ["GET", "HEAD"]  # some look at a link before they follow it


@dataclass(frozen=True, slots=True)
class Room:
    """A reading room: whose it is, what it reads, and whether everybody may come in."""

    site: Site
    library: Library
    is_open: bool
    sees_held: bool = False  # the one who asks is an organiser


def current_room(request: Request) -> Room:
    """The room that is asked; its pages lead organisers to the desk. A FastAPI dependency."""
    room: Room = request.app.state.room
    if not current_visitor(request).is_organiser:
        return room
    site = replace(room.site, navigation=(FOR_ORGANISERS, *room.site.navigation))
    return replace(room, site=site, sees_held=True)


def current_visitor(request: Request) -> Visitor:
    """Who asks: what the middleware put into `request.state.visitor`. A FastAPI dependency."""
    known: Visitor | None = getattr(request.state, "visitor", None)
    if known is not None:
        return known
    room: Room = request.app.state.room
    return MEMBER if room.is_open else STRANGER


def require_member(request: Request) -> Visitor:
    """Refuses everybody else with 401, should the middleware have let them pass. A FastAPI dependency."""
    visitor = current_visitor(request)
    if not visitor.is_member:
        raise HTTPException(401)
    return visitor
