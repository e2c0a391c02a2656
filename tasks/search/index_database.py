"""The index as one SQLite file: all SQL of the search, in the only module of it that touches a file.

An inverted index on the level of records (which word in which record, how
often) finds and ranks records; where each record's words stand finds the passages.
Writers change everything in one transaction, and the journal lets any number of
processes read meanwhile (https://sqlite.org/wal.html). The file can be deleted
at any time: the archive has all that is in it.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tasks.search.index_tables import (
    POSTING,
    TABLES,
    Compound,
    Noted,
    Postings,
    Sizes,
    StoredBody,
    StoredRecord,
    StoredWord,
    packed,
    stored_record,
    unpacked,
)
from tasks.search.sqlite_errors import known_error, translated
from transcripts.archive.layout import is_document
from transcripts.errors.archive_errors import IndexUnusableError
from transcripts.german.sounds import heard_key
from transcripts.search.search_choice import Choice, Medium

FORMAT_VERSION = 5
"""Raised whenever the tables or the treatment of words change; older files are then built anew."""

WAIT_FOR_WRITER_SECONDS = 120

ANY_LENGTH = range(1, 1000)
MOST_WORDS = 2_000
"""So many words at most that begin or end alike are looked at; the rarest are left out."""
LAST_CHARACTER = "\U0010ffff"
"""Sorts behind every other, so that a beginning with it sorts behind all that begin so."""


class IndexDatabase:
    """A connection to an index, for one thread at a time.

    Raises IndexUnusableError for what is no index.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._sizes: Sizes | None = None

    @classmethod
    def for_reading(cls, path: Path) -> "IndexDatabase":
        """An existing index."""
        if not path.exists():
            raise IndexUnusableError(path=str(path))
        opened = cls._open(path)
        if opened._version() != FORMAT_VERSION:
            opened.close()
            raise IndexUnusableError(path=str(path))
        return opened

    @classmethod
    def for_writing(cls, path: Path) -> "IndexDatabase":
        """The index, created if there is none, or if what is there is damaged or of another version."""
        try:
            return cls.for_reading(path)
        except IndexUnusableError:
            cls.delete(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = cls._open(path)
        opened._create()
        return opened

    @staticmethod
    def delete(path: Path) -> None:
        """Remove an index; those who have it open read on in what it was."""
        for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            file.unlink(missing_ok=True)

    @classmethod
    def _open(cls, path: Path) -> "IndexDatabase":
        with translated(path):
            connection = sqlite3.connect(
                path, timeout=WAIT_FOR_WRITER_SECONDS, isolation_level=None, check_same_thread=False
            )
            opened = cls(connection, path)
            connection.execute("PRAGMA mmap_size = 1073741824")
            connection.execute("PRAGMA journal_mode = WAL")
            # With the write-ahead log a crash loses at most the last transaction, never the file.
            connection.execute("PRAGMA synchronous = NORMAL")
        return opened

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    def _version(self) -> int:
        with translated(self._path):
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if version == FORMAT_VERSION:
                self._connection.execute("SELECT count(*) FROM records").fetchone()
        return int(version)

    def _create(self) -> None:
        with self.writing():
            if self._version() != FORMAT_VERSION:  # another process may have been first
                for statement in TABLES.split(";"):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that is read within is of one moment, whatever others write."""
        with translated(self._path):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All changes within become visible together, or none; waits for another writer."""
        with translated(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def settle(self) -> None:
        """Move what was written from the journal into the file, as far as readers allow."""
        with translated(self._path):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # Records

    def fingerprints(self) -> dict[str, str]:
        """The fingerprint of each record by its id."""
        return dict(self._rows("SELECT id, fingerprint FROM records"))

    def noted(self) -> dict[str, Noted]:
        """Fingerprint and revision of each record by its id; the revision is empty until it is noted."""
        rows = self._rows("SELECT id, fingerprint, revision FROM records")
        return {record_id: Noted(fingerprint, revision) for record_id, fingerprint, revision in rows}

    def note_revisions(self, noted: Mapping[str, Noted]) -> None:
        """Note the revision of those records, by id, that have this fingerprint: others may write too."""
        self._connection.executemany(
            "UPDATE records SET revision = ? WHERE id = ? AND fingerprint = ?",
            ((each.revision, record_id, each.fingerprint) for record_id, each in noted.items()),
        )

    def record_numbers(self, ids: Iterable[str]) -> dict[str, int]:
        """The numbers of those of the records that are in the index."""
        sql = "SELECT id, number FROM records WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._rows(sql, json.dumps(list(ids))))

    def all_record_numbers(self) -> dict[str, int]:
        """The number of each record by its id."""
        return dict(self._rows("SELECT id, number FROM records"))

    def sizes(self) -> Sizes:
        """The sizes of all records, kept until the index changes; asked in a transaction."""
        state = self._rows("PRAGMA data_version")[0][0], self._connection.total_changes
        if self._sizes is None or self._sizes.state != state:
            rows = np.array(self._rows("SELECT number, word_count FROM records") or [(0, 0)], np.int64)
            words = np.zeros(int(rows[:, 0].max()) + 1, np.float32)
            words[rows[:, 0]] = rows[:, 1]
            self._sizes = Sizes(state, int(np.count_nonzero(rows[:, 0])), words)
        return self._sizes

    def records(self, numbers: Iterable[int]) -> dict[int, StoredRecord]:
        """The lines of some records that exist, by number."""
        sql = (
            "SELECT number, id, fingerprint, title, recorded_on, duration_seconds, word_count, "
            "year, kind, municipality FROM records WHERE number IN (SELECT value FROM json_each(?))"
        )
        return {each[0]: stored_record(*each) for each in self._rows(sql, json.dumps(list(numbers)))}

    def chosen_numbers(self, choice: Choice) -> list[int]:
        """The numbers of the records that a choice leaves."""
        wishes = {
            "is_document": None if choice.medium is None else choice.medium is Medium.DOCUMENT,
            "kind": choice.kind,
            "municipality": choice.municipality,
            "year": choice.year,
            "id": choice.record_id,
        }
        given = {name: wish for name, wish in wishes.items() if wish is not None}
        where = " AND ".join(f"{name} = ?" for name in given) or "1"
        sql = f"SELECT number FROM records WHERE {where}"  # noqa: S608 - names above
        return [row[0] for row in self._rows(sql, *given.values())]

    def bodies(self, numbers: Iterable[int]) -> dict[int, StoredBody]:
        """The words of some records that exist, by number."""
        sql = "SELECT number, places, sentences FROM json_each(?) JOIN bodies ON number = value"
        rows = self._rows(sql, json.dumps(list(numbers)))
        return {number: StoredBody(unpacked(places), sentences) for number, places, sentences in rows}

    def sentences(self, number: int) -> bytes:
        """The sentences (`SENTENCE`) of a record that exists, without its words."""
        (row,) = self._rows("SELECT sentences FROM bodies WHERE number = ?", number)
        return bytes(row[0])

    def text_blocks(self, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        """Blocks of texts as they were added, by the record's number and the block's."""
        places = {_text_place(*each): each for each in wanted}
        sql = "SELECT place, texts FROM json_each(?) JOIN texts ON place = value"
        return {places[place]: texts for place, texts in self._rows(sql, json.dumps(list(places)))}

    def all_text_blocks(self, number: int) -> list[bytes]:
        """All blocks of a record's texts, in order."""
        sql = "SELECT texts FROM texts WHERE place >= ? AND place < ? ORDER BY place"
        return [row[0] for row in self._rows(sql, _text_place(number, 0), _text_place(number + 1, 0))]

    def next_record_number(self) -> int:
        """A number no record has."""
        return int(self._rows("SELECT coalesce(max(number), 0) + 1 FROM records")[0][0])

    def add_record(self, record: StoredRecord, body: StoredBody, text_blocks: Iterable[bytes]) -> None:
        """Store a new record; its words' postings are put separately."""
        self._connection.execute(
            "INSERT INTO records (number, id, fingerprint, title, recorded_on, duration_seconds, word_count, "
            "year, kind, municipality, is_document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.number,
                record.id,
                record.fingerprint,
                record.title,
                record.recorded_on.isoformat(),
                record.duration_seconds,
                record.word_count,
                record.facets.year,
                record.facets.kind,
                record.facets.municipality,
                is_document(record.id),
            ),
        )
        values = (record.number, packed(body.places), body.sentences)
        self._connection.execute("INSERT INTO bodies VALUES (?, ?, ?)", values)
        self._connection.executemany(
            "INSERT INTO texts VALUES (?, ?)",
            ((_text_place(record.number, block), texts) for block, texts in enumerate(text_blocks)),
        )

    def delete_record(self, number: int) -> None:
        """Remove a record; its words' postings are put separately."""
        self._connection.execute("DELETE FROM records WHERE number = ?", (number,))
        self._connection.execute("DELETE FROM bodies WHERE number = ?", (number,))
        places = _text_place(number, 0), _text_place(number + 1, 0)
        self._connection.execute("DELETE FROM texts WHERE place >= ? AND place < ?", places)

    # Pairs of words (see `tasks.search.word_pairs`)

    def pair_block(self, block: int) -> dict[int, bytes]:
        """The slices of a block of records."""
        return dict(self._rows("SELECT slice, bits FROM pairs WHERE block = ?", block))

    def pair_slices(self, number: int, block_count: int) -> dict[int, bytes]:
        """One slice of each of the first blocks, by block."""
        sql = "SELECT block, bits FROM json_each(?) JOIN pairs ON block = value AND slice = ?"
        return dict(self._rows(sql, json.dumps(list(range(block_count))), number))

    def put_pair_block(self, block: int, slices: Iterable[tuple[int, bytes]]) -> None:
        """Replace the slices of a block."""
        self._connection.execute("DELETE FROM pairs WHERE block = ?", (block,))
        self._connection.executemany(
            "INSERT INTO pairs VALUES (?, ?, ?)", ((block, number, bits) for number, bits in slices)
        )

    # Vocabulary

    def vocabulary(self) -> Iterator[StoredWord]:
        """Every word."""
        with translated(self._path):
            for row in self._connection.execute("SELECT id, word, stem, record_count FROM words"):
                yield StoredWord(*row)

    def last_word_id(self) -> int:
        """The greatest id of a word, 0 when there is none."""
        return int(self._rows("SELECT coalesce(max(id), 0) FROM words")[0][0])

    def words_with_stem(self, stem: str) -> list[StoredWord]:
        """The inflected forms of a word."""
        return self._words("stem = ?", stem)

    def words_sounding(self, sound: str) -> list[StoredWord]:
        """The words whose stem has this key of `heard_key`; none for an empty one."""
        return self._words("sound = ?", sound) if sound else []

    def words_beginning(
        self, beginning: str, lengths: range = ANY_LENGTH, most: int = MOST_WORDS
    ) -> list[StoredWord]:
        """Words of some lengths that begin so, the most common first, at most `most`."""
        return self._words_between("word", beginning, lengths, most)

    def words_ending(
        self, ending: str, lengths: range = ANY_LENGTH, most: int = MOST_WORDS
    ) -> list[StoredWord]:
        """Words of some lengths that end so, the most common first, at most `most`."""
        return self._words_between("backward", ending[::-1], lengths, most)

    def _words_between(self, column: str, beginning: str, lengths: range, most: int) -> list[StoredWord]:
        condition = (
            f"{column} >= ? AND {column} < ? AND length(word) BETWEEN ? AND ? "
            "ORDER BY record_count DESC LIMIT ?"
        )
        return self._words(condition, beginning, beginning + LAST_CHARACTER, lengths[0], lengths[-1], most)

    def word_frequency(self, word: str) -> int:
        """In how many records a folded word stands, as it is."""
        rows = self._rows("SELECT record_count FROM words WHERE word = ?", word)
        return int(rows[0][0]) if rows else 0

    def stem_frequency(self, stem: str) -> int:
        """In how many records the forms of a stem stand, added up."""
        sql = "SELECT coalesce(sum(record_count), 0) FROM words WHERE stem = ?"
        return int(self._rows(sql, stem)[0][0])

    def compounds_with(self, part: str) -> list[Compound]:
        """The words that have a part of this stem."""
        return [Compound(*row) for row in self._rows("SELECT * FROM compounds WHERE part = ?", part)]

    def add_words(self, words: Iterable[StoredWord]) -> None:
        """Store new words."""
        self._connection.executemany(
            "INSERT INTO words VALUES (?, ?, ?, ?, ?, ?)",
            (
                (each.id, each.word, each.stem, each.word[::-1], heard_key(each.stem), each.record_count)
                for each in words
            ),
        )

    def add_compounds(self, compounds: Iterable[Compound]) -> None:
        """Store which words have which parts; what is known already stays."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO compounds VALUES (?, ?, ?)",
            ((each.part, each.word, each.is_last) for each in compounds),
        )

    # Postings

    def postings(self, words: Iterable[int]) -> list[tuple[int, bytes]]:
        """The postings (`POSTING`) of those of the words that have any, by the word's id."""
        sql = "SELECT word, entries FROM json_each(?) JOIN postings ON word = value"
        return self._rows(sql, json.dumps(list(words)))

    def put_postings(self, postings: Sequence[tuple[int, Postings]]) -> None:
        """Replace the postings of some words, and forget words that are left without any."""
        kept = [(word, entries.tobytes()) for word, entries in postings if len(entries)]
        self._connection.executemany("REPLACE INTO postings VALUES (?, ?)", kept)
        counts = [(len(entries) // POSTING.itemsize, word) for word, entries in kept]
        self._connection.executemany("UPDATE words SET record_count = ? WHERE id = ?", counts)
        self._forget_words([word for word, entries in postings if not len(entries)])

    def _forget_words(self, words: Sequence[int]) -> None:
        if not words:
            return
        for table, column in (("postings", "word"), ("compounds", "word"), ("words", "id")):
            sql = f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608 - names above
            self._connection.execute(sql, (json.dumps(words),))

    def _words(self, condition: str, *values: str | int) -> list[StoredWord]:
        sql = f"SELECT id, word, stem, record_count FROM words WHERE {condition}"  # noqa: S608 - callers above
        return list(map(StoredWord._make, self._rows(sql, *values)))

    def _rows(self, sql: str, *values: str | int) -> list[Any]:
        """All rows at once. Without the context manager of `translated`: this is called very often."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise known_error(error, self._path) or error from error


def _text_place(number: int, block: int) -> int:
    """The key of a block of texts: one number, since SQLite lays such rows closer than those of two."""
    return number << 20 | block
