"""What members were not told of yet, and when they are told: the mail "Neues im Archiv", at most one a week.

Pure: what is in the archive, what the ledger says was told, and the clock are given. Each mail has a moment
up to which it tells, its turn: so what becomes known between two turns waits for the next one, and a mail
that a server delays stays the same.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from transcripts.mail.ledger import Delivery, Ledger, LedgerEntry
from transcripts.model import Line, Moment, StoredModel
from transcripts.wording.local_time import in_zone

# What may have reached somebody.
TOLD = (Delivery.SENDING, Delivery.SENT, Delivery.UNKNOWN)
# Between two mails: a week, but for one that went out late by some hours.
SHORTEST_PAUSE = timedelta(days=6)
# The rest waits for the next turn: most lists hold mails of more than 40 kB.
MOST_THINGS = 20
WEEK = timedelta(days=7)


class KnownBefore(StoredModel):
    """`known.json`: since when news are told, and the recordings that had been announced by then."""

    began_at: Moment
    recordings: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """A record that members may see, by its id, and since when they have been able to."""

    record_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Rhythm:
    """On which day of the week (0: Monday) and at which hour news are told, by the clocks of `zone`."""

    weekday: int
    hour: int
    zone: tzinfo

    def latest(self, now: datetime) -> datetime:
        """The last such moment that has come, in UTC."""
        today = in_zone(now, self.zone).date()
        day = today - timedelta(days=(today.weekday() - self.weekday) % 7)
        moments = (datetime.combine(each, time(self.hour), self.zone) for each in (day, day - WEEK))
        return next(utc for each in moments if (utc := each.astimezone(UTC)) <= now)


def turn(
    ledger: Ledger, channel: str, rhythm: Rhythm, began_at: datetime | None, now: datetime
) -> datetime | None:
    """Up to when the mail tells that is due at `now`; None while none may be, whatever is new.

    `began_at` is when telling news began. One that a server has refused for good stays due; whether that was
    this turn's says `refused`.
    """
    latest, last = rhythm.latest(now), last_told(ledger, channel)
    if began_at is None or latest < began_at:
        return None
    if last is not None and last.news is not None and latest - last.news.at < SHORTEST_PAUSE:
        return None
    return latest


def last_told(ledger: Ledger, channel: str) -> LedgerEntry | None:
    """The last mail that is out, or may be."""
    told = (each for each in ledger.entries if each.channel == channel and _is_told(each))
    return max(told, key=lambda each: each.number, default=None)


def refused(ledger: Ledger, channel: str, until: datetime) -> LedgerEntry | None:
    """The mail of this turn that was refused for good, if it was."""
    failed = (each for each in ledger.entries if each.channel == channel and each.state is Delivery.FAILED)
    return next((each for each in failed if each.news and each.news.until >= until), None)


def waiting(ledger: Ledger, channel: str) -> LedgerEntry | None:
    """The mail that was prepared and surely is not out, if there is one."""
    found = (each for each in ledger.entries if each.channel == channel and each.news is not None)
    prepared = (each for each in found if each.state is Delivery.PREPARED)
    return min(prepared, key=lambda each: each.number, default=None)


def next_number(ledger: Ledger, channel: str) -> int:
    """The number of the mail to come: of the one that waits, else a new one."""
    entry = waiting(ledger, channel)
    return entry.number if entry else ledger.last_number + 1


def new_since(
    published: Iterable[Published], ledger: Ledger, channel: str, known: Collection[str], until: datetime
) -> tuple[Published, ...]:
    """What became visible up to `until` and was told in no mail, in the order in which it did.

    `known` is what counts as told from the beginning.
    """
    told = told_ids(ledger, channel) | set(known)
    news = (each for each in published if each.since <= until and each.record_id not in told)
    return tuple(sorted(news, key=lambda each: (each.since, each.record_id)))


def told_ids(ledger: Ledger, channel: str) -> set[str]:
    """The records that some mail has named, or may have."""
    return {each for entry in ledger.entries if entry.channel == channel for each in _ids(entry)}


def _ids(entry: LedgerEntry) -> tuple[str, ...]:
    return entry.news.record_ids if entry.news is not None and _is_told(entry) else ()


def _is_told(entry: LedgerEntry) -> bool:
    return entry.news is not None and entry.state in TOLD
