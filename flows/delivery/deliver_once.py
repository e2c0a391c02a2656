"""Delivers one announcement on one channel, once, even if a process dies on the way.

The ledger is turned to "sending" by exactly one process, at the last moment before the
announcement may be out, and to what came of it afterwards. What was left in "sending" by a
process that died, or is "unknown", is looked for; it is never sent again on a guess.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tasks.archive.ledger_store import LedgerHome
from tasks.channels.channel_interface import Handover
from tasks.clock import utc_now
from tasks.storage.writer_identity import attempt, is_alive
from transcripts.errors.archive_errors import RecordBusyError
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.errors.mail_errors import (
    AnnouncementGivenUpError,
    DeliveryInterruptedError,
    ListRejectedError,
    NothingToResolveError,
    OutcomeUnknownError,
)
from transcripts.mail.ledger import Delivery, LedgerEntry, Publication, Reason, ToldMeeting, ToldNews

NOTE_TRIES = 8  # over about half a minute: the announcement is out, and only this process knows it


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which announcement of a ledger, and why it is made."""

    number: int
    reason: Reason = Reason.NEW
    change: str = ""
    meeting: ToldMeeting | None = None
    news: ToldNews | None = None


def deliver(home: LedgerHome, handover: Handover, occasion: Occasion, patience: timedelta) -> LedgerEntry:
    """Hand an announcement over unless that was done; returns its entry in the ledger.

    Raises TemporaryError when it may be tried again, for `patience` after the first try;
    OutcomeUnknownError, AnnouncementGivenUpError, and what the channel raises for good.
    """
    entry = prepare(home, handover, occasion)
    if entry.state in (Delivery.SENDING, Delivery.UNKNOWN):
        entry = settle(home, handover, entry)
    if entry.state is Delivery.SENT:
        return entry
    with attempt() as mark:
        return _Attempt(home, handover, entry, mark).run(patience)


def prepare(home: LedgerHome, handover: Handover, occasion: Occasion) -> LedgerEntry:
    """The entry of an announcement, made if there is none: prepared, nothing handed over.

    One that still waits takes on what is said now.
    """
    entry = home.read().entry(occasion.number, handover.channel)
    said = {
        "reason": occasion.reason,
        "change": occasion.change,
        "meeting": occasion.meeting,
        "news": occasion.news,
    }
    if entry is not None and entry.state is Delivery.PREPARED and entry != entry.model_copy(update=said):
        return update_entry(home, entry, handover.stored, **said)
    if entry is not None:
        return entry
    fresh = LedgerEntry(
        number=occasion.number,
        channel=handover.channel,
        recipient=handover.recipient,
        message_id=handover.message_id,
        state=Delivery.PREPARED,
        changed_at=utc_now(),
        **said,
    )
    _write(home, fresh, None, handover.stored)
    return fresh


def settle(home: LedgerHome, handover: Handover, entry: LedgerEntry) -> LedgerEntry:
    """Find out what became of an entry whose process died, or whose connection broke.

    The entry is "sent" or "prepared" afterwards. Raises RecordBusyError while its process lives,
    OutcomeUnknownError when it cannot be found out.
    """
    if entry.state is Delivery.SENDING and is_alive(entry.owner, entry.changed_at):
        raise RecordBusyError(place=home.name)
    trace = handover.trace(entry)
    if trace is None:
        if entry.state is not Delivery.UNKNOWN:
            entry = update_entry(home, entry, state=Delivery.UNKNOWN)
        raise OutcomeUnknownError(record=home.name)
    state = Delivery.SENT if trace.is_out else Delivery.PREPARED
    return update_entry(
        home, entry, state=state, detail=trace.detail, publication=trace.publication, link=trace.link
    )


def resolve(home: LedgerHome, entry: LedgerEntry, *, was_sent: bool) -> LedgerEntry:
    """Note what a person found out about an unknown outcome.

    Raises RecordBusyError while the sending process lives, NothingToResolveError.
    """
    if entry.state not in (Delivery.SENDING, Delivery.UNKNOWN):
        raise NothingToResolveError(record=home.name)
    if entry.state is Delivery.SENDING and is_alive(entry.owner, entry.changed_at):
        raise RecordBusyError(place=home.name)
    state = Delivery.SENT if was_sent else Delivery.PREPARED
    return update_entry(home, entry, state=state, detail="resolved by hand")


