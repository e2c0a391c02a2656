"""Where a member is signed in: what a room notes of it, and how that changes. Pure.

A session has the name that only its cookie knows; noted is a hash of it. The generation ends all at once:
what was begun under an earlier one is over, wherever it is noted.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, ClassVar

from pydantic import Field

from transcripts.model import Line, Moment, StoredModel

SESSION_LENGTH = timedelta(days=30)
"""From signing in to the end, however much somebody reads meanwhile."""

MOST_SESSIONS = 20
_NOTE_CHARACTERS = 20
_LONGEST_READ_CHARACTERS = 400


class SignedIn(StoredModel):
    """One browser that is signed in; `device` says roughly which, for its owner to know it by."""

    note: Annotated[str, Field(pattern=r"^[0-9a-f]{20}$")]
    begun_at: Moment
    device: Line = ""


class Sessions(StoredModel):
    """All of a member's sessions."""

    largest_bytes: ClassVar[int] = 100_000

    generation: Annotated[int, Field(ge=0, le=2**53)] = 0
    signed_in: Annotated[tuple[SignedIn, ...], Field(max_length=1000)] = ()

    def holds(self, session: "SessionName", now: datetime) -> bool:
        """Whether a session goes on."""
        return session.generation == self.generation and any(
            each.note == session.note for each in self.lasting(now)
        )

    def lasting(self, now: datetime) -> tuple[SignedIn, ...]:
        """Those that go on, the newest first."""
        young = [each for each in self.signed_in if now - SESSION_LENGTH < each.begun_at]
        return tuple(sorted(young, key=lambda each: each.begun_at, reverse=True))

    def with_begun(self, begun: SignedIn) -> "Sessions":
        """One more; where there are too many, the oldest ends."""
        lasting = self.lasting(begun.begun_at)[: MOST_SESSIONS - 1]
        return self.model_copy(update={"signed_in": (begun, *lasting)})

    def without(self, note: str) -> "Sessions":
        """One less."""
        kept = tuple(each for each in self.signed_in if each.note != note)
        return self.model_copy(update={"signed_in": kept})

    def ended(self) -> "Sessions":
        """None."""
        return self.model_copy(update={"generation": self.generation + 1, "signed_in": ()})


@dataclass(frozen=True, slots=True)
class SessionName:
    """What a cookie says of its session: the name and the generation under which it was begun."""

    name: str
    generation: int

    @property
    def note(self) -> str:
        """What is noted of it; nobody who reads that can make the cookie of it."""
        return sha256(self.name.encode()).hexdigest()[:_NOTE_CHARACTERS]


def merged(one: Sessions, other: Sessions) -> Sessions:
    """The sessions of two notes on the same member: what the later generation does not know is over."""
    generation = max(one.generation, other.generation)
    kept = {
        each.note: each
        for sessions in (one, other)
        if sessions.generation == generation
        for each in sessions.signed_in
    }
    return Sessions(generation=generation, signed_in=tuple(kept.values()))


_BROWSERS = (
    (re.compile(r"\bEdg"), "Edge"),
    (re.compile(r"\bOPR/"), "Opera"),
    (re.compile(r"\bSamsungBrowser"), "Samsung Internet"),
    (re.compile(r"\bFxiOS"), "Firefox"),
    (re.compile(r"\bFirefox"), "Firefox"),
    (re.compile(r"\bCriOS"), "Chrome"),
    (re.compile(r"\bChrome"), "Chrome"),
    (re.compile(r"\bSafari"), "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """`Firefox auf Android`, from what a browser says of itself; nothing that tells people apart."""
    text = user_agent[:_LONGEST_READ_CHARACTERS]
    browser = next((name for pattern, name in _BROWSERS if pattern.search(text)), "")
    system = next((name for word, name in _SYSTEMS if word in text), "")
    if browser and system:
        return f"{browser} auf {'dem ' if system in ('iPhone', 'iPad', 'Mac') else ''}{system}"
    return browser or system or "Unbekannter Browser"
