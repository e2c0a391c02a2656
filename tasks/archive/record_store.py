"""Reads the records of an archive, and changes what lies beside their versions: stage, mails.

A record exists when its manifest does. Publishing is in `tasks.archive.publishing`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tasks.archive.catalogue_store import listing
from tasks.archive.next_version import machine_names, parsed_corrections, parsed_machine_texts
from tasks.archive.record_files import (
    StoredManifest,
    current_manifest,
    history_versions,
    parsed_recording,
    put_copies,
    put_texts,
    read_chosen,
    read_documents,
    read_history,
    read_manifest,
    read_naming,
    read_recording,
)
from tasks.storage.contested import tries
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from transcripts.archive import layout
from transcripts.archive.layout import content_type, object_key
from transcripts.archive.manifest import MadeBy, Manifest, describe_bytes
from transcripts.corrections.overlay import as_read, overlaid
from transcripts.corrections.proofreading import UNREAD, Proofreading
from transcripts.errors.archive_errors import RecordBusyError
from transcripts.errors.error_kinds import DamagedError
from transcripts.mail.ledger import Ledger, LedgerEntry
from transcripts.model import Chapter, Recording, Stage, Transcript
from transcripts.records.record import original_of

__all__ = [
    "ArchivedTexts",
    "choose_id",
    "find_by_content",
    "find_by_url",
    "put_beside",
    "read_ledger",
    "read_manifest",
    "read_recording",
    "read_texts",
    "record_ids",
    "recordings",
    "set_stage",
    "write_entry",
]

# Entries of one ledger are written by several processes: how often one tries, and how far apart.


@dataclass(frozen=True, slots=True)
class ArchivedTexts:
    """A stored record as people read it; `names` are the objects that it has."""

    recording: Recording
    transcript: Transcript
    chapters: tuple[Chapter, ...]
    proofreading: Proofreading = UNREAD
    names: frozenset[str] = frozenset()


def record_ids(storage: Storage) -> list[str]:
    """The ids of all complete records, oldest first."""
    return [each.recording.id for each in listing(storage)]


def recordings(storage: Storage) -> Iterator[Recording]:
    """`recording.json` of every complete record, oldest first."""
    yield from (each.recording for each in listing(storage))


def find_by_url(storage: Storage, url_fingerprint: str) -> Recording | None:
    """The record that was made from this address, if any."""
    return next((r for r in recordings(storage) if r.source.url_fingerprint == url_fingerprint), None)


def find_by_content(storage: Storage, sha256: str) -> Recording | None:
    """The record that was made from this content, wherever it came from."""
    return next((r for r in recordings(storage) if r.source.sha256 == sha256), None)


def choose_id(storage: Storage, day: date, title: str) -> str:
    """The address for a new record; publishing takes the next number if another source is faster."""
    return layout.new_record_id(day, title, taken=record_ids(storage))


def read_texts(storage: Storage, record_id: str) -> ArchivedTexts:
    """Recording, transcript and chapters of a record as people read them: what is corrected is corrected.

    Exactly the corrections that the present version's files contain. Raises KeyError when there is no record,
    DamagedError.
    """
    read = read_chosen(storage, record_id, _published_names)
    manifest, found = read.held.manifest, read.documents
    machine = parsed_machine_texts(found, record_id)
    contained = {name: found[name] for name in manifest.correction_names if name in found}
    corrections = parsed_corrections(contained, record_id)
    original = original_of(machine.recording, machine.transcript, machine.chapters, corrections)
    laid = overlaid(original, corrections)
    recording = as_read(machine.recording, laid)
    return ArchivedTexts(recording, laid.transcript, laid.chapters, laid.proofreading, manifest.names)


def _published_names(manifest: Manifest) -> Iterator[str]:
    yield from machine_names(manifest)
    for name in manifest.correction_names:
        if layout.correction_number(name) <= manifest.corrections:
            yield name


def read_ledger(storage: Storage, record_id: str) -> Ledger:
    """The ledger of a record, empty before its first announcement."""
    return _ledger_of(storage, record_id, read_manifest(storage, record_id))


def write_entry(
    storage: Storage,
    record_id: str,
    entry: LedgerEntry,
    seen: LedgerEntry | None,
    writer: MadeBy,
    message: bytes | None = None,
) -> None:
    """Put an entry of the ledger in the place of the one that was `seen`, with its mail if one is given.

    Raises RecordBusyError when it is not that one any more: another process
    announces this record too.
    """
    for _ in tries():
        held = current_manifest(storage, record_id)
        ledger = _ledger_of(storage, record_id, held.manifest)
        present = ledger.entry(entry.number, entry.channel)
        if present == entry:  # the answer to our last try was lost
            return
        if present != seen:
            break
        documents = {layout.LEDGER: ledger.with_entry(entry).to_json().encode()}
        if message is not None:
            documents[layout.message_name(entry.number)] = message
        try:
            _put_beside(storage, record_id, held, documents, writer)
            return
        except RecordBusyError:
            continue
    raise RecordBusyError(place=record_id)


def put_beside(
    storage: Storage, record_id: str, documents: dict[str, bytes], writer: MadeBy, tag: str | None = None
) -> None:
    """Store some documents of an existing record anew, without making a new version of it.

    Raises RecordBusyError when another writer changed the record meanwhile: since the manifest
    had this `tag`, if one is given.
    """
    held = current_manifest(storage, record_id)
    if tag is not None and tag != held.tag:
        raise RecordBusyError(place=record_id)
    _put_beside(storage, record_id, held, documents, writer)


def set_stage(storage: Storage, record_id: str, stage: Stage, writer: MadeBy) -> None:
    """Note how far a record has come; what others change in it meanwhile stays.

    Raises KeyError when there is no record, RecordBusyError.
    """
    for _ in tries():
        read = read_chosen(storage, record_id, lambda _: (layout.RECORDING,))
        recording = parsed_recording(read.documents[layout.RECORDING], record_id)
        if recording.stage is stage:
            return
        changed = recording.model_copy(update={"stage": stage})
        try:
            put_beside(
                storage, record_id, {layout.RECORDING: changed.to_json().encode()}, writer, read.held.tag
            )
            return
        except RecordBusyError:
            continue
    raise RecordBusyError(place=record_id)


def _put_beside(
    storage: Storage, record_id: str, held: StoredManifest, documents: dict[str, bytes], writer: MadeBy
) -> None:
    entries = [describe_bytes(name, content, writer).addressed() for name, content in documents.items()]
    manifest = held.manifest.with_objects(entries)
    naming = read_naming(storage, record_id)
    put_texts(storage, naming, manifest, documents)
    key = object_key(record_id, layout.MANIFEST)
    if storage.put_if(key, manifest.to_json().encode(), content_type(key), held.tag) is None:
        raise RecordBusyError(place=record_id)
    put_copies(storage, naming, documents)
    _drop_superseded(storage, record_id, held.manifest, manifest)


def _drop_superseded(storage: Storage, record_id: str, before: Manifest, after: Manifest) -> None:
    """Remove what only the manifest before named: no version can want it back.

    Nothing where a version's manifest cannot be read, for nobody knows then what it names.
    """
    named = {each.place for each in after.objects}
    if all(each.place in named for each in before.objects):
        return
    try:
        for version in history_versions(storage, record_id):
            named |= {each.place for each in read_history(storage, record_id, version).objects}
    except (KeyError, DamagedError):
        return
    for each in before.objects:
        if each.key is not None and each.place not in named:
            storage.delete(object_key(record_id, each.place))


def _ledger_of(storage: Storage, record_id: str, manifest: Manifest) -> Ledger:
    """As the manifest names it; an earlier program may have died before its manifest did.

    Raises DamagedError for a ledger that is named and gone, too: nobody may take that for
    "nothing was sent".
    """
    key = object_key(record_id, layout.LEDGER)
    if layout.LEDGER in manifest.names:
        found = read_documents(storage, record_id, [layout.LEDGER])
        return read_stored(Ledger, found[layout.LEDGER], key)
    try:
        return read_stored(Ledger, storage.get_bytes(key), key)
    except KeyError:
        return Ledger()
