"""What the reading room knows of the archive: the shelf, the search index, the texts of records.

Follows the archive by itself. Every reading room has its own index file; they know
nothing of each other.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Event, Lock, Thread

from flows.reading_room.open_indexes import OpenIndexes
from tasks.archive import read_texts
from tasks.catalogue import listing
from tasks.search_index import update_index
from tasks.storage import Storage
from transcripts import layout
from transcripts.catalogue import CatalogueEntry
from transcripts.errors import PermanentError, StepError
from transcripts.reading_room.packing import PackedText
from transcripts.reading_room.pages import render_text
from transcripts.reading_room.reading import ReadingPage, reading_page
from transcripts.reading_room.shelf import Shelf, ShelvedRecord, make_shelf
from transcripts.search.outline import headings
from transcripts.search.searching import Answer, search

LOOK_EVERY_SECONDS = 20.0
LOOK_CLOSELY_EVERY_SECONDS = 600.0
"""So often every record is asked for its state, even if the catalogue says that nothing changed."""

RECORDS_KEPT_OPEN = 100
"""Pages of three hours take about 2 MB each."""

RECORDS_OPENED_AHEAD = 50
"""So many of the newest are opened before somebody asks for them."""

TURN_SECONDS = 3.0
"""A record is opened in a tenth of that."""

logger = logging.getLogger("mitschnitt.reading_room")


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A record as it is read, with the text of its page."""

    page: ReadingPage
    text: PackedText


class Library:
    """The archive as readers see it. All methods may be called from any thread."""

    def __init__(self, storage: Storage, index: Path) -> None:
        self.storage = storage
        self.shelf = Shelf()
        self.held = Shelf()  # what waits for its release; for organisers alone
        self.is_open = False  # whether the archive was seen since we began
        self.follows = False  # whether it could be seen at the last try
        self.seen_at = 0.0  # when it was seen last, as `time.time` counts
        self._index = index
        self._open_indexes = OpenIndexes(index)
        self._entries: list[CatalogueEntry] = []
        self._catalogue_tag: str | None = None
        self._looked_closely = float("-inf")
        self._catching_up = Lock()
        self._open = lru_cache(maxsize=RECORDS_KEPT_OPEN)(self._read)
        self._turns: dict[str, Lock] = {}  # many readers of a new record: one opens it, the others wait

    def catch_up(self) -> None:
        """Take in what is new in the archive. Raises what the storage and the index raise."""
        with self._catching_up:
            try:
                self._take_in()
            except StepError:
                self.follows = False
                raise
            self.follows, self.seen_at = True, time.time()

    def _take_in(self) -> None:
        tag = self._tag()
        is_due = time.monotonic() - self._looked_closely > LOOK_CLOSELY_EVERY_SECONDS
        if not is_due and tag == self._catalogue_tag:
            return
        self._entries = listing(self.storage)
        self._fill_shelf()
        update_index(self._index, self.storage, closely=is_due)
        self._fill_shelf()
        self._catalogue_tag, self._looked_closely = tag, time.monotonic()

    def search(
        self, query: str, *, limit: int, offset: int = 0, passages: int = 3, only: str | None = None
    ) -> Answer:
        """The records that answer. Raises PermanentError `index_unusable` while there is no index."""
        with self._open_indexes.lend() as database:
            return search(database, query, limit=limit, offset=offset, passages=passages, only=only)

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

    def open_newest(self, stopping: Event) -> None:
        """Open the newest records, so that nobody waits for it. Raises TemporaryError of the storage."""
        for record in self.shelf.records[:RECORDS_OPENED_AHEAD]:
            if stopping.is_set():
                return
            try:
                self.reading(record.id)
            except (PermanentError, ValueError) as error:  # one damaged record must not keep the others back
                logger.warning("record %s cannot be opened: %s", record.id, type(error).__name__)

    def _read(self, record_id: str, revision: str) -> OpenRecord:  # noqa: ARG002 - part of what is kept
        texts = read_texts(self.storage, record_id)
        page = reading_page(
            texts.recording, texts.transcript, texts.chapters, texts.names, texts.proofreading
        )
        return OpenRecord(page, PackedText.of(render_text(page)))

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
        self.shelf = make_shelf([each for each in self._entries if each.is_released], titles)
        self.held = make_shelf([each for each in self._entries if not each.is_released], {})
        self.is_open = True


class Follower:
    """A thread that lets a library follow its archive until it is stopped."""

    def __init__(self, library: Library, every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._library = library
        self._every_seconds = every_seconds
        self._stopping = Event()
        self._thread = Thread(target=self._follow, name="library", daemon=True)

    def start(self) -> None:
        """Begin at once."""
        self._thread.start()

    def stop(self) -> None:
        """Do not begin another round. What is being written is a transaction, so it may be cut off."""
        self._stopping.set()
        self._thread.join(timeout=2)

    def _follow(self) -> None:
        opened: Shelf | None = None
        while not self._stopping.is_set():
            try:
                self._library.catch_up()
                shelf = self._library.shelf
                if shelf is not opened:
                    self._library.open_newest(self._stopping)
                    opened = shelf
            except StepError as error:
                logger.warning("the archive cannot be followed now: %s", error)
            self._stopping.wait(self._every_seconds)
