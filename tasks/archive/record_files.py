"""Reads and writes the single files of a record: manifest, history, texts.

Nothing that a manifest names is ever overwritten, but for `manifest.json` itself,
which is compared and set; so readers never see two versions mixed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import damage_of, read_stored
from transcripts.archive import layout
from transcripts.archive.download_names import download_name
from transcripts.archive.layout import content_type, object_key
from transcripts.archive.manifest import Manifest, ManifestObject
from transcripts.documents.document_record import DocumentRecord
from transcripts.errors.error_kinds import DamagedError
from transcripts.media.media_values import LocalFile
from transcripts.model import Recording

_VERSION = re.compile(r"[0-9]{1,7}")
FEW_TEXTS = 8
TEXTS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class StoredManifest:
    """A record's manifest as it was read: the document, its bytes, and the tag to compare and set."""

    manifest: Manifest
    content: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class ReadDocuments:
    """Some texts of a record by their names, and the manifest that names them."""

    held: StoredManifest
    documents: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Naming:
    """A record by what its files are called after: its id, its day, its title."""

    record_id: str
    day: date
    title: str

    def saved_as(self, name: str) -> str:
        """What one of its files is called when somebody saves it."""
        return download_name(self.day, self.title, name)


def current_manifest(storage: Storage, record_id: str) -> StoredManifest:
    """The present manifest. Raises KeyError when there is none, DamagedError."""
    key = object_key(record_id, layout.MANIFEST)
    tagged = storage.get_tagged(key)
    return StoredManifest(read_stored(Manifest, tagged.content, key), tagged.content, tagged.tag)


def read_manifest(storage: Storage, record_id: str) -> Manifest:
    """The manifest of a record. Raises KeyError when there is none, DamagedError."""
    return current_manifest(storage, record_id).manifest


def read_documents(storage: Storage, record_id: str, names: Iterable[str]) -> dict[str, bytes]:
    """Some texts of a record, all of one version, each compared with its SHA-256.

    Raises KeyError when there is no such record or its manifest does not name a text, DamagedError for a text
    that is lost or not what was stored.
    """
    wanted = tuple(names)
    return read_chosen(storage, record_id, lambda _: wanted).documents


def read_chosen(
    storage: Storage, record_id: str, choose: Callable[[Manifest], Iterable[str]]
) -> ReadDocuments:
    """The same, where the manifest itself tells which texts they are."""
    held = current_manifest(storage, record_id)
    while True:
        try:
            return ReadDocuments(held, documents_at(storage, record_id, held.manifest, choose(held.manifest)))
        except (KeyError, DamagedError):
            newer = current_manifest(storage, record_id)
            if newer.manifest == held.manifest:
                raise
            held = newer  # it was changed while we read


def documents_at(
    storage: Storage, record_id: str, manifest: Manifest, names: Iterable[str]
) -> dict[str, bytes]:
    """Some texts as a manifest names them, also an earlier one. Raises what `read_documents` raises.

    Several at once: a record that was corrected often has hundreds of small ones.
    """
    wanted = tuple(names)
    if len(wanted) <= FEW_TEXTS:
        return {name: _read(storage, record_id, manifest, name) for name in wanted}
    with ThreadPoolExecutor(TEXTS_AT_ONCE) as pool:
        contents = pool.map(lambda name: _read(storage, record_id, manifest, name), wanted)
        return dict(zip(wanted, contents, strict=True))


def read_recording(storage: Storage, record_id: str) -> Recording:
    """`recording.json` of a record. Raises KeyError when there is none, DamagedError."""
    found = read_documents(storage, record_id, [layout.RECORDING])
    return parsed_recording(found[layout.RECORDING], record_id)


def parsed_recording(content: bytes, record_id: str) -> Recording:
    """`recording.json` that was read. Raises DamagedError, also for what another record says of itself."""
    key = object_key(record_id, layout.RECORDING)
    recording = read_stored(Recording, content, key)
    if recording.id != record_id:
        raise damage_of(key)
    return recording


