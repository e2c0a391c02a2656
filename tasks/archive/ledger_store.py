"""Where ledgers lie: a record's beside its versions, others in folders of their own.

All are changed an entry at a time, by compare-and-set: of two processes that saw the same
entry, one changes it, and the other is told.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Protocol

from tasks.archive.record_store import read_ledger, write_entry
from tasks.storage.contested import tries
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from tasks.storage.stored_objects import Tagged
from transcripts.archive import layout
from transcripts.archive.layout import content_type
from transcripts.archive.manifest import MadeBy
from transcripts.errors.archive_errors import RecordBusyError
from transcripts.errors.error_kinds import DamagedError
from transcripts.mail.archive_news import KnownBefore
from transcripts.mail.ledger import Ledger, LedgerEntry


class LedgerHome(Protocol):
    """A ledger in the archive."""

    @property
    def name(self) -> str:
        """What it belongs to: the id of a record or of a meeting."""

    def read(self) -> Ledger:
        """The ledger as it is now, empty before the first announcement."""

    def write(self, entry: LedgerEntry, seen: LedgerEntry | None, message: bytes | None = None) -> None:
        """Put an entry in the place of the one that was `seen`, with its mail if there is one.

        Raises RecordBusyError when it is not that one any more.
        """


@dataclass(frozen=True, slots=True)
class RecordLedger:
    """The ledger of a record."""

    storage: Storage
    name: str
    writer: MadeBy

    def read(self) -> Ledger:
        """Raises KeyError when there is no such record, DamagedError."""
        return read_ledger(self.storage, self.name)

    def write(self, entry: LedgerEntry, seen: LedgerEntry | None, message: bytes | None = None) -> None:
        """See LedgerHome."""
        write_entry(self.storage, self.name, entry, seen, self.writer, message)


@dataclass(frozen=True, slots=True)
class FolderLedger:
    """A ledger in a folder of its own, below `parent`."""

    storage: Storage
    name: str
    parent: ClassVar[str]

    def read(self) -> Ledger:
        """Empty when nothing was sent yet. Raises DamagedError: nobody knows then what was sent."""
        return self._parsed(self._tagged())

    def write(self, entry: LedgerEntry, seen: LedgerEntry | None, message: bytes | None = None) -> None:
        """See LedgerHome. The mail is put by the one process whose entry counts."""
        key = self._key(layout.FOLDER_LEDGER)
        for _ in tries():
            tagged = self._tagged()
            ledger = self._parsed(tagged)
            present = ledger.entry(entry.number, entry.channel)
            if present == entry:  # the answer to our last try was lost
                return
            if present != seen:
                break
            content = ledger.with_entry(entry).to_json().encode()
            if self.storage.put_if(key, content, content_type(key), tagged.tag if tagged else None):
                if message is not None:
                    place = self._key(f"{entry.reason.value}-{entry.number}.eml")
                    self.storage.put_bytes(place, message, content_type(place))
                return
        raise RecordBusyError(place=self.name)

    def _key(self, name: str) -> str:
        return f"{self.parent}/{self.name}/{name}"

    def _parsed(self, tagged: Tagged | None) -> Ledger:
        return read_stored(Ledger, tagged.content, self._key(layout.FOLDER_LEDGER)) if tagged else Ledger()

    def _tagged(self) -> Tagged | None:
        try:
            return self.storage.get_tagged(self._key(layout.FOLDER_LEDGER))
        except KeyError:
            return None


class MeetingLedger(FolderLedger):
    """The ledger of a meeting, whose id is its regular day."""

    __slots__ = ()
    parent = layout.MEETINGS


class NoticeLedger(FolderLedger):
    """The ledger of what organisers are told once; its name is a `layout.notice_id`."""

    __slots__ = ()
    parent = layout.NOTICES


class DigestLedger(FolderLedger):
    """The ledger of the mails that tell what is new in the archive."""

    __slots__ = ()
    parent = layout.DIGESTS

    def known_before(self) -> KnownBefore | None:
        """What counts as told from the beginning; None while no news are told. Raises DamagedError."""
        key = self._key(layout.KNOWN_BEFORE)
        try:
            return read_stored(KnownBefore, self.storage.get_bytes(key), key)
        except KeyError:
            return None

    def begin(self, known: KnownBefore) -> KnownBefore:
        """Keep what counts as told from the beginning, unless somebody was faster; returns what is kept."""
        key = self._key(layout.KNOWN_BEFORE)
        self.storage.put_if(key, known.to_json().encode(), content_type(key), None)
        return self.known_before() or known


def digest_ledger(storage: Storage) -> DigestLedger:
    """The ledger of the one digest that there is."""
    return DigestLedger(storage, layout.DIGEST)


def copy_folder_ledgers(source: Storage, target: Storage) -> list[DamagedError]:
    """Bring what was mailed of meetings and news, and told to organisers, to another archive, too.

    A ledger there that knows of more is kept. Returns what cannot be read, here or there: it is passed over.
    """
    damaged = []
    for kind in (MeetingLedger, NoticeLedger, DigestLedger):
        for name in source.list_folders(kind.parent):
            try:
                _copy_folder_ledger(kind(source, name), kind(target, name))
            except DamagedError as error:
                damaged.append(error)
    return damaged


def _copy_folder_ledger(ledger: FolderLedger, copy: FolderLedger) -> None:
    if len(copy.read().entries) > len(ledger.read().entries):
        return
    for each in list(ledger.storage.list_objects(f"{ledger.parent}/{ledger.name}")):
        with suppress(KeyError):  # removed meanwhile
            copy.storage.put_bytes(each.key, ledger.storage.get_bytes(each.key), content_type(each.key))
