"""Makes versions of a record visible, of whatever kind it is: whole or not at all.

The order makes it so, not a lock: media and texts, then the version's manifest in
`history/`, created only if there is none of that number, then `manifest.json`, compared
and set. A writer that dies in between leaves the record as it was, or a version that the
next writer brings forward. The claim keeps two writers from doing the work twice.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.next_version import NextVersion
from tasks.archive.record_claims import Claim, take_claim
from tasks.archive.record_files import (
    Naming,
    StoredManifest,
    current_manifest,
    history_versions,
    put_texts,
    read_documents,
    read_history,
    read_naming,
    read_source_key,
    renew_copies,
)
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_objects import Advance
from transcripts.archive import layout
from transcripts.archive.catalogue import Imprint
from transcripts.archive.layout import content_type, object_key
from transcripts.archive.manifest import Manifest
from transcripts.errors.archive_errors import RecordBusyError, RecordUnknownError
from transcripts.errors.error_kinds import DamagedError
from transcripts.media.media_values import LocalFile


def commit(storage: Storage, record_id: str, manifest: Manifest, tag: str | None) -> Manifest:
    """Make a version visible whose objects are all there: history first, then `manifest.json`.

    Returns the manifest that now is. Raises RecordBusyError when another
    writer's version came first; that one is visible then.
    """
    own = manifest.of_version()
    key = object_key(record_id, layout.history_name(manifest.version))
    if storage.put_if(key, own.to_json().encode(), content_type(key), None) is None:
        winner = read_history(storage, record_id, manifest.version)
        manifest = winner.with_objects(manifest.beside_version())
        _set_manifest(storage, record_id, manifest, tag)
        if not winner.has_same_content(own):
            raise RecordBusyError(place=record_id)
        return manifest
    _set_manifest(storage, record_id, manifest, tag)
    return manifest


def bring_forward(storage: Storage, record_id: str) -> StoredManifest | None:
    """The present manifest, after setting it to the newest version in the history.

    A writer may have died after it made a version and before it made it visible. None
    when there is no record.
    """
    held = _current_or_none(storage, record_id)
    newest = max(history_versions(storage, record_id), default=0)
    if newest <= (held.manifest.version if held else 0):
        return held
    manifest = read_history(storage, record_id, newest)
    if held is not None:
        manifest = manifest.with_objects(held.manifest.beside_version())
    _set_manifest(storage, record_id, manifest, held.tag if held else None)
    return _current_or_none(storage, record_id)


def keep_version(storage: Storage, record_id: str, held: StoredManifest) -> StoredManifest:
    """Note the present version in the history, if an earlier program did not.

    Its texts are copied to where nothing is overwritten, for the next version takes
    their plain places.
    """
    if held.manifest.version in history_versions(storage, record_id):
        return held
    naming = read_naming(storage, record_id)
    manifest = held.manifest.texts_addressed()
    plain = [
        each.name for each in held.manifest.objects if each.key is None and not layout.is_medium(each.name)
    ]
    put_texts(storage, naming, manifest, read_documents(storage, record_id, plain))
    commit(storage, record_id, manifest, held.tag)
    return held_version(storage, record_id)


def composed(
    storage: Storage, record_id: str, held: StoredManifest, compose: Callable[[], NextVersion]
) -> NextVersion:
    """The next version. Raises RecordBusyError where what it is made of changed meanwhile."""
    try:
        return compose()
    except (KeyError, DamagedError) as error:
        if held_version(storage, record_id).tag == held.tag:
            raise
        raise RecordBusyError(place=record_id) from error


@contextmanager
def writing(storage: Storage, record_id: str) -> Iterator[tuple[Claim, StoredManifest]]:
    """Claim an existing record; its present version is kept in the history."""
    bring_forward(storage, record_id)
    claim = take_claim(storage, record_id, _known_source(storage, record_id))
    if claim is None:
        raise RecordBusyError(place=record_id)
    with claim.held():
        yield claim, keep_version(storage, record_id, held_version(storage, record_id))


def commit_next(
    storage: Storage,
    record_id: str,
    held: StoredManifest,
    following: NextVersion,
    claim: Claim,
    imprint: Imprint,
) -> Manifest:
    """Store the texts, make the version visible, then renew the plain copies and the catalogue."""
    manifest = following.manifest
    if manifest.has_same_content(held.manifest):
        manifest = held.manifest  # an earlier try may have died before what follows
    else:
        put_texts(storage, read_naming(storage, record_id), manifest, following.documents)
        claim.assert_held()
        manifest = commit(storage, record_id, manifest, held.tag)
    renew_copies(storage, read_naming(storage, record_id), manifest)
    update_catalogue(storage, imprint, anew=(record_id,))
    return manifest


def put_media(
    storage: Storage, naming: Naming, files: Mapping[str, LocalFile], advance: Advance | None
) -> None:
    """Store media files by their places; `advance` hears the bytes of all together."""
    before, total = 0, sum(file.size_bytes for file in files.values())
    for place, file in files.items():
        start = before

        def told(done: float, _: float | None, start: int = start) -> None:
            if advance:
                advance(start + done, total)

        key = object_key(naming.record_id, place)
        storage.put_file(key, file.path, file.sha256, content_type(place), naming.saved_as(place), told)
        before += file.size_bytes


def _set_manifest(storage: Storage, record_id: str, manifest: Manifest, tag: str | None) -> None:
    key, content = object_key(record_id, layout.MANIFEST), manifest.to_json().encode()
    if storage.put_if(key, content, content_type(key), tag) is None:
        raise RecordBusyError(place=record_id)


def _known_source(storage: Storage, record_id: str) -> str:
    try:
        return read_source_key(storage, record_id)
    except KeyError as error:
        raise RecordUnknownError(record=record_id) from error


def held_version(storage: Storage, record_id: str) -> StoredManifest:
    """The present manifest. Raises RecordUnknownError, DamagedError."""
    held = _current_or_none(storage, record_id)
    if held is None:
        raise RecordUnknownError(record=record_id)
    return held


def _current_or_none(storage: Storage, record_id: str) -> StoredManifest | None:
    try:
        return current_manifest(storage, record_id)
    except KeyError:
        return None
