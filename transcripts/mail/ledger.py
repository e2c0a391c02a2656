"""The ledger of announcements: what was handed to which channel, to whom, when, and what became of it.

One entry for each announcement (by its number) and channel. Its states:

    prepared -> sending -> sent
        ^          |-----> failed   (refused for good, or given up after a day)
        |          `-----> unknown  (the connection broke, or the process died, while it was handed over)
        `-- the other side surely does not have it

An entry in `sending` has an owner, the process that does it. Without a living owner it is
as good as `unknown`, and neither is sent again by a machine.
"""

import operator
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from transcripts.model import Line, Moment, Number, StoredModel, Text

FIRST = 1


class Delivery(StrEnum):
    """How far an announcement has come on one channel."""

    PREPARED = "prepared"  # nothing was handed over; it waits for release, or for a server that is away
    SENDING = "sending"  # one process has begun; found after a crash, it means: not known
    SENT = "sent"  # the other side, or the outbox, has it
    FAILED = "failed"  # it surely is not out, and trying again by itself does not help
    UNKNOWN = "unknown"  # it may or may not have been sent: never sent again by a machine


class Reason(StrEnum):
    """Why an announcement was made."""

    NEW = "new"  # a new recording
    CHANGED = "changed"  # a recording that was announced before has changed; `change` says how
    INVITATION = "invitation"  # to a meeting
    REMINDER = "reminder"  # of a meeting
    MOVED = "moved"  # a meeting that was announced is at another time or place
    CANCELLED = "cancelled"  # a meeting that was announced does not take place
    REQUEST = "request"  # to the organisers, for the address of the recording
    NEWS = "news"  # what is new in the archive
    NOTICE = "notice"  # to the organisers, that an announcement needs them


class Publication(StrEnum):
    """What the mailing list made of a post that was handed over, as far as its server was asked."""

    OUT = "out"  # sent on to the members
    HELD = "held"  # waits for the list's moderators


class ToldMeeting(StoredModel):
    """What an announcement says of a meeting, as far as those who read it act on it."""

    starts_at: Moment
    ends_at: Moment
    link: Line = ""
    is_cancelled: bool = False


class ToldNews(StoredModel):
    """Which records a mail about news names, up to which moment it tells, and when it was to go out."""

    record_ids: tuple[Line, ...]
    until: Moment
    at: Moment


class LedgerEntry(StoredModel):
    """One announcement on one channel.

    `meeting` is what members are told of a meeting, `news` what they are told is new; `since` is when
    the first try began; `owner` who is sending; `posts_before` is how many posts the list's server
    counted before, and `handed_over_at` when it was handed over.
    """

    number: Number
    channel: Line
    recipient: Line
    message_id: Line
    state: Delivery
    changed_at: Moment
    detail: Text = ""
    reason: Reason = Reason.NEW
    change: Text = ""
    meeting: ToldMeeting | None = None
    news: Annotated[ToldNews | None, Field(exclude_if=operator.not_)] = None
    since: Moment | None = None
    owner: Line = ""
    posts_before: int | None = None
    handed_over_at: Moment | None = None
    publication: Publication | None = None
    link: Line = ""


class Ledger(StoredModel):
    """`announcement/ledger.json`, and `ledger.json` of a meeting or of the news."""

    entries: tuple[LedgerEntry, ...] = ()

    def entry(self, number: int, channel: str) -> LedgerEntry | None:
        """The entry of an announcement on a channel, if there is one."""
        return next((e for e in self.entries if (e.number, e.channel) == (number, channel)), None)

    def of(self, number: int) -> tuple[LedgerEntry, ...]:
        """All entries of an announcement."""
        return tuple(each for each in self.entries if each.number == number)

    def with_entry(self, entry: LedgerEntry) -> "Ledger":
        """This ledger with an entry added or replaced."""
        others = [e for e in self.entries if (e.number, e.channel) != (entry.number, entry.channel)]
        return self.model_copy(update={"entries": (*others, entry)})

    @property
    def last_number(self) -> int:
        """The number of the newest announcement, 0 before the first."""
        return max((each.number for each in self.entries), default=0)


def message_id(home: str, number: int, domain: str, channel: str = "") -> str:
    """The Message-ID of an announcement: always the same, so that a repeat is known as one.

    `home` is what the ledger belongs to, the id of a record or of a meeting.
    """
    name = sha256(f"{home}/{number}{channel and '/' + channel}".encode()).hexdigest()[:24]
    return f"<mitschnitt.{name}@{domain}>"
