"""What the reading room knows of the archive: the shelf, the search index, the texts of records.

Follows the archive by itself. Every reading room has its own index file; they know
nothing of each other.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Event, Lock

from flows.duties import INDEX
from flows.reading_room.compression import PackedText
from flows.reading_room.open_indexes import OpenIndexes
from tasks.archive.catalogue_store import Listing, listed
from tasks.archive.document_store import read_document
from tasks.archive.record_store import read_texts
from tasks.processes.supervised_loop import LOOP_CLOCK, LoopClock, SupervisedLoop
from tasks.search.document_mentions import Mention, mentions_of
from tasks.search.index_database import IndexDatabase
from tasks.search.index_update import update_index
from tasks.search.record_headings import headings
from tasks.search.searching import search
from tasks.search.similar_passages import Similar, similar_passages
from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.errors.archive_errors import IndexUnusableError
from transcripts.errors.error_kinds import DamagedError
from transcripts.pages.room.document_reading import DocumentReading, document_reading
from transcripts.pages.room.document_shelf import NO_DOCUMENTS, ShelvedDocument, make_document_shelf
from transcripts.pages.room.reading_page import ReadingPage, reading_page
from transcripts.pages.room.record_list import Shelf, ShelvedRecord, make_shelf
from transcripts.pages.room.room_pages import render_text
from transcripts.search.search_answer import Answer
from transcripts.search.search_choice import EVERYTHING, Choice

LOOK_EVERY_SECONDS = 20.0
LOOK_CLOSELY_EVERY_SECONDS = 600.0
"""So often every record is asked for its state, even if the catalogue says that nothing changed."""

RECORDS_KEPT_OPEN = 100
"""Pages of three hours take about 2 MB each."""

DOCUMENTS_KEPT_OPEN = 30
"""Five hundred pages take about 10 MB."""

RECORDS_OPENED_AHEAD = 50
"""So many of the newest are opened before somebody asks for them."""

TURN_SECONDS = 3.0
"""A record is opened in a tenth of that."""

logger = logging.getLogger("mitschnitt.reading_room")


def _log_damage(error: DamagedError) -> None:
    logger.warning("a record cannot be read: %s", error)


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A record as it is read, with the text of its page."""

    page: ReadingPage
    text: PackedText


