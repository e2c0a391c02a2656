"""Reads and writes the single files of a record: manifest, history, texts.

Nothing that a manifest names is ever overwritten, but for `manifest.json` itself,
which is compared and set; so readers never see two versions mixed.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from pydantic import ValidationError

from tasks.storage import Storage
from transcripts import layout
from transcripts.corrections import Correction, correction_name, correction_numbers
from transcripts.errors import PermanentError, TemporaryError
from transcripts.layout import content_type, download_name, object_key
from transcripts.manifest import Manifest, ManifestObject
from transcripts.model import Recording, Transcript
from transcripts.overlay import Texts
from transcripts.record import chapters_of

CORRECTIONS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Held:
    """A record's manifest as it was read: the document, its bytes, and the tag to compare and set."""

    manifest: Manifest
    content: bytes
    tag: str


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
    wanted, manifest = tuple(names), read_manifest(storage, record_id)
    while True:
        try:
            return {name: _read(storage, record_id, manifest, name) for name in wanted}
        except (KeyError, PermanentError):
            newer = read_manifest(storage, record_id)
            if newer == manifest:
                raise
            manifest = newer  # it was changed while we read


def read_recording(storage: Storage, record_id: str) -> Recording:
    """`recording.json` of a record. Raises KeyError when there is none."""
    return Recording.model_validate_json(
        read_documents(storage, record_id, [layout.RECORDING])[layout.RECORDING]
    )


@contextmanager
def unchanged(storage: Storage, record_id: str, manifest: Manifest) -> Iterator[None]:
    """For reading what the present manifest names: raises TemporaryError `record_busy` instead of KeyError
    where something is gone because another writer changed the manifest meanwhile."""
    try:
        yield
    except KeyError as error:
        if read_manifest(storage, record_id) == manifest:
            raise
        raise TemporaryError("record_busy", place=record_id) from error


def published_transcript(manifest: Manifest) -> str:
    """The name of the transcript as it is to be read: the corrected one, once there is one."""
    return layout.CORRECTED if layout.CORRECTED in manifest.names else layout.TRANSCRIPT


def read_machine_texts(storage: Storage, record_id: str, manifest: Manifest) -> Texts:
    """What the machine made of a record, without people's corrections, by this manifest.

    Raises KeyError when a text is missing, PermanentError `object_damaged`.
    """
    chapters = layout.MACHINE_CHAPTERS if layout.MACHINE_CHAPTERS in manifest.names else layout.CHAPTERS
    read = {
        name: _read(storage, record_id, manifest, name)
        for name in (layout.RECORDING, layout.TRANSCRIPT, chapters)
    }
    return Texts(
        recording=Recording.model_validate_json(read[layout.RECORDING]),
        transcript=Transcript.model_validate_json(read[layout.TRANSCRIPT]),
        chapters=chapters_of(read[chapters]),
    )


def read_log(storage: Storage, record_id: str, manifest: Manifest) -> tuple[Correction, ...]:
    """The corrections that this manifest names, oldest first.

    Raises KeyError when one is missing, PermanentError `object_damaged`.
    """
    names = [correction_name(number) for number in correction_numbers(manifest.names)]
    with ThreadPoolExecutor(CORRECTIONS_AT_ONCE) as pool:
        contents = pool.map(lambda name: _read(storage, record_id, manifest, name), names)
        return tuple(Correction.model_validate_json(content) for content in contents)


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