def follow(home: LedgerHome, handover: Handover, entry: LedgerEntry) -> LedgerEntry:
    """Ask the list's server what it made of a post that was handed over.

    Raises ListRejectedError when it refused it: then the entry is "failed".
    """
    if entry.state is not Delivery.SENT or entry.publication is Publication.OUT:
        return entry
    trace = handover.trace(entry)
    if trace is None:
        return entry
    if not trace.is_out:
        update_entry(home, entry, state=Delivery.FAILED, detail=trace.detail, publication=None)
        raise ListRejectedError(record=home.name, reason=trace.detail)
    if (trace.publication, trace.link) == (entry.publication, entry.link):
        return entry
    return update_entry(home, entry, publication=trace.publication, detail=trace.detail, link=trace.link)


def update_entry(
    home: LedgerHome, entry: LedgerEntry, message: bytes | None = None, **changes: Any
) -> LedgerEntry:
    """Change an entry of the ledger; returns the new one. Raises what `LedgerHome.write` raises."""
    changed = entry.model_copy(update={"changed_at": utc_now(), **changes})
    _write(home, changed, entry, message)
    return changed


def _write(home: LedgerHome, entry: LedgerEntry, seen: LedgerEntry | None, message: bytes | None) -> None:
    """Put an entry with its mail; a notice's is not kept, since it would take the announcement's place."""
    home.write(entry, seen, None if entry.reason is Reason.NOTICE else message)


class _Attempt:
    """One try to hand an announcement over."""

    def __init__(self, home: LedgerHome, handover: Handover, entry: LedgerEntry, mark: str) -> None:
        self._home, self._handover, self._entry, self._mark = home, handover, entry, mark
        is_first = entry.since is None or entry.state is Delivery.FAILED
        self._since: datetime = utc_now() if is_first or not entry.since else entry.since
        self._posts_before: int | None = None

    def run(self, patience: timedelta) -> LedgerEntry:
        """Hand over, and note what came of it."""
        self._posts_before = self._handover.look_before()
        try:
            detail = self._handover.hand_over(self._begin)
        except RecordBusyError:  # another process sends it
            raise
        except TemporaryError as error:
            raise self._not_yet(error, patience) from error
        except PermanentError as error:
            return self._not_well(error)
        return self._note(state=Delivery.SENT, detail=detail)

    def _begin(self) -> None:
        """From here on it may be out. Only the process that gets through here hands it over."""
        now = utc_now()
        self._entry = update_entry(
            self._home,
            self._entry,
            self._handover.stored,
            state=Delivery.SENDING,
            recipient=self._handover.recipient,
            owner=self._mark,
            since=self._since,
            posts_before=self._posts_before,
            handed_over_at=now,
            detail="",
        )

    def _not_yet(self, error: TemporaryError, patience: timedelta) -> StepError:
        """Note that it is surely not out; the error to raise: after `patience` it is final."""
        if utc_now() - self._since < patience:
            self._note(state=Delivery.PREPARED, since=self._since, detail=str(error))
            return error
        self._note(state=Delivery.FAILED, since=None, detail=str(error))
        reason = str(error.details.get("reason", error.code))
        hours = patience.total_seconds() / 3600
        return AnnouncementGivenUpError(record=self._home.name, reason=reason, hours=hours)

    def _not_well(self, error: PermanentError) -> LedgerEntry:
        """Note a refusal, or that the outcome is open; then look whether it can be found out at once."""
        if not isinstance(error, OutcomeUnknownError):
            self._note(state=Delivery.FAILED, since=None, detail=str(error))
            raise error
        entry = settle(self._home, self._handover, self._note(state=Delivery.UNKNOWN, detail=str(error)))
        if entry.state is Delivery.SENT:
            return entry
        raise DeliveryInterruptedError(record=self._home.name) from error

    def _note(self, **changes: Any) -> LedgerEntry:
        """Write down what only this process knows, also if the archive is away for a moment."""
        for tries_left in reversed(range(NOTE_TRIES)):
            try:
                self._entry = update_entry(self._home, self._entry, **changes)
                break
            except TemporaryError as error:
                if not tries_left or (isinstance(error, RecordBusyError) and not self._is_ours_after_all()):
                    raise
                time.sleep(NOTE_TRIES - tries_left)
        return self._entry

    def _is_ours_after_all(self) -> bool:
        """Whether the entry was turned to "sending" by us although the archive said that it was not."""
        present = self._home.read().entry(self._entry.number, self._entry.channel)
        if present is None or present.owner != self._mark or present == self._entry:
            return False
        self._entry = present
        return True
