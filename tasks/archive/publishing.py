"""Publishes recordings: a first version and a new one; and what holds for records of both kinds.

How a version becomes visible is in `tasks.archive.version_commits`; what is special to documents in
`tasks.archive.document_publishing`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tasks.archive.catalogue_store import is_listed, listing, update_catalogue
from tasks.archive.document_versions import DocumentReplacement, next_document, restored_document
from tasks.archive.next_version import (
    NextVersion,
    Replacement,
    new_media,
    next_version,
    now,
    restored_version,
)
from tasks.archive.record_claims import Claim, take_claim
from tasks.archive.record_files import (
    StoredManifest,
    history_versions,
    naming_of,
    put_copies,
    put_texts,
    read_history,
    read_naming,
    read_recording,
    written_by_source,
)
from tasks.archive.version_commits import (
    bring_forward,
    commit,
    commit_next,
    composed,
    held_version,
    keep_version,
    put_media,
    writing,
)
from tasks.storage.contested import tries
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_objects import Advance
from transcripts.archive import layout
from transcripts.archive.catalogue import Imprint
from transcripts.archive.manifest import Manifest
from transcripts.errors.archive_errors import RecordBusyError, RecordUnknownError, VersionUnknownError
from transcripts.errors.error_kinds import PermanentError
from transcripts.model import Recording
from transcripts.records.record import Record, manifest_of, text_documents

FIRST, REPLACED, RESTORED, REBUILT, CORRECTED = "first", "replaced", "restored", "rebuilt", "corrected"


@dataclass(frozen=True, slots=True)
class Published:
    """The record that the archive has now, and whether it was there before."""

    recording: Recording
    existed: bool


def publish(storage: Storage, record: Record, imprint: Imprint, advance: Advance | None = None) -> Published:
    """Store all of a record; leads to the existing one if its source is in the archive by now.

    The record's id gets a number if another source has this address. Raises
    RecordBusyError while another writer publishes the same source.
    """
    for record_id in _addresses(storage, record.recording):
        placed = replace(record, recording=record.recording.model_copy(update={"id": record_id}))
        existing = _existing(storage, record_id)
        if existing is not None:
            if _is_same_source(existing, record.recording):
                update_catalogue(storage, imprint)  # whoever made it may have died before this
                return Published(existing, existed=True)
            continue
        claim = take_claim(storage, record_id, record.recording.source.url_fingerprint)
        if claim is not None:
            with claim.held():
                published = _publish_first(storage, placed, imprint, claim, advance)
            if published is not None:
                return published
    raise AssertionError("there is always a next number")


def replace_content(
    storage: Storage, record_id: str, new: Replacement, imprint: Imprint, advance: Advance | None = None
) -> Manifest:
    """Make a new version with other media or another transcript; all addresses stay.

    Raises RecordUnknownError, also for a document; RecordBusyError.
    """
    if layout.is_document(record_id):
        raise RecordUnknownError(record=record_id)
    with writing(storage, record_id) as (claim, held):
        recording = read_recording(storage, record_id)
        put_media(storage, naming_of(recording), new_media(held.manifest, new.media), advance)
        following = composed(
            storage,
            record_id,
            held,
            lambda: next_version(storage, record_id, held.manifest, new, imprint, REPLACED),
        )
        return commit_next(storage, record_id, held, following, claim, imprint)


def publish_corrections(storage: Storage, record_id: str, imprint: Imprint) -> Manifest:
    """Make a version whose texts contain all corrections; nothing happens if the present one's do.

    Tries again while others correct or publish. Raises RecordUnknownError,
    RecordBusyError in the end.
    """
    for _ in tries():
        try:
            return _publish_corrections(storage, record_id, imprint)
        except RecordBusyError:
            continue
    return _publish_corrections(storage, record_id, imprint)


def restore(storage: Storage, record_id: str, version: int, imprint: Imprint) -> Manifest:
    """Make a new version with the content of an earlier one.

    Raises RecordUnknownError or VersionUnknownError, RecordBusyError.
    """
    with writing(storage, record_id) as (claim, held):
        try:
            earlier = read_history(storage, record_id, version)
        except KeyError as error:
            raise VersionUnknownError(record=record_id, version=str(version)) from error
        reason = f"{RESTORED} {version}"
        restored = restored_document if layout.is_document(record_id) else restored_version
        following = restored(storage, record_id, held.manifest, earlier, imprint, reason)
        return commit_next(storage, record_id, held, following, claim, imprint)


def commit_rebuilt(storage: Storage, record_id: str, imprint: Imprint) -> int:
    """Make everything anew that is made from the transcript; a new version if anything differs.

    For a writer that holds the claim. Returns the present version's number; that of
    before where recording, transcript or chapters cannot be read.
    """
    held = held_version(storage, record_id)
    try:
        held = keep_version(storage, record_id, held)
        following = _anew(storage, record_id, held, imprint, REBUILT)
    except (KeyError, PermanentError):
        return held.manifest.version
    put_texts(storage, read_naming(storage, record_id), following.manifest, following.documents)
    if following.manifest.has_same_content(held.manifest):
        return held.manifest.version
    return commit(storage, record_id, following.manifest, held.tag).version


def versions(storage: Storage, record_id: str) -> list[Manifest]:
    """The manifests of all versions, oldest first. Raises RecordUnknownError."""
    present = held_version(storage, record_id).manifest
    kept = [read_history(storage, record_id, number) for number in history_versions(storage, record_id)]
    return [each for each in kept if each.version < present.version] + [present]


def _publish_corrections(storage: Storage, record_id: str, imprint: Imprint) -> Manifest:
    held = held_version(storage, record_id)
    if not held.manifest.has_unpublished_corrections and is_listed(storage, record_id, held):
        return held.manifest
    with writing(storage, record_id) as (claim, held):
        following = composed(
            storage, record_id, held, lambda: _anew(storage, record_id, held, imprint, CORRECTED)
        )
        return commit_next(storage, record_id, held, following, claim, imprint)


def _anew(
    storage: Storage, record_id: str, held: StoredManifest, imprint: Imprint, reason: str
) -> NextVersion:
    """The version after the present one, everything made anew of what it is made of."""
    if layout.is_document(record_id):
        nothing_new = DocumentReplacement(imprint.writer)
        return next_document(storage, record_id, held.manifest, nothing_new, imprint, reason)
    return next_version(storage, record_id, held.manifest, Replacement(imprint.writer), imprint, reason)


def _addresses(storage: Storage, recording: Recording) -> Iterator[str]:
    """The wished id, then the next numbers of the same name."""
    yield recording.id
    taken = {recording.id, *(each.recording.id for each in listing(storage))}
    while True:
        record_id = layout.new_record_id(recording.recorded_on, recording.title, taken)
        taken.add(record_id)
        yield record_id


def _existing(storage: Storage, record_id: str) -> Recording | None:
    return read_recording(storage, record_id) if bring_forward(storage, record_id) else None


def _is_same_source(one: Recording, other: Recording) -> bool:
    same_content = bool(one.source.sha256) and one.source.sha256 == other.source.sha256
    return same_content or one.source.url_fingerprint == other.source.url_fingerprint


def _publish_first(
    storage: Storage, record: Record, imprint: Imprint, claim: Claim, advance: Advance | None
) -> Published | None:
    """Under the claim; None when another source was faster after all."""
    recording = record.recording
    existing = _existing(storage, recording.id)
    if existing is not None:
        return Published(existing, existed=True) if _is_same_source(existing, recording) else None
    documents = text_documents(record, imprint.network_name) | written_by_source(record.of_source)
    put_media(storage, naming_of(recording), record.media_files(), advance)
    manifest = manifest_of(record, documents, imprint.writer).texts_addressed()
    manifest = manifest.model_copy(update={"made_at": now(), "reason": FIRST})
    put_texts(storage, naming_of(recording), manifest, documents)
    put_copies(storage, naming_of(recording), documents)
    claim.assert_held()
    commit(storage, recording.id, manifest, None)
    update_catalogue(storage, imprint, anew=(recording.id,))
    return Published(recording, existed=False)
