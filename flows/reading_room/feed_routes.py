"""Feeds for apps that cannot sign in: whoever has a member's personal address may read, until it is renewed.

Below the same address lie the files that a podcast app wants to fetch.
"""

import logging
from dataclasses import dataclass, field
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from flows.reading_room.authentication import Authenticator
from flows.reading_room.media_routes import MediaDelivery, delivered
from flows.reading_room.room_context import READING, Room, current_room, require_member
from flows.reading_room.site_address import OwnAddress
from flows.reading_room.static_routes import record_file
from tasks.archive.document_store import read_document
from tasks.archive.record_files import parsed_recording, read_documents
from tasks.storage.stored_models import read_chapters
from transcripts.archive import layout
from transcripts.documents.beginnings import beginning_of
from transcripts.errors.error_kinds import DamagedError
from transcripts.pages.room.document_shelf import ShelvedDocument
from transcripts.pages.room.feed_documents import (
    ATOM_TYPE,
    MOST_ITEMS,
    PODCAST_TYPE,
    FeedItem,
    FeedPaper,
    FeedSite,
    render_atom,
    render_podcast,
)
from transcripts.pages.room.record_list import ShelvedRecord
from transcripts.pages.room.room_pages import Site
from transcripts.pages.room.sign_in_pages import render_my_feeds
from transcripts.wording.local_time import noon

OF_EVERYBODY = "alle"  # in the place of a personal token, where the room is open
MEDIA = (layout.AUDIO, layout.POSTER)
TEXTS = (layout.VTT, layout.SRT, layout.CHAPTERS_PODCAST)

logger = logging.getLogger("mitschnitt.reading_room")

CurrentRoom = Annotated[Room, Depends(current_room)]


@dataclass(frozen=True, slots=True)
class Feeds:
    """What the routes work with; items are kept by the revision of their record."""

    site: Site
    own: OwnAddress
    authenticator: Authenticator
    media: MediaDelivery
    zone: ZoneInfo
    items: dict[str, tuple[str, FeedItem | None]] = field(default_factory=dict)
    papers: dict[str, tuple[str, FeedPaper | None]] = field(default_factory=dict)

    def site_of(self, token: str) -> FeedSite:
        """The addresses of whoever has this token. Raises HTTPException 404 for a token that is not good."""
        is_good = (
            self.authenticator.is_open if token == OF_EVERYBODY else self.authenticator.may_read_feed(token)
        )
        if not is_good:
            raise HTTPException(404)
        return FeedSite(self.site.name, self.own.url(""), self.own.url(f"/feeds/{token}"), self.zone)

    def token_of(self, member_key: str | None) -> str:
        """What stands in the addresses of this member's feeds."""
        return self.authenticator.feed_token(member_key) if member_key else OF_EVERYBODY

    def newest(self, room: Room) -> list[FeedItem]:
        """The newest records; one that is just being removed, or cannot be read, is left out."""
        found = (self._item(record) for record in room.library.shelf.records[:MOST_ITEMS])
        return [each for each in found if each is not None]

    def newest_papers(self, room: Room) -> list[FeedPaper]:
        """The newest documents, with the same left out."""
        found = (self._paper(room, each) for each in room.library.documents.documents[:MOST_ITEMS])
        return [each for each in found if each is not None]

    def _paper(self, room: Room, document: ShelvedDocument) -> FeedPaper | None:
        revision, paper = self.papers.get(document.id, ("", None))
        if revision != document.revision:
            try:
                paper = _read_paper(room, document)
            except KeyError:
                return None
            except DamagedError as error:
                logger.warning("document %s is left out of the feeds: %s", document.id, error)
                paper = None
            self.papers[document.id] = (document.revision, paper)
        return paper

    def _item(self, record: ShelvedRecord) -> FeedItem | None:
        revision, item = self.items.get(record.id, ("", None))
        if revision != record.revision:
            try:
                item = self._read(record)
            except KeyError:
                return None
            except DamagedError as error:
                logger.warning("record %s is left out of the feeds: %s", record.id, error)
                item = None
            self.items[record.id] = (record.revision, item)
        return item

    def _read(self, record: ShelvedRecord) -> FeedItem:
        manifest = self.media.manifest(record)
        names = (layout.RECORDING, layout.CHAPTERS)
        texts = read_documents(self.media.storage, record.id, names)
        summary = parsed_recording(texts[layout.RECORDING], record.id).summary
        has_audio = layout.AUDIO in manifest.names
        return FeedItem(
            id=record.id,
            title=record.title,
            recorded_on=record.recorded_on,
            changed_at=manifest.made_at or noon(record.recorded_on, self.zone),
            duration_seconds=record.duration_seconds,
            summary=summary.text if summary else "",
            chapters=read_chapters(texts[layout.CHAPTERS], layout.object_key(record.id, layout.CHAPTERS)),
            audio_bytes=manifest.named(layout.AUDIO).size_bytes if has_audio else 0,
            names=manifest.names,
        )


def _read_paper(room: Room, document: ShelvedDocument) -> FeedPaper:
    """Raises KeyError when it is gone, DamagedError."""
    found = read_document(room.library.storage, document.id)
    released_at = found.record.released_at or found.record.handed_in_at
    return FeedPaper(
        id=document.id,
        title=document.title,
        released_at=released_at,
        changed_at=found.manifest.made_at or released_at,
        facts=document.facts,
        summary=beginning_of(found.text),
    )


def feeds_router(feeds: Feeds) -> APIRouter:
    """The feeds, the files they name, and the page that shows a member their addresses."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/feeds/{token}/atom.xml", methods=READING)
    def atom(token: str, room: CurrentRoom) -> Response:
        """For readers of news."""
        site = feeds.site_of(token)
        return _xml(render_atom(site, feeds.newest(room), feeds.newest_papers(room)), ATOM_TYPE)

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
            feeds.authenticator.renew_feeds(request.state.member_key)
        return RedirectResponse("/meine-feeds", 303)

    return router


def _xml(text: str, content_type: str) -> Response:
    return Response(text, media_type=content_type, headers={"cache-control": "private, max-age=300"})
