"""Lets the search index follow the archive: what is new, changed or gone there becomes so in the index.

The one module that knows both. Reads records, writes none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tasks.archive import read_manifest, read_texts, record_ids
from tasks.storage import Storage
from transcripts.errors import PermanentError
from transcripts.manifest import Manifest
from transcripts.search.database import IndexDatabase
from transcripts.search.passages import SearchableRecord, searchable_record
from transcripts.search.writing import write_records

WORDS_A_TRANSACTION = 4_000_000
"""So much is read before it is written: 500 hours of speech, about 100 MB."""
NOT_SEARCHED = ("media/", "announcement/")


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """What `update_index` did, by the ids of records. Unreadable ones keep what the index had of them."""

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def update_index(
    index: Path, storage: Storage, progress: Callable[[int, int], None] | None = None
) -> IndexChanges:
    """Make the index at `index` say what the archive says; creates it if need be.

    `progress` is told how many of the changed records are read. What was written
    stays when this is interrupted, and the next call does the rest. Raises
    TemporaryError `index_busy` or `disk_full`, PermanentError `index_refused`, and what the
    storage raises.
    """
    database = IndexDatabase.for_writing(index)
    try:
        known = database.fingerprints()
        present = dict(_fingerprints(storage))
        stale = [each for each in present if known.get(each) != present[each]]
        gone = [each for each in known if each not in present]
        read: list[str] = []
        for records in _batches(_readable(storage, stale, present, progress)):
            write_records(database, records)
            read.extend(record.id for record in records)
        if gone:
            write_records(database, (), gone)
        if read or gone:
            database.settle()
    finally:
        database.close()
    return IndexChanges(
        added=tuple(each for each in read if each not in known),
        replaced=tuple(each for each in read if each in known),
        dropped=tuple(gone),
        unreadable=tuple(sorted(set(stale) - set(read))),
    )


def _fingerprints(storage: Storage) -> Iterator[tuple[str, str]]:
    for record_id in record_ids(storage):
        try:
            yield record_id, fingerprint_of(read_manifest(storage, record_id))
        except KeyError:
            continue  # removed since it was listed


def fingerprint_of(manifest: Manifest) -> str:
    """One hash for all of a record's texts, by their hashes in the manifest."""
    texts = [each for each in manifest.objects if not each.name.startswith(NOT_SEARCHED)]
    listed = "\n".join(f"{each.name} {each.sha256}" for each in sorted(texts, key=lambda each: each.name))
    return sha256(listed.encode()).hexdigest()


def _readable(
    storage: Storage,
    stale: Sequence[str],
    fingerprints: Mapping[str, str],
    progress: Callable[[int, int], None] | None,
) -> Iterator[SearchableRecord]:
    """The stale records whose texts can be read."""
    for done, record_id in enumerate(stale, start=1):
        try:
            texts = read_texts(storage, record_id)
        except (KeyError, ValueError):
            continue  # reported as unreadable: one damaged record must not hide the others
        except PermanentError as error:
            if error.code != "object_damaged":
                raise
            continue
        yield searchable_record(texts.recording, texts.transcript, texts.chapters, fingerprints[record_id])
        if progress:
            progress(done, len(stale))


def _batches(records: Iterator[SearchableRecord]) -> Iterator[list[SearchableRecord]]:
    """Records in groups of about `WORDS_A_TRANSACTION` words."""
    batch: list[SearchableRecord] = []
    characters = 0
    for record in records:
        batch.append(record)
        characters += sum(len(sentence.text) for sentence in record.sentences)
        if characters > WORDS_A_TRANSACTION * 7:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