class Library:
    """The archive as readers see it. All methods may be called from any thread."""

    def __init__(
        self, storage: Storage, index: Path, on_damage: Callable[[DamagedError], None] = _log_damage
    ) -> None:
        self.storage = storage
        self.damaged: Mapping[str, DamagedError] = {}  # what cannot be read now, by the ids of records
        self._found_damage: Mapping[str, DamagedError] = {}
        self._on_damage = on_damage
        self.shelf = Shelf()
        self.held = Shelf()  # what waits for its release; for organisers alone
        self.documents = NO_DOCUMENTS
        self.proposed = NO_DOCUMENTS  # documents that wait for their release; for organisers alone
        self.talked_of: Mapping[str, tuple[Mention, ...]] = {}  # where recordings may talk of a document
        self.is_open = False  # whether the archive was seen since we began
        self.follows = False  # whether it could be seen at the last try
        self.seen_at = 0.0  # when it was seen last, as `time.time` counts
        self._index = index
        self._open_indexes = OpenIndexes(index)
        self._listing = Listing((), {})
        self._catalogue_tag: str | None = None
        self._looked_closely = float("-inf")
        self._catching_up = Lock()
        self._open = lru_cache(maxsize=RECORDS_KEPT_OPEN)(self._read)
        self._open_document = lru_cache(maxsize=DOCUMENTS_KEPT_OPEN)(self._read_document)
        self._turns: dict[str, Lock] = {}  # many readers of a new record: one opens it, the others wait

    def catch_up(self) -> None:
        """Take in what is new in the archive. Raises what the storage and the index raise."""
        with self._catching_up:
            follows = False
            try:
                self._take_in()
                follows, self.seen_at = True, time.time()
            finally:
                self.follows = follows
            known, self.damaged = self.damaged, self._found_damage
            new = [each for name, each in self.damaged.items() if str(each) != str(known.get(name))]
        for error in new:  # a mail may take long, and nobody waits for it
            self._on_damage(error)

    def _take_in(self) -> None:
        tag = self._tag()
        is_due = time.monotonic() - self._looked_closely > LOOK_CLOSELY_EVERY_SECONDS
        if not is_due and tag == self._catalogue_tag and self._index.exists():
            return
        self._listing = listed(self.storage)
        self._fill_shelf()
        self._found_damage = update_index(self._index, self.storage, closely=is_due).unreadable
        self._fill_shelf()
        self.talked_of = self._mentions()
        self._catalogue_tag, self._looked_closely = tag, time.monotonic()

    def search(
        self, query: str, *, limit: int, offset: int = 0, passages: int = 3, choice: Choice = EVERYTHING
    ) -> Answer:
        """The records that answer. Raises IndexUnusableError while there is no index."""
        try:
            with self._open_indexes.lend() as database:
                return search(database, query, limit=limit, offset=offset, passages=passages, choice=choice)
        except IndexUnusableError:
            self._give_up_index()
            raise

    def similar(self, record_id: str, where: str) -> Similar | None:
        """What is like a passage elsewhere (see `similar_passages`). Raises IndexUnusableError."""
        with self._open_indexes.lend() as database:
            return similar_passages(database, record_id, where)

    def _give_up_index(self) -> None:
        """Let the next look make the index anew."""
        if self._catching_up.acquire(blocking=False):  # else it is just being made
            try:
                IndexDatabase.delete(self._index)
                self._catalogue_tag = None
            finally:
                self._catching_up.release()

    def find(self, record_id: str, *, sees_held: bool = False) -> ShelvedRecord | None:
        """A record on the shelf; for who `sees_held` also one that waits for its release, without delay."""
        found = self.shelf.find(record_id)
        if found is None and sees_held:
            self.catch_up()
            found = self.held.find(record_id) or self.shelf.find(record_id)
        return found

    def reading(self, record_id: str, *, sees_held: bool = False) -> OpenRecord | None:
        """A record to read; None for one that `find` does not find."""
        shelved = self.find(record_id, sees_held=sees_held)
        if shelved is None:
            return None
        try:
            with self._turn(record_id):
                return self._open(record_id, shelved.revision)
        except KeyError:
            return None  # it was removed since we looked

    @contextmanager
    def _turn(self, record_id: str) -> Iterator[None]:
        """One reader at a time; where that takes long, as with an archive that is away, nobody waits on."""
        turn = self._turns.setdefault(record_id, Lock())
        has_it = turn.acquire(timeout=TURN_SECONDS)
        try:
            yield
        finally:
            if has_it:
                turn.release()

    def find_document(self, record_id: str, *, sees_held: bool = False) -> ShelvedDocument | None:
        """A document on the shelf; for who `sees_held` also one that waits for its release, without delay."""
        found = self.documents.find(record_id)
        if found is None and sees_held:
            self.catch_up()
            found = self.proposed.find(record_id) or self.documents.find(record_id)
        return found

    def read_document(self, record_id: str, *, sees_held: bool = False) -> DocumentReading | None:
        """A document to read; None for one that `find_document` does not find."""
        shelved = self.find_document(record_id, sees_held=sees_held)
        try:
            return self._open_document(record_id, shelved.revision) if shelved else None
        except KeyError:
            return None  # it was removed since we looked

    def _read_document(self, record_id: str, revision: str) -> DocumentReading:  # noqa: ARG002 - as above
        found = read_document(self.storage, record_id)
        return document_reading(found.record, found.text, found.manifest)

    def open_newest(self, stopping: Event) -> None:
        """Open the newest records, so that nobody waits for it. Raises TemporaryError of the storage."""
        for record in self.shelf.records[:RECORDS_OPENED_AHEAD]:
            if stopping.is_set():
                return
            try:
                self.reading(record.id)
            except DamagedError as error:  # one damaged record must not keep the others back
                logger.warning("record %s cannot be opened: %s", record.id, error)

    def _read(self, record_id: str, revision: str) -> OpenRecord:  # noqa: ARG002 - part of what is kept
        texts = read_texts(self.storage, record_id)
        page = reading_page(
            texts.recording, texts.transcript, texts.chapters, texts.names, texts.proofreading
        )
        return OpenRecord(page, PackedText.of(render_text(page)))

    def _mentions(self) -> Mapping[str, tuple[Mention, ...]]:
        titles = {each.id: each.title for each in self.documents.documents}
        with self._open_indexes.lend() as database:
            return mentions_of(database, titles)

    def documents_of(self, recording_id: str) -> list[ShelvedDocument]:
        """The documents that a recording may talk of, newest first."""
        return [
            each
            for each in self.documents.documents
            if any(mention.recording_id == recording_id for mention in self.talked_of.get(each.id, ()))
        ]

    def _tag(self) -> str | None:
        try:
            return self.storage.get_tagged(layout.CATALOGUE).tag
        except KeyError:
            return None

    def _fill_shelf(self) -> None:
        """The shelf of the entries, with the topics of those that are in the index already."""
        titles: dict[str, tuple[str, ...]] = {}
        if self._index.exists():
            with self._open_indexes.lend() as database:
                titles = headings(database)
        entries, documents = self._listing.entries, self._listing.documents
        self.shelf = make_shelf([each for each in entries if each.is_released], titles)
        self.held = make_shelf([each for each in entries if not each.is_released], {})
        self.documents = make_document_shelf([each for each in documents if each.is_released])
        self.proposed = make_document_shelf([each for each in documents if not each.is_released])
        self.is_open = True


class Follower:
    """Lets a library follow its archive, from `loop.start` to `loop.stop`.

    What is being written is a transaction, so it may be cut off.
    """

    def __init__(
        self, library: Library, every_seconds: float = LOOK_EVERY_SECONDS, clock: LoopClock = LOOP_CLOCK
    ) -> None:
        self.loop = SupervisedLoop(
            INDEX.key, self._look, lambda: every_seconds, grace=INDEX.tolerance, clock=clock
        )
        self._library = library
        self._opened: Shelf | None = None

    def _look(self) -> bool:
        self._library.catch_up()
        shelf = self._library.shelf
        if shelf is not self._opened:
            self._library.open_newest(self.loop.stopping)
            self._opened = shelf
        return True
