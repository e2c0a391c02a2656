"""Access control of a reading room: puts together who may come in, which mails go out, and how often.

`create_app` takes its routers and its middleware. A loop follows the members and one sends
links, from `start` to `stop`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.middleware import Middleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from config.settings import ReadingRoom, Settings
from flows.composition import secret_key
from flows.delivery.configured_channels import OUTBOX_SENDER, mail_server
from flows.local_clock import clock_of
from flows.reading_room.authentication import LINK_MINUTES, Authenticator
from flows.reading_room.connection_limits import ConnectionLimitGuard, TrustedAddresses
from flows.reading_room.document_routes import document_files_router
from flows.reading_room.feed_routes import Feeds, feeds_router
from flows.reading_room.media_routes import MediaDelivery, media_router
from flows.reading_room.member_source import read_roster
from flows.reading_room.membership import Membership
from flows.reading_room.middleware import (
    Cookie,
    HeaderGuard,
    MemberGuard,
    OriginGuard,
    PathGuard,
    Refusals,
    SearchGuard,
)
from flows.reading_room.room_context import Room
from flows.reading_room.security_headers import security_headers
from flows.reading_room.session_cache import SessionCache
from flows.reading_room.sign_in_link_sender import LinkRequest, Mailer, SignInLinkSender
from flows.reading_room.sign_in_routes import LINK_PATH, SignIn, sign_in_router
from flows.reading_room.site_address import OwnAddress
from flows.state_folder import state_folder
from tasks.access.rate_limits import RateLimits
from tasks.access.session_store import SessionStore
from tasks.access.sign_in_store import SignInStore
from tasks.access.signed_tokens import SignedTokens
from tasks.channels.outbox import forget_mails
from tasks.clock import utc_now
from tasks.storage.folder_storage import FolderStorage
from transcripts.errors.error_kinds import StepError
from transcripts.errors.machine_errors import BaseUrlPathError
from transcripts.mail.sign_in_mail import SignInMail

FILE_KEPT_SECONDS = 5.0
MAILMAN_KEPT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class AccessControl:
    """What `create_app` needs to guard a room, and the loops behind it."""

    own: OwnAddress
    authenticator: Authenticator
    post: SignInLinkSender
    routers: tuple[APIRouter, ...]
    middleware: tuple[Middleware, ...]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Members are followed and links are sent. Raises PermanentError for settings that cannot work."""
        self.authenticator.membership.start()
        self.post.start()
        try:
            yield
        finally:
            self.post.stop()
            self.authenticator.membership.stop()

    @property
    def link_minutes(self) -> int:
        """How long a link is good."""
        return LINK_MINUTES

    def owner_link(self) -> str:
        """A link that signs the owner of this machine in, once."""
        return self.own.url(f"{LINK_PATH}?t={self.authenticator.owner_link_token()}")


def access_control_of(settings: Settings, room: Room, port: int) -> AccessControl:
    """The access control that the settings describe; `port` is where the room listens.

    Raises BaseUrlPathError, SmtpUrlError.
    """
    own, storage, room_settings = _own_address(settings, port), room.library.storage, settings.reading_room
    authenticator = _authenticator(settings, room)
    cookie, refusals, limits = Cookie(own.is_https), Refusals(room.site), RateLimits()
    media = MediaDelivery(storage, room_settings.media)
    post = _post(settings, room, own, authenticator)
    headers = security_headers(
        media_origin=media.origin, is_https=own.is_https, is_private=not authenticator.is_open
    )
    return AccessControl(
        own,
        authenticator,
        post,
        routers=(
            sign_in_router(SignIn(room.site, authenticator, post, limits, cookie, settings.network.zone)),
            media_router(media),
            document_files_router(media),
            feeds_router(Feeds(room.site, own, authenticator, media, settings.network.zone)),
        ),
        middleware=(
            *_outer_middleware(room_settings, headers, refusals),
            Middleware(OriginGuard, own=own, refusals=refusals),
            Middleware(MemberGuard, authenticator=authenticator, cookie=cookie, refusals=refusals),
            Middleware(
                SearchGuard,
                limits=limits,
                times_a_minute=room_settings.searches_per_minute,
                refusals=refusals,
            ),
        ),
    )


def _outer_middleware(
    settings: ReadingRoom, headers: Mapping[str, str], refusals: Refusals
) -> tuple[Middleware, ...]:
    """What every request passes before anybody asks whose it is."""
    proxies = settings.trusted_proxies
    return (
        Middleware(ProxyHeadersMiddleware, trusted_hosts=list(proxies)),
        Middleware(HeaderGuard, headers=headers),
        Middleware(
            ConnectionLimitGuard,
            most=settings.max_connections_per_address,
            proxies=TrustedAddresses(proxies),
            refusals=refusals,
        ),
        Middleware(PathGuard, refusals=refusals),
    )


def _own_address(settings: Settings, port: int) -> OwnAddress:
    configured = settings.network.base_url
    if configured is None:
        return OwnAddress(f"http://127.0.0.1:{port}", settings.reading_room.access == "open")
    if urlsplit(configured).path not in ("", "/"):
        raise BaseUrlPathError(url=configured)
    return OwnAddress(configured.rstrip("/"))


def _authenticator(settings: Settings, room: Room) -> Authenticator:
    tokens = SignedTokens(secret_key(settings))
    notes = SignInStore(room.library.storage, FolderStorage(state_folder(settings)))
    kept_seconds = MAILMAN_KEPT_SECONDS if settings.mailman.url else FILE_KEPT_SECONDS
    membership = Membership(lambda: read_roster(settings, tokens.member_key), kept_seconds)
    book = SessionCache(SessionStore(room.library.storage, FolderStorage(state_folder(settings))))
    return Authenticator(tokens, membership, notes, book, is_open=room.is_open)


def _post(settings: Settings, room: Room, own: OwnAddress, authenticator: Authenticator) -> SignInLinkSender:
    mail = settings.announcement
    sender = mail.from_ or OUTBOX_SENDER
    mailer = Mailer(sender, mail_server(settings), mail.outbox.resolve(), clock_of(settings), mail.templates)
    kept = settings.retention
    outbox_kept, links_kept = timedelta(days=kept.outbox_days), timedelta(hours=kept.sign_in_mails_hours)

    def fulfil(wish: LinkRequest) -> bool:
        """Mail a link, to the address as the list knows it, if it does. Raises StepError."""
        key = authenticator.tokens.member_key(wish.address)
        known_as = authenticator.membership.current().addresses.get(key)
        if known_as is None or not authenticator.mail_limits.may_be_mailed(key, is_own=wish.is_own):
            return False
        with suppress(StepError):  # tidying can wait; after the mail, a failure would send that twice
            authenticator.forget_used_links()
        if mailer.server is None:
            forget_mails(mailer.outbox, utc_now(), outbox_kept, links_kept)
        url = own.url(f"{LINK_PATH}?t={authenticator.tokens.link(key, wish.wanted)}")
        try:
            mailer.deliver(SignInMail(room.site.name, url, LINK_MINUTES), known_as)
        except BaseException:
            authenticator.mail_limits.was_not_mailed(key, is_own=wish.is_own)
            raise
        return True

    return SignInLinkSender(fulfil)
