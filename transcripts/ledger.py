"""The ledger of a record's announcements: what was mailed, to whom, when.

A state diagram of one entry:

    prepared -> sending -> sent
        ^          |-----> failed   (refused for good)
        |          `-----> unknown  (the connection broke after the text was handed over)
        `-- sending, when the server was away before it had the text
"""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from transcripts.model import Document


class Delivery(StrEnum):
    """How far an announcement has come on one channel."""

    PREPARED = "prepared"  # the message is in the archive, nothing was handed over
    SENDING = "sending"  # one process has begun; found after a crash, it means: not known
    SENT = "sent"  # the server or the outbox has it
    FAILED = "failed"  # the server refused it for good
    UNKNOWN = "unknown"  # it may or may not have been sent: never sent again by a machine


class LedgerEntry(Document):
    """One announcement on one channel."""

    number: int
    channel: str
    recipient: str
    message_id: str
    state: Delivery
    changed_at: datetime
    detail: str = ""


class Ledger(Document):
    """`announcement/ledger.json`."""

    entries: tuple[LedgerEntry, ...] = ()

    def entry(self, number: int, channel: str) -> LedgerEntry | None:
        """The entry of an announcement on a channel, if there is one."""
        return next((e for e in self.entries if (e.number, e.channel) == (number, channel)), None)

    def with_entry(self, entry: LedgerEntry) -> "Ledger":
        """This ledger with an entry added or replaced."""
        others = [e for e in self.entries if (e.number, e.channel) != (entry.number, entry.channel)]
        return self.model_copy(update={"entries": (*others, entry)})


def message_id(record_id: str, number: int, domain: str) -> str:
    """The Message-ID of a record's announcement: always the same, so that a repeat is known as one."""
    name = sha256(f"{record_id}/{number}".encode()).hexdigest()[:24]
    return f"<mitschnitt.{name}@{domain}>"
