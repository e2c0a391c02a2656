"""Lets the search index follow the archive: what is new, changed or gone there becomes so in the index.

The one module that knows both. Reads records, writes none.

Which records to look at, the catalogue tells: it has the hash of every record's
manifest, and a record whose hash is the one noted at the last look is not looked at.
What is noted is always what the catalogue said *before* the record was read, so the
index has that state or a later one, and nothing is lost when the two move apart:

- The catalogue is written after the manifest. If it lags, the record's newer texts are
  seen when it catches up, or by a close look, which asks every manifest.
- Mails change the manifest, not the texts. Then the manifest is read once, the fingerprint
  of the texts is the same, and only the new hash is noted.
- If this dies between writing a record and noting its hash, the manifest is read once more.
- Of two processes that follow the archive, one may write an older state over a newer one; a
  hash is noted only for the texts it was read with, so the next look mends it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tasks.archive import read_manifest, read_texts
from tasks.catalogue import listing
from tasks.storage import Storage
from transcripts import layout
from transcripts.errors import PermanentError
from transcripts.manifest import Manifest
from transcripts.search.database import IndexDatabase
from transcripts.search.passages import SearchableRecord, searchable_record
from transcripts.search.stored import Noted
from transcripts.search.writing import write_records

WORDS_A_TRANSACTION = 4_000_000
"""So much is read before it is written: 500 hours of speech, about 100 MB."""
NOT_SEARCHED = ("media/", *layout.BESIDE_VERSIONS)
NEVER_SEEN = Noted("", "")


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """What `update_index` did, by the ids of records. Unreadable ones keep what the index had of them."""

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def update_index(
    index: Path,
    storage: Storage,
    progress: Callable[[int, int], None] | None = None,
    *,
    closely: bool = False,
) -> IndexChanges:
    """Make the index at `index` say what the archive says; creates it if need be.

    What waits for its release is not in it.

    `closely` reads the manifest of every record, not only of those that the catalogue says
    have changed. `progress` is told how many of the changed records are read. What was written
    stays when this is interrupted, and the next call does the rest. Raises
    TemporaryError `index_busy` or `disk_full`, PermanentError `index_refused`, and what the
    storage raises.
    """
    database = IndexDatabase.for_writing(index)
    try:
        known = database.noted()
        released = [each for each in listing(storage) if each.is_released]
        listed = {each.recording.id: each.manifest_sha256 for each in released}
        moved = [each for each in listed if closely or known.get(each, NEVER_SEEN).revision != listed[each]]
        look = _look_at(storage, moved)
        stale = [
            each
            for each in look.fingerprints
            if look.fingerprints[each] != known.get(each, NEVER_SEEN).fingerprint
        ]
        gone = [each for each in known if each not in listed or each in look.gone]
        read = _write(database, _readable(storage, stale, look.fingerprints, progress), gone)
        seen = {each: Noted(found, listed[each]) for each, found in look.fingerprints.items()}
        _note(database, {each: state for each, state in seen.items() if state != known.get(each)})
        if read or gone:
            database.settle()
    finally:
        database.close()
    return IndexChanges(
        added=tuple(each for each in read if each not in known),
        replaced=tuple(each for each in read if each in known),
        dropped=tuple(gone),
        unreadable=tuple(sorted({*look.damaged, *stale} - set(read))),
    )


@dataclass(slots=True)
class _Look:
    """What the manifests of some records say of their texts; some are gone or damaged."""

    fingerprints: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def _look_at(storage: Storage, record_ids: Iterable[str]) -> _Look:
    look = _Look()
    for record_id in record_ids:
        try:
            look.fingerprints[record_id] = fingerprint_of(read_manifest(storage, record_id))
        except KeyError:
            look.gone.append(record_id)  # removed since the catalogue was written
        except PermanentError as error:
            if error.code != "object_damaged":
                raise
            look.damaged.append(record_id)
    return look


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


def _write(database: IndexDatabase, records: Iterator[SearchableRecord], gone: Sequence[str]) -> list[str]:
    """Add or replace some records and drop others; returns the ids of those that were written."""
    written: list[str] = []
    for batch in _batches(records):
        write_records(database, batch)
        written.extend(record.id for record in batch)
    if gone:
        write_records(database, (), gone)
    return written


def _note(database: IndexDatabase, noted: Mapping[str, Noted]) -> None:
    if noted:
        with database.writing():
            database.note_revisions(noted)


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
