"""Feeds for apps that cannot sign in: whoever has a member's personal address may read, until it is renewed.

Below the same address lie the files that a podcast app wants to fetch.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from flows.reading_room.doorkeeper import Doorkeeper
from flows.reading_room.files import record_file
from flows.reading_room.media import MediaDelivery, delivered
from flows.reading_room.room import READING, Room, current_room, require_member
from tasks.record_files import read_documents
from transcripts import layout
from transcripts.model import Recording
from transcripts.reading_room.door_pages import render_my_feeds
from transcripts.reading_room.feeds import (
    ATOM_TYPE,
    MOST_ITEMS,
    PODCAST_TYPE,
    FeedItem,
    FeedSite,
    render_atom,
    render_podcast,
)
from transcripts.reading_room.own_address import OwnAddress
from transcripts.reading_room.pages import Site
from transcripts.reading_room.shelf import ShelvedRecord
from transcripts.record import chapters_of

OF_EVERYBODY = "alle"  # in the place of a personal token, where the room is open
MEDIA = (layout.AUDIO, layout.POSTER)
TEXTS = (layout.VTT, layout.SRT, layout.CHAPTERS_PODCAST)

CurrentRoom = Annotated[Room, Depends(current_room)]


@dataclass(frozen=True, slots=True)
class Feeds:
    """What the routes work with; items are kept by the revision of their record."""

    site: Site
    own: OwnAddress
    doorkeeper: Doorkeeper
    media: MediaDelivery
    items: dict[str, tuple[str, FeedItem]] = field(default_factory=dict)

    def site_of(self, token: str) -> FeedSite:
        """The addresses of whoever has this token. Raises HTTPException 404 for a token that is not good."""
        is_good = self.doorkeeper.is_open if token == OF_EVERYBODY else self.doorkeeper.may_read_feed(token)
        if not is_good:
            raise HTTPException(404)
        return FeedSite(self.site.name, self.own.url(""), self.own.url(f"/feeds/{token}"))

    def token_of(self, member_key: str | None) -> str:
        """What stands in the addresses of this member's feeds."""
        return self.doorkeeper.feed_token(member_key) if member_key else OF_EVERYBODY

    def newest(self, room: Room) -> list[FeedItem]:
        """The newest records; one that is just being removed is left out."""
        found = (self._item(record) for record in room.library.shelf.records[:MOST_ITEMS])
        return [each for each in found if each is not None]

    def _item(self, record: ShelvedRecord) -> FeedItem | None:
        revision, item = self.items.get(record.id, ("", None))
        if item is None or revision != record.revision:
            try:
                item = self._read(record)
            except KeyError:
                return None
            self.items[record.id] = (record.revision, item)
        return item

    def _read(self, record: ShelvedRecord) -> FeedItem:
        manifest = self.media.manifest(record)
        names = (layout.RECORDING, layout.CHAPTERS)
        texts = read_documents(self.media.storage, record.id, names)
        summary = Recording.model_validate_json(texts[layout.RECORDING]).summary
        has_audio = layout.AUDIO in manifest.names
        return FeedItem(
            id=record.id,
            title=record.title,
            recorded_on=record.recorded_on,
            changed_at=manifest.made_at or datetime.combine(record.recorded_on, time(), UTC),
            duration_seconds=record.duration_seconds,
            summary=summary.text if summary else "",
            chapters=chapters_of(texts[layout.CHAPTERS]),
            audio_bytes=manifest.named(layout.AUDIO).size_bytes if has_audio else 0,
            names=manifest.names,
        )


def feeds_router(feeds: Feeds) -> APIRouter:
    """The feeds, the files they name, and the page that shows a member their addresses."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/feeds/{token}/atom.xml", methods=READING)
    def atom(token: str, room: CurrentRoom) -> Response:
        """For readers of news."""
        return _xml(render_atom(feeds.site_of(token), feeds.newest(room)), ATOM_TYPE)

    @router.api_route("/feeds/{token}/podcast.xml", methods=READING)
    def podcast(token: str, room: CurrentRoom) -> Response:
        """For podcast apps."""
        return _xml(render_podcast(feeds.site_of(token), feeds.newest(room)), PODCAST_TYPE)

    @router.api_route("/feeds/{token}/recordings/{record_id}/{name:path}", methods=READING)
    def file(token: str, record_id: str, name: str, request: Request, room: CurrentRoom) -> Response:
        """What the podcast names."""
        feeds.site_of(token)
        if name in MEDIA:
            return delivered(feeds.media, request, room, record_id, name)
        if name in TEXTS:
            return record_file(record_id, name, room)
        raise HTTPException(404)

    @router.api_route("/meine-feeds", methods=READING, dependencies=[Depends(require_member)])
    def mine(request: Request) -> Response:
        """Shows the addresses."""
        member_key = request.state.member_key
        feed_url = feeds.own.url(f"/feeds/{feeds.token_of(member_key)}")
        return HTMLResponse(render_my_feeds(feeds.site, feed_url, is_personal=member_key is not None))

    @router.post("/meine-feeds", dependencies=[Depends(require_member)])
    def renew(request: Request) -> Response:
        """Makes the present addresses invalid and new ones."""
        if request.state.member_key is not None:
            feeds.doorkeeper.renew_feeds(request.state.member_key)
        return RedirectResponse("/meine-feeds", 303)

    return router


def _xml(text: str, content_type: str) -> Response:
    return Response(text, media_type=content_type, headers={"cache-control": "private, max-age=300"})
