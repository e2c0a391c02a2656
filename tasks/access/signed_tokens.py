"""Signs what the reading room hands out (links, sessions, feed addresses), through itsdangerous.

No token holds an address: a member is named by a key, which nobody can compute who does not know
the room's secret. Each kind of token has a salt of its own, so none can stand in for another.
"""

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe

from itsdangerous import BadData, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer

from transcripts.access.sessions import SESSION_LENGTH, SessionName

LINK_SECONDS = 15 * 60
SESSION_SECONDS = int(SESSION_LENGTH.total_seconds())
DEVICE_SECONDS = 400 * 24 * 3600  # browsers keep no cookie for longer
LONGEST_TOKEN = 4000
OWNER = "owner"
_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class SignInLink:
    """What a link carries: for whom, where to go then, and the name under which its use is noted."""

    member_key: str
    wanted: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Session:
    """Who signed in how long ago, and the session's name; whether that was ended since, others know."""

    member_key: str
    name: SessionName
    age_seconds: int


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser in which a member signed in once. It opens nothing."""

    member_key: str
    nonce: str


@dataclass(frozen=True, slots=True)
class FeedToken:
    """Whose feed it is; a higher generation makes the addresses of all lower ones invalid."""

    member_key: str
    generation: int


class SignedTokens:
    """All tokens of the rooms that share a secret. What cannot be read, or is too old, reads as None."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        class Signer(TimestampSigner):
            def get_timestamp(self) -> int:
                return int(clock())

        self._secret, self._clock = secret, clock
        how = {"digest_method": sha256}
        self._links = URLSafeTimedSerializer(secret, salt="sign-in link", signer=Signer, signer_kwargs=how)
        self._sessions = URLSafeTimedSerializer(secret, salt="session", signer=Signer, signer_kwargs=how)
        self._devices = URLSafeTimedSerializer(secret, salt="device", signer=Signer, signer_kwargs=how)
        self._feeds = URLSafeSerializer(secret, salt="feed", signer_kwargs=how)

    def member_key(self, address: str) -> str:
        """The name of a member, the same in all rooms of this secret; `address` is in comparable form."""
        digest = hmac.digest(self._secret.encode(), b"member " + address.encode(), sha256)
        return urlsafe_b64encode(digest[:_KEY_BYTES]).decode().rstrip("=")

    def link(self, member_key: str, wanted: str) -> str:
        """A token that signs in once, within LINK_SECONDS."""
        return str(self._links.dumps([member_key, wanted, token_urlsafe(12)]))

    def read_link(self, token: str) -> SignInLink | None:
        """What `link` wrote, however often it is read."""
        if len(token) > LONGEST_TOKEN:
            return None
        try:
            return SignInLink(*self._links.loads(token, max_age=LINK_SECONDS))
        except BadData:
            return None

    def session(self, member_key: str, name: SessionName) -> str:
        """The cookie of someone who just signed in; it is never renewed."""
        return str(self._sessions.dumps([member_key, name.name, name.generation]))

    def read_session(self, cookie: str) -> Session | None:
        """Whose cookie this is."""
        if len(cookie) > LONGEST_TOKEN:
            return None
        try:
            parts, signed_at = self._sessions.loads(cookie, max_age=SESSION_SECONDS, return_timestamp=True)
            member_key, name, generation = parts
        except (BadData, ValueError):  # ValueError: of an earlier edition, which could not be ended
            return None
        return Session(member_key, SessionName(name, generation), int(self._clock() - signed_at.timestamp()))

    def device(self, member_key: str) -> str:
        """The cookie by which a browser is known again that was signed in."""
        return str(self._devices.dumps([member_key, token_urlsafe(12)]))

    def read_device(self, cookie: str) -> KnownDevice | None:
        """What `device` wrote."""
        if len(cookie) > LONGEST_TOKEN:
            return None
        try:
            return KnownDevice(*self._devices.loads(cookie, max_age=DEVICE_SECONDS))
        except BadData:
            return None

    def feed(self, token: FeedToken) -> str:
        """The part of a feed's address that stands for its member."""
        return str(self._feeds.dumps([token.member_key, token.generation]))

    def read_feed(self, text: str) -> FeedToken | None:
        """What `feed` wrote."""
        if len(text) > LONGEST_TOKEN:
            return None
        try:
            return FeedToken(*self._feeds.loads(text))
        except BadData:
            return None
