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

from tasks.archive.catalogue_store import Listing, listed
from tasks.archive.document_store import read_document
from tasks.archive.record_store import read_manifest, read_texts
from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import Noted
from tasks.search.index_writer import write_records
from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.archive.manifest import Manifest
from transcripts.errors.archive_errors import IndexUnusableError
from transcripts.errors.error_kinds import DamagedError
from transcripts.search.document_passages import searchable_document
from transcripts.search.passages import SearchableRecord, searchable_record

WORDS_A_TRANSACTION = 4_000_000
"""So much is read before it is written: 500 hours of speech, about 100 MB."""
NEVER_SEEN = Noted("", "")


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """What `update_index` did, by the ids of records, and why some could not be read.

    The index keeps what it had of those.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unreadable: Mapping[str, DamagedError] = field(default_factory=dict)


def update_index(
    index: Path,
    storage: Storage,
    progress: Callable[[int, int], None] | None = None,
    *,
    closely: bool = False,
) -> IndexChanges:
    """Make the index at `index` say what the archive says; creates it if need be, or if it is damaged.

    What waits for its release is not in it.

    `closely` reads the manifest of every record, not only of those that the catalogue says
    have changed. `progress` is told how many of the changed records are read. What was written
    stays when this is interrupted, and the next call does the rest. Raises
    IndexBusyError or DiskFullError, IndexRefusedError, and what the
    storage raises.
    """
    try:
        return _updated(index, storage, progress, closely=closely)
    except IndexUnusableError:
        IndexDatabase.delete(index)  # damaged deep inside: the archive has all that was in it
        return _updated(index, storage, progress, closely=closely)


def _updated(
    index: Path, storage: Storage, progress: Callable[[int, int], None] | None, *, closely: bool
) -> IndexChanges:
    database = IndexDatabase.for_writing(index)
    try:
        known, found = database.noted(), listed(storage)
        present = _released(found)
        moved = [each for each in present if closely or known.get(each, NEVER_SEEN).revision != present[each]]
        look = _look_at(storage, moved)
        stale = [
            each
            for each in look.fingerprints
            if look.fingerprints[each] != known.get(each, NEVER_SEEN).fingerprint
        ]
        kept = present.keys() | found.damaged.keys()
        gone = [each for each in known if each not in kept or each in look.gone]
        read = _write(database, _readable(storage, stale, look, progress), gone)
        seen = {each: Noted(of_texts, present[each]) for each, of_texts in look.fingerprints.items()}
        _note(database, {each: state for each, state in seen.items() if state != known.get(each)})
        if read or gone:
            database.settle()
    finally:
        database.close()
    return IndexChanges(
        added=tuple(each for each in read if each not in known),
        replaced=tuple(each for each in read if each in known),
        dropped=tuple(gone),
        unreadable=dict(sorted((dict(found.damaged) | look.damaged).items())),
    )


def _released(found: Listing) -> dict[str, str]:
    """The hash of the manifest of each record that members may see, by its id."""
    recordings = {each.record_id: each.manifest_sha256 for each in found.entries if each.is_released}
    documents = {each.record_id: each.manifest_sha256 for each in found.documents if each.is_released}
    return recordings | documents


@dataclass(slots=True)
class _Look:
    """What the manifests of some records say of their texts; some are gone or damaged."""

    fingerprints: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    damaged: dict[str, DamagedError] = field(default_factory=dict)


def _look_at(storage: Storage, record_ids: Iterable[str]) -> _Look:
    look = _Look()
    for record_id in record_ids:
        try:
            look.fingerprints[record_id] = fingerprint_of(read_manifest(storage, record_id))
        except KeyError:
            look.gone.append(record_id)  # removed since the catalogue was written
        except DamagedError as error:
            look.damaged[record_id] = error
    return look


def fingerprint_of(manifest: Manifest) -> str:
    """One hash for all of a record's texts, by their hashes in the manifest."""
    texts = [each for each in manifest.objects if _is_searched(each.name)]
    listed = "\n".join(f"{each.name} {each.sha256}" for each in sorted(texts, key=lambda each: each.name))
    return sha256(listed.encode()).hexdigest()


def _is_searched(name: str) -> bool:
    return not layout.is_medium(name) and not name.startswith(layout.BESIDE_VERSIONS)


def _readable(
    storage: Storage,
    stale: Sequence[str],
    look: _Look,
    progress: Callable[[int, int], None] | None,
) -> Iterator[SearchableRecord]:
    """The stale records whose texts can be read; what is wrong with others is noted in the look."""
    for done, record_id in enumerate(stale, start=1):
        try:
            record = _read(storage, record_id, look.fingerprints[record_id])
        except KeyError:
            continue  # removed a moment ago: the next look sees it
        except DamagedError as error:
            look.damaged[record_id] = error  # one damaged record must not hide the others
            continue
        yield record
        if progress:
            progress(done, len(stale))


def _read(storage: Storage, record_id: str, fingerprint: str) -> SearchableRecord:
    if layout.is_document(record_id):
        document = read_document(storage, record_id)
        return searchable_document(document.record, document.text, fingerprint)
    texts = read_texts(storage, record_id)
    return searchable_record(texts.recording, texts.transcript, texts.chapters, fingerprint)


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
