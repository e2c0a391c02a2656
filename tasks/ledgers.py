"""Where ledgers lie: a record's beside its versions, a meeting's in a folder of its own.

Both are changed an entry at a time, by compare-and-set: of two processes that saw the same
entry, one changes it, and the other is told.
"""

import random
import time
from dataclasses import dataclass
from typing import Protocol

from tasks.archive import LONGEST_PAUSE_SECONDS, WRITES, read_ledger, write_entry
from tasks.storage import Storage
from tasks.stored import Tagged
from transcripts import layout
from transcripts.errors import TemporaryError
from transcripts.layout import content_type
from transcripts.ledger import Ledger, LedgerEntry
from transcripts.manifest import MadeBy


class LedgerHome(Protocol):
    """A ledger in the archive."""

    @property
    def name(self) -> str:
        """What it belongs to: the id of a record or of a meeting."""

    def read(self) -> Ledger:
        """The ledger as it is now, empty before the first announcement."""

    def write(self, entry: LedgerEntry, seen: LedgerEntry | None, message: bytes | None = None) -> None:
        """Put an entry in the place of the one that was `seen`, with its mail if there is one.

        Raises TemporaryError `record_busy` when it is not that one any more.
        """


@dataclass(frozen=True, slots=True)
class RecordLedger:
    """The ledger of a record."""

    storage: Storage
    name: str
    writer: MadeBy

    def read(self) -> Ledger:
        """Raises KeyError when there is no such record, PermanentError `object_damaged`."""
        return read_ledger(self.storage, self.name)

    def write(self, entry: LedgerEntry, seen: LedgerEntry | None, message: bytes | None = None) -> None:
        """See LedgerHome."""
        write_entry(self.storage, self.name, entry, seen, self.writer, message)


@dataclass(frozen=True, slots=True)
class MeetingLedger:
    """The ledger of a meeting, whose id is its regular day."""

    storage: Storage
    name: str

    def read(self) -> Ledger:
        """Empty when nothing was sent yet."""
        tagged = self._tagged()
        return Ledger.model_validate_json(tagged.content) if tagged else Ledger()

    def write(self, entry: LedgerEntry, seen: LedgerEntry | None, message: bytes | None = None) -> None:
        """See LedgerHome. The mail is put by the one process whose entry counts."""
        key = layout.meeting_key(self.name, layout.MEETING_LEDGER)
        for _ in range(WRITES):
            tagged = self._tagged()
            ledger = Ledger.model_validate_json(tagged.content) if tagged else Ledger()
            present = ledger.entry(entry.number, entry.channel)
            if present == entry:  # the answer to our last try was lost
                return
            if present != seen:
                break
            content = ledger.with_entry(entry).to_json().encode()
            if self.storage.put_if(key, content, content_type(key), tagged.tag if tagged else None):
                if message is not None:
                    place = layout.meeting_key(self.name, f"{entry.reason.value}-{entry.number}.eml")
                    self.storage.put_bytes(place, message, content_type(place))
                return
            time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 - only to part two writers
        raise TemporaryError("record_busy", place=self.name)

    def _tagged(self) -> Tagged | None:
        try:
            return self.storage.get_tagged(layout.meeting_key(self.name, layout.MEETING_LEDGER))
        except KeyError:
            return None


def copy_meetings(source: Storage, target: Storage) -> None:
    """Bring what was mailed for meetings to another archive, so that nobody is told again from there.

    A ledger there that knows of more is kept.
    """
    for meeting_id in source.list_folders(layout.MEETINGS):
        known = MeetingLedger(target, meeting_id).read().entries
        if len(known) > len(MeetingLedger(source, meeting_id).read().entries):
            continue
        for each in source.list_objects(layout.meeting_key(meeting_id, "").rstrip("/")):
            target.put_bytes(each.key, source.get_bytes(each.key), content_type(each.key))