def read_document_record(storage: Storage, record_id: str) -> DocumentRecord:
    """`document.json` of a document. Raises KeyError when there is none, DamagedError."""
    found = read_documents(storage, record_id, [layout.DOCUMENT])
    return parsed_document(found[layout.DOCUMENT], record_id)


def parsed_document(content: bytes, record_id: str) -> DocumentRecord:
    """`document.json` that was read. Raises DamagedError, also for what another document says of itself."""
    key = object_key(record_id, layout.DOCUMENT)
    document = read_stored(DocumentRecord, content, key)
    if document.id != record_id:
        raise damage_of(key)
    return document


def read_naming(storage: Storage, record_id: str) -> Naming:
    """What the files of a record are called when they are saved. Raises KeyError, DamagedError."""
    if layout.is_document(record_id):
        return naming_of_document(read_document_record(storage, record_id))
    return naming_of(read_recording(storage, record_id))


def read_source_key(storage: Storage, record_id: str) -> str:
    """By what the source of a record is known again, as the claims of its writers say it.

    Raises KeyError when there is no such record, DamagedError.
    """
    if layout.is_document(record_id):
        return read_document_record(storage, record_id).original_sha256
    return read_recording(storage, record_id).source.url_fingerprint


def naming_of(recording: Recording) -> Naming:
    """The same of a recording that was read."""
    return Naming(recording.id, recording.recorded_on, recording.title)


def naming_of_document(document: DocumentRecord) -> Naming:
    """The same of a document that was read."""
    return Naming(document.id, document.handed_in_at.date(), document.details.title)


def history_versions(storage: Storage, record_id: str) -> list[int]:
    """The numbers of the versions whose manifests are kept, oldest first."""
    below = storage.list_objects(object_key(record_id, layout.HISTORY))
    names = (each.key.rsplit("/", 1)[-1].removesuffix(".json") for each in below)
    return sorted(int(name) for name in names if _VERSION.fullmatch(name))


def read_history(storage: Storage, record_id: str, version: int) -> Manifest:
    """The manifest of a version. Raises KeyError when there is none, DamagedError."""
    key = object_key(record_id, layout.history_name(version))
    return read_stored(Manifest, storage.get_bytes(key), key)


def put_texts(storage: Storage, naming: Naming, manifest: Manifest, documents: dict[str, bytes]) -> None:
    """Store texts at the places that the manifest gives them."""
    for name, content in documents.items():
        put_text(storage, naming, manifest.named(name).place, name, content)


def put_copies(storage: Storage, naming: Naming, documents: dict[str, bytes]) -> None:
    """Store texts under their plain names, the page last."""
    for name in sorted(documents, key=lambda each: each == layout.PAGE):
        put_text(storage, naming, name, name, documents[name])


def renew_copies(storage: Storage, naming: Naming, manifest: Manifest) -> list[str]:
    """Put the plain copies that are missing or not this version's; returns their names."""
    record_id = naming.record_id
    stale = [
        each.name for each in manifest.objects if each.is_copied and not _is_copy(storage, record_id, each)
    ]
    put_copies(storage, naming, read_documents(storage, record_id, stale))
    return stale


def put_text(storage: Storage, naming: Naming, place: str, name: str, content: bytes) -> None:
    """Store one text below the record's folder."""
    key = object_key(naming.record_id, place)
    storage.put_bytes(key, content, content_type(name), naming.saved_as(name))


def _is_copy(storage: Storage, record_id: str, described: ManifestObject) -> bool:
    try:
        held = storage.get_bytes(object_key(record_id, described.name))
    except (KeyError, DamagedError):
        return False
    return sha256(held).hexdigest() == described.sha256


def _read(storage: Storage, record_id: str, manifest: Manifest, name: str) -> bytes:
    described = manifest.named(name)
    key = object_key(record_id, described.place)
    try:
        content = storage.get_bytes(key)
    except KeyError as error:
        raise damage_of(key) from error
    if sha256(content).hexdigest() != described.sha256:
        raise damage_of(key)
    return content


def written_by_source(files: Mapping[str, LocalFile]) -> dict[str, bytes]:
    """What the source had in writing, to be kept as it is. Raises OSError."""
    return {name: file.path.read_bytes() for name, file in files.items()}
