"""The door of a reading room: puts together who may come in, what is sent out, and how often.

`create_app` takes its routers and its middleware. A thread follows the members and one sends
links, from `start` to `stop`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.middleware import Middleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from config.settings import Settings
from flows.channels import OUTBOX_SENDER, mail_server
from flows.places import secret_key
from flows.reading_room.doorkeeper import LINK_MINUTES, Doorkeeper
from flows.reading_room.feeds import Feeds, feeds_router
from flows.reading_room.guard import Cookie, HeaderGuard, MemberGuard, OriginGuard, Refusals, SearchGuard
from flows.reading_room.link_post import LinkPost, Mailer, Wish
from flows.reading_room.media import MediaDelivery, media_router
from flows.reading_room.members import read_roster
from flows.reading_room.membership import Membership
from flows.reading_room.room import Room
from flows.reading_room.sign_in import LINK_PATH, SignIn, sign_in_router
from tasks.folder_storage import FolderStorage
from tasks.rate_limits import RateLimits
from tasks.sign_in_notes import SignInNotes
from tasks.signed_tokens import SignedTokens
from transcripts.errors import PermanentError
from transcripts.reading_room.own_address import OwnAddress
from transcripts.reading_room.security_headers import security_headers
from transcripts.reading_room.sign_in_mail import SignInMail

FILE_KEPT_SECONDS = 5.0
MAILMAN_KEPT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Door:
    """What `create_app` needs to guard a room, and the threads behind it."""

    own: OwnAddress
    doorkeeper: Doorkeeper
    post: LinkPost
    routers: tuple[APIRouter, ...]
    middleware: tuple[Middleware, ...]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Members are followed and links are sent. Raises PermanentError for settings that cannot work."""
        self.doorkeeper.membership.start()
        self.post.start()
        try:
            yield
        finally:
            self.post.stop()
            self.doorkeeper.membership.stop()

    @property
    def link_minutes(self) -> int:
        """How long a link is good."""
        return LINK_MINUTES

    def owner_link(self) -> str:
        """A link that signs the owner of this machine in, once."""
        return self.own.url(f"{LINK_PATH}?t={self.doorkeeper.owner_link_token()}")


def door_of(settings: Settings, room: Room, port: int) -> Door:
    """The door that the settings describe; `port` is where the room listens.

    Raises PermanentError `base_url_path`, `smtp_url`.
    """
    own, storage, room_settings = _own_address(settings, port), room.library.storage, settings.reading_room
    doorkeeper = _doorkeeper(settings, room)
    cookie, refusals, limits = Cookie(own.is_https), Refusals(room.site), RateLimits()
    media = MediaDelivery(storage, room_settings.media)
    post = _post(settings, room, own, doorkeeper)
    headers = security_headers(
        media_origin=media.origin, is_https=own.is_https, is_private=not doorkeeper.is_open
    )
    return Door(
        own,
        doorkeeper,
        post,
        routers=(
            sign_in_router(SignIn(room.site, doorkeeper, post, limits, cookie)),
            media_router(media),
            feeds_router(Feeds(room.site, own, doorkeeper, media)),
        ),
        middleware=(
            Middleware(ProxyHeadersMiddleware, trusted_hosts=list(room_settings.trusted_proxies)),
            Middleware(HeaderGuard, headers=headers),
            Middleware(OriginGuard, own=own, refusals=refusals),
            Middleware(MemberGuard, doorkeeper=doorkeeper, cookie=cookie, refusals=refusals),
            Middleware(
                SearchGuard,
                limits=limits,
                times_a_minute=room_settings.searches_per_minute,
                refusals=refusals,
            ),
        ),
    )


def _own_address(settings: Settings, port: int) -> OwnAddress:
    configured = settings.network.base_url
    if configured is None:
        return OwnAddress(f"http://127.0.0.1:{port}", settings.reading_room.access == "open")
    if urlsplit(configured).path not in ("", "/"):
        raise PermanentError("base_url_path", url=configured)
    return OwnAddress(configured.rstrip("/"))


def _doorkeeper(settings: Settings, room: Room) -> Doorkeeper:
    folder = settings.work.dir.resolve()
    tokens = SignedTokens(secret_key(settings))
    notes = SignInNotes(room.library.storage, FolderStorage(folder))
    kept_seconds = MAILMAN_KEPT_SECONDS if settings.mailman.url else FILE_KEPT_SECONDS
    membership = Membership(lambda: read_roster(settings, tokens.member_key), kept_seconds)
    return Doorkeeper(tokens, membership, notes, is_open=room.is_open)


def _post(settings: Settings, room: Room, own: OwnAddress, doorkeeper: Doorkeeper) -> LinkPost:
    mail = settings.announcement
    sender = mail.from_ or OUTBOX_SENDER
    mailer = Mailer(sender, mail_server(settings), mail.outbox.resolve(), mail.templates)

    def fulfil(wish: Wish) -> None:
        """Mail a link, to the address as the list knows it, if it does. Raises StepError."""
        key = doorkeeper.tokens.member_key(wish.address)
        known_as = doorkeeper.membership.current().addresses.get(key)
        if known_as is not None:
            url = own.url(f"{LINK_PATH}?t={doorkeeper.tokens.link(key, wish.wanted)}")
            mailer.deliver(SignInMail(room.site.name, url, LINK_MINUTES), known_as)
            doorkeeper.forget_used_links()

    return LinkPost(fulfil)
