"""Copies records from one archive to another, byte for byte; a broken copy goes on where it stopped.

Per record, everything that its manifests name goes first, then the history, then
`manifest.json`: the copy appears whole, as any record does.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from tasks.archive.record_files import Naming, StoredManifest, current_manifest, read_naming
from tasks.archive.verification import RecordState, state_of
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import damage_of
from transcripts.archive import layout
from transcripts.archive.layout import content_type, object_key
from transcripts.archive.manifest import ManifestObject
from transcripts.errors.archive_errors import CopyDiffersError, RecordBusyError
from transcripts.errors.error_kinds import TemporaryError


@dataclass(frozen=True, slots=True)
class Copied:
    """One record in its new home, and how much of it was sent now."""

    record_id: str
    objects: int
    size_bytes: int


def copy_record(source: Storage, target: Storage, record_id: str) -> Copied:
    """Bring one record to `target`, with all its versions.

    Raises KeyError for a folder that holds no record, DamagedError for a record that is not whole, and
    CopyDiffersError when `target` has another one at this address.
    """
    held, state = current_manifest(source, record_id), state_of(source, record_id)
    if state.damaged:
        raise damage_of(object_key(record_id, state.damaged[0]))
    existing = _existing(target, record_id)
    if existing is not None and not _is_earlier(existing, held, state):
        raise CopyDiffersError(record=record_id, place=target.location(""))
    sent = list(_copy_objects(source, target, state, read_naming(source, record_id)))
    for number in sorted(state.history):
        _put_once(target, record_id, layout.history_name(number), source)
    tag = existing.tag if existing else None
    key = object_key(record_id, layout.MANIFEST)
    if target.put_if(key, held.content, content_type(key), tag) is None:
        raise RecordBusyError(place=record_id)
    return Copied(record_id, len(sent), sum(sent))


def _is_earlier(existing: StoredManifest, held: StoredManifest, state: RecordState) -> bool:
    """Whether the record there is this one, now or as it was in an earlier version."""
    if existing.content == held.content:
        return True
    known = state.history.get(existing.manifest.version, held.manifest)
    return _contents(existing.manifest.objects) <= _contents(known.objects) | _contents(held.manifest.objects)


def _contents(objects: tuple[ManifestObject, ...]) -> set[str]:
    """What tells one record from another: media, texts and corrections, not its stage, details and mails."""
    changing = (layout.RECORDING, layout.DOCUMENT, layout.ANNOUNCEMENT)
    return {f"{each.name} {each.sha256}" for each in objects if not each.name.startswith(changing)}


def _copy_objects(source: Storage, target: Storage, state: RecordState, naming: Naming) -> Iterator[int]:
    """Send what is not there yet; yields the bytes of each object sent. Plain copies overwrite theirs."""
    for place, described in (state.needed | state.copies).items():
        key = object_key(state.record_id, place)
        if _noted(target, key) == described.sha256:
            continue
        saved_as = naming.saved_as(described.name)
        try:
            with source.as_file(key) as path:
                target.put_file(key, path, described.sha256, described.content_type, saved_as)
        except (KeyError, TemporaryError) as error:
            if isinstance(error, KeyError) or source.sha256_of(key) != described.sha256:
                raise damage_of(key) from error
            raise
        yield described.size_bytes


def _put_once(target: Storage, record_id: str, place: str, source: Storage) -> None:
    """Store a version's manifest, which never changes. Raises CopyDiffersError."""
    key = object_key(record_id, place)
    content = source.get_bytes(key)
    if target.put_if(key, content, content_type(key), None) is None and target.get_bytes(key) != content:
        raise CopyDiffersError(record=record_id, place=target.location(""))


def _existing(target: Storage, record_id: str) -> StoredManifest | None:
    with suppress(KeyError):
        return current_manifest(target, record_id)
    return None


def _noted(target: Storage, key: str) -> str | None:
    with suppress(KeyError):
        return target.noted_sha256(key)
    return None
