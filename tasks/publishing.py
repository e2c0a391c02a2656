"""Publishes records: a first version, a new one, an earlier one again; whole or not at all.

The order makes it so, not a lock: media and texts, then the version's manifest in
`history/`, created only if there is none of that number, then `manifest.json`, compared
and set. A writer that dies in between leaves the record as it was, or a version that the
next writer brings forward. The claim keeps two writers from doing the work twice.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tasks.catalogue import is_listed, listing, update_catalogue
from tasks.claim import Claim, take_claim
from tasks.composing import NextVersion, Replacement, new_media, next_version, now, restored_version
from tasks.record_files import (
    Held,
    held_manifest,
    history_versions,
    put_copies,
    put_texts,
    read_documents,
    read_history,
    read_recording,
    renew_copies,
)
from tasks.storage import Storage
from tasks.stored import Advance
from transcripts import layout
from transcripts.catalogue import Imprint
from transcripts.errors import PermanentError, TemporaryError
from transcripts.layout import content_type, download_name, object_key
from transcripts.manifest import Manifest
from transcripts.media import LocalFile
from transcripts.model import Recording
from transcripts.record import Record, manifest_of, text_documents

PUBLISHING_TRIES = 20
LONGEST_PAUSE_SECONDS = 0.5
FIRST, REPLACED, RESTORED, REBUILT, CORRECTED = "first", "replaced", "restored", "rebuilt", "corrected"


@dataclass(frozen=True, slots=True)
class Published:
    """The record that the archive has now, and whether it was there before."""

    recording: Recording
    existed: bool


def publish(storage: Storage, record: Record, imprint: Imprint, advance: Advance | None = None) -> Published:
    """Store all of a record; leads to the existing one if its source is in the archive by now.

    The record's id gets a number if another source has this address. Raises TemporaryError
    `record_busy` while another writer publishes the same source.
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

    Raises PermanentError `record_unknown`, TemporaryError `record_busy`.
    """
    with _writing(storage, record_id) as (claim, held):
        recording = read_recording(storage, record_id)
        _put_media(storage, recording, new_media(held.manifest, new.media), advance)
        following = _composed(storage, record_id, held, new, imprint, REPLACED)
        return _commit_next(storage, record_id, held, following, claim, imprint)


def publish_corrections(storage: Storage, record_id: str, imprint: Imprint) -> Manifest:
    """Make a version whose texts contain all corrections; nothing happens if the present one's do.

    Tries again while others correct or publish. Raises PermanentError `record_unknown`, TemporaryError
    `record_busy` in the end.
    """
    for _ in range(PUBLISHING_TRIES):
        try:
            return _publish_corrections(storage, record_id, imprint)
        except TemporaryError as error:
            if error.code != "record_busy":
                raise
        time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 - only to part two writers
    return _publish_corrections(storage, record_id, imprint)


def restore(storage: Storage, record_id: str, version: int, imprint: Imprint) -> Manifest:
    """Make a new version with the content of an earlier one.

    Raises PermanentError `record_unknown` or `version_unknown`, TemporaryError `record_busy`.
    """
    with _writing(storage, record_id) as (claim, held):
        try:
            earlier = read_history(storage, record_id, version)
        except KeyError as error:
            raise PermanentError("version_unknown", record=record_id, version=str(version)) from error
        reason = f"{RESTORED} {version}"
        following = restored_version(storage, record_id, held.manifest, earlier, imprint, reason)
        return _commit_next(storage, record_id, held, following, claim, imprint)


def commit_rebuilt(storage: Storage, record_id: str, imprint: Imprint) -> int:
    """Make everything anew that is made from the transcript; a new version if anything differs.

    For a writer that holds the claim. Returns the present version's number; that of
    before where recording, transcript or chapters cannot be read.
    """
    held = _held(storage, record_id)
    try:
        held = keep_version(storage, record_id, held)
        nothing_new = Replacement(imprint.writer)
        following = next_version(storage, record_id, held.manifest, nothing_new, imprint, REBUILT)
    except (KeyError, PermanentError):
        return held.manifest.version
    put_texts(storage, read_recording(storage, record_id), following.manifest, following.documents)
    if following.manifest.has_same_content(held.manifest):
        return held.manifest.version
    return commit(storage, record_id, following.manifest, held.tag).version


def versions(storage: Storage, record_id: str) -> list[Manifest]:
    """The manifests of all versions, oldest first. Raises PermanentError `record_unknown`."""
    present = _held(storage, record_id).manifest
    kept = [read_history(storage, record_id, number) for number in history_versions(storage, record_id)]
    return [each for each in kept if each.version < present.version] + [present]


def commit(storage: Storage, record_id: str, manifest: Manifest, tag: str | None) -> Manifest:
    """Make a version visible whose objects are all there: history first, then `manifest.json`.

    Returns the manifest that now is. Raises TemporaryError `record_busy` when another
    writer's version came first; that one is visible then.
    """
    own = manifest.of_version()
    key = object_key(record_id, layout.history_name(manifest.version))
    if storage.put_if(key, own.to_json().encode(), content_type(key), None) is None:
        winner = read_history(storage, record_id, manifest.version)
        manifest = winner.with_objects(manifest.beside_version())
        _set_manifest(storage, record_id, manifest, tag)
        if not winner.has_same_content(own):
            raise TemporaryError("record_busy", place=record_id)
        return manifest
    _set_manifest(storage, record_id, manifest, tag)
    return manifest


def bring_forward(storage: Storage, record_id: str) -> Held | None:
    """The present manifest, after setting it to the newest version in the history.

    A writer may have died after it made a version and before it made it visible. None
    when there is no record.
    """
    held = _held_or_none(storage, record_id)
    newest = max(history_versions(storage, record_id), default=0)
    if newest <= (held.manifest.version if held else 0):
        return held
    manifest = read_history(storage, record_id, newest)
    if held is not None:
        manifest = manifest.with_objects(held.manifest.beside_version())
    _set_manifest(storage, record_id, manifest, held.tag if held else None)
    return _held_or_none(storage, record_id)


def keep_version(storage: Storage, record_id: str, held: Held) -> Held:
    """Note the present version in the history, if an earlier program did not.

    Its texts are copied to where nothing is overwritten, for the next version takes
    their plain places.
    """
    if held.manifest.version in history_versions(storage, record_id):
        return held
    recording = read_recording(storage, record_id)
    manifest = held.manifest.texts_addressed()
    plain = [
        each.name for each in held.manifest.objects if each.key is None and each.name not in layout.MEDIA
    ]
    put_texts(storage, recording, manifest, read_documents(storage, record_id, plain))
    commit(storage, record_id, manifest, held.tag)
    return _held(storage, record_id)


def _publish_corrections(storage: Storage, record_id: str, imprint: Imprint) -> Manifest:
    held = _held(storage, record_id)
    if not held.manifest.has_unpublished_corrections and is_listed(storage, record_id, held):
        return held.manifest
    with _writing(storage, record_id) as (claim, held):
        following = _composed(storage, record_id, held, Replacement(imprint.writer), imprint, CORRECTED)
        return _commit_next(storage, record_id, held, following, claim, imprint)


def _composed(
    storage: Storage, record_id: str, held: Held, new: Replacement, imprint: Imprint, reason: str
) -> NextVersion:
    """The next version. Raises TemporaryError `record_busy` where what it is made of changed meanwhile."""
    try:
        return next_version(storage, record_id, held.manifest, new, imprint, reason)
    except KeyError as error:
        if _held(storage, record_id).tag == held.tag:
            raise
        raise TemporaryError("record_busy", place=record_id) from error


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
    documents = text_documents(record, imprint.network_name)
    _put_media(storage, recording, record.media_files(), advance)
    manifest = manifest_of(record, documents, imprint.writer).texts_addressed()
    manifest = manifest.model_copy(update={"made_at": now(), "reason": FIRST})
    put_texts(storage, recording, manifest, documents)
    put_copies(storage, recording, documents)
    claim.assert_held()
    commit(storage, recording.id, manifest, None)
    update_catalogue(storage, imprint, anew=(recording.id,))
    return Published(recording, existed=False)


@contextmanager
def _writing(storage: Storage, record_id: str) -> Iterator[tuple[Claim, Held]]:
    """Claim an existing record; its present version is kept in the history."""
    bring_forward(storage, record_id)
    claim = take_claim(storage, record_id, _known(storage, record_id).source.url_fingerprint)
    if claim is None:
        raise TemporaryError("record_busy", place=record_id)
    with claim.held():
        yield claim, keep_version(storage, record_id, _held(storage, record_id))


def _commit_next(
    storage: Storage,
    record_id: str,
    held: Held,
    following: NextVersion,
    claim: Claim,
    imprint: Imprint,
) -> Manifest:
    """Store the texts, make the version visible, then renew the plain copies and the catalogue."""
    manifest = following.manifest
    if manifest.has_same_content(held.manifest):
        manifest = held.manifest  # an earlier try may have died before what follows
    else:
        put_texts(storage, read_recording(storage, record_id), manifest, following.documents)
        claim.assert_held()
        manifest = commit(storage, record_id, manifest, held.tag)
    renew_copies(storage, read_recording(storage, record_id), manifest)
    update_catalogue(storage, imprint, anew=(record_id,))
    return manifest


def _put_media(
    storage: Storage, recording: Recording, files: dict[str, LocalFile], advance: Advance | None
) -> None:
    """Store media files by their places; `advance` hears the bytes of all together."""
    before, total = 0, sum(file.size_bytes for file in files.values())
    for place, file in files.items():
        start = before

        def told(done: float, _: float | None, start: int = start) -> None:
            if advance:
                advance(start + done, total)

        saved_as = download_name(recording.recorded_on, recording.title, place)
        key = object_key(recording.id, place)
        storage.put_file(key, file.path, file.sha256, content_type(place), saved_as, told)
        before += file.size_bytes


def _set_manifest(storage: Storage, record_id: str, manifest: Manifest, tag: str | None) -> None:
    key, content = object_key(record_id, layout.MANIFEST), manifest.to_json().encode()
    if storage.put_if(key, content, content_type(key), tag) is None:
        raise TemporaryError("record_busy", place=record_id)


def _known(storage: Storage, record_id: str) -> Recording:
    try:
        return read_recording(storage, record_id)
    except KeyError as error:
        raise PermanentError("record_unknown", record=record_id) from error


def _held(storage: Storage, record_id: str) -> Held:
    held = _held_or_none(storage, record_id)
    if held is None:
        raise PermanentError("record_unknown", record=record_id)
    return held


def _held_or_none(storage: Storage, record_id: str) -> Held | None:
    try:
        return held_manifest(storage, record_id)
    except KeyError:
        return None
