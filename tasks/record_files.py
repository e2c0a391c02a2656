"""Reads and writes the single files of a record: manifest, history, texts.

Nothing that a manifest names is ever overwritten, but for `manifest.json` itself,
which is compared and set; so readers never see two versions mixed.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256

from pydantic import ValidationError

from tasks.storage import Storage
from transcripts import layout
from transcripts.errors import PermanentError
from transcripts.layout import content_type, download_name, object_key
from transcripts.manifest import Manifest, ManifestObject
from transcripts.model import Recording

FEW_TEXTS = 8
TEXTS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Held:
    """A record's manifest as it was read: the document, its bytes, and the tag to compare and set."""

    manifest: Manifest
    content: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class ReadDocuments:
    """Some texts of a record by their names, and the manifest that names them."""

    held: Held
    documents: dict[str, bytes]


def held_manifest(storage: Storage, record_id: str) -> Held:
    """The present manifest. Raises KeyError when there is none, PermanentError `object_damaged`."""
    tagged = storage.get_tagged(object_key(record_id, layout.MANIFEST))
    return Held(_parsed(tagged.content, record_id, layout.MANIFEST), tagged.content, tagged.tag)


def read_manifest(storage: Storage, record_id: str) -> Manifest:
    """The manifest of a record. Raises KeyError when there is none, PermanentError `object_damaged`."""
    return held_manifest(storage, record_id).manifest


def read_documents(storage: Storage, record_id: str, names: Iterable[str]) -> dict[str, bytes]:
    """Some texts of a record, all of one version, each compared with its SHA-256.

    Raises KeyError when the record or a text is missing, PermanentError `object_damaged`.
    """
    wanted = tuple(names)
    return read_chosen(storage, record_id, lambda _: wanted).documents


def read_chosen(
    storage: Storage, record_id: str, choose: Callable[[Manifest], Iterable[str]]
) -> ReadDocuments:
    """The same, where the manifest itself tells which texts they are."""
    held = held_manifest(storage, record_id)
    while True:
        try:
            return ReadDocuments(held, documents_at(storage, record_id, held.manifest, choose(held.manifest)))
        except (KeyError, PermanentError):
            newer = held_manifest(storage, record_id)
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
    """`recording.json` of a record. Raises KeyError when there is none."""
    return Recording.model_validate_json(
        read_documents(storage, record_id, [layout.RECORDING])[layout.RECORDING]
    )


def history_versions(storage: Storage, record_id: str) -> list[int]:
    """The numbers of the versions whose manifests are kept, oldest first."""
    below = storage.list_objects(object_key(record_id, layout.HISTORY))
    names = (each.key.rsplit("/", 1)[-1].removesuffix(".json") for each in below)
    return sorted(int(name) for name in names if name.isdecimal())


def read_history(storage: Storage, record_id: str, version: int) -> Manifest:
    """The manifest of a version. Raises KeyError when there is none."""
    name = layout.history_name(version)
    return _parsed(storage.get_bytes(object_key(record_id, name)), record_id, name)


def put_texts(
    storage: Storage, recording: Recording, manifest: Manifest, documents: dict[str, bytes]
) -> None:
    """Store texts at the places that the manifest gives them."""
    for name, content in documents.items():
        put_text(storage, recording, manifest.named(name).place, name, content)


def put_copies(storage: Storage, recording: Recording, documents: dict[str, bytes]) -> None:
    """Store texts under their plain names, the page last."""
    for name in sorted(documents, key=lambda each: each == layout.PAGE):
        put_text(storage, recording, name, name, documents[name])


def renew_copies(storage: Storage, recording: Recording, manifest: Manifest) -> list[str]:
    """Put the plain copies that are missing or not this version's; returns their names."""
    stale = [
        each.name for each in manifest.objects if each.is_copied and not _is_copy(storage, recording.id, each)
    ]
    put_copies(storage, recording, read_documents(storage, recording.id, stale))
    return stale


def put_text(storage: Storage, recording: Recording, place: str, name: str, content: bytes) -> None:
    """Store one text below the record's folder."""
    saved_as = download_name(recording.recorded_on, recording.title, name)
    storage.put_bytes(object_key(recording.id, place), content, content_type(name), saved_as)


def _is_copy(storage: Storage, record_id: str, described: ManifestObject) -> bool:
    try:
        held = storage.get_bytes(object_key(record_id, described.name))
    except KeyError:
        return False
    return sha256(held).hexdigest() == described.sha256


def _read(storage: Storage, record_id: str, manifest: Manifest, name: str) -> bytes:
    described = manifest.named(name)
    content = storage.get_bytes(object_key(record_id, described.place))
    if sha256(content).hexdigest() != described.sha256:
        raise PermanentError("object_damaged", record=record_id, name=described.place)
    return content


def _parsed(content: bytes, record_id: str, name: str) -> Manifest:
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise PermanentError("object_damaged", record=record_id, name=name) from error
