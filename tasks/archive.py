"""Reads and writes records in a storage. A record exists when its manifest does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tasks.storage import Storage
from transcripts import layout
from transcripts.layout import content_type, object_key
from transcripts.ledger import Ledger
from transcripts.manifest import MadeBy, Manifest, describe_bytes
from transcripts.model import Chapter, Recording, Transcript
from transcripts.record import Record, manifest_of, text_documents


@dataclass(frozen=True, slots=True)
class ArchivedTexts:
    """What an announcement needs of a stored record."""

    recording: Recording
    transcript: Transcript
    chapters: tuple[Chapter, ...]


def record_ids(storage: Storage) -> list[str]:
    """The ids of all complete records, oldest first."""
    return [each for each in storage.list_folders(layout.RECORDINGS) if _is_complete(storage, each)]


def recordings(storage: Storage) -> Iterator[Recording]:
    """`recording.json` of every complete record, oldest first."""
    for record_id in record_ids(storage):
        yield read_recording(storage, record_id)


def read_recording(storage: Storage, record_id: str) -> Recording:
    """`recording.json` of a record. Raises KeyError when there is none."""
    return Recording.model_validate_json(storage.get_bytes(object_key(record_id, layout.RECORDING)))


def find_by_url(storage: Storage, url_fingerprint: str) -> Recording | None:
    """The record that was made from this address, if any."""
    return next((r for r in recordings(storage) if r.source.url_fingerprint == url_fingerprint), None)


def find_by_content(storage: Storage, sha256: str) -> Recording | None:
    """The record that was made from this content, wherever it came from."""
    return next((r for r in recordings(storage) if r.source.sha256 == sha256), None)


def choose_id(storage: Storage, day: date, title: str) -> str:
    """The address for a new record; what an interrupted run left half-written is written over."""
    return layout.new_record_id(day, title, taken=record_ids(storage))


def publish(storage: Storage, record: Record, network_name: str | None, writer: MadeBy) -> Manifest:
    """Store all of a record, its manifest last. Doing it again gives the same bytes."""
    record_id = record.recording.id
    documents = text_documents(record, network_name)
    for name, file in record.media_files().items():
        storage.put_file(object_key(record_id, name), file.path, file.sha256, content_type(name))
    for name, content in documents.items():
        storage.put_bytes(object_key(record_id, name), content, content_type(name))
    manifest = manifest_of(record, documents, writer)
    _put_manifest(storage, record_id, manifest)
    return manifest


def replace_documents(storage: Storage, record_id: str, documents: dict[str, bytes], writer: MadeBy) -> None:
    """Store some documents of an existing record anew, its manifest last."""
    for name, content in documents.items():
        storage.put_bytes(object_key(record_id, name), content, content_type(name))
    entries = [describe_bytes(name, content, writer) for name, content in documents.items()]
    _put_manifest(storage, record_id, read_manifest(storage, record_id).with_objects(entries))


def read_manifest(storage: Storage, record_id: str) -> Manifest:
    """The manifest of a record. Raises KeyError when there is none."""
    return Manifest.model_validate_json(storage.get_bytes(object_key(record_id, layout.MANIFEST)))


def read_texts(storage: Storage, record_id: str) -> ArchivedTexts:
    """Recording, transcript and chapters of a record. Raises KeyError when there is none."""
    chapters = json.loads(storage.get_bytes(object_key(record_id, layout.CHAPTERS)))
    transcript = storage.get_bytes(object_key(record_id, layout.TRANSCRIPT))
    return ArchivedTexts(
        recording=read_recording(storage, record_id),
        transcript=Transcript.model_validate_json(transcript),
        chapters=tuple(Chapter.model_validate(chapter) for chapter in chapters),
    )


def read_ledger(storage: Storage, record_id: str) -> Ledger:
    """The ledger of a record, empty before its first announcement."""
    try:
        return Ledger.model_validate_json(storage.get_bytes(object_key(record_id, layout.LEDGER)))
    except KeyError:
        return Ledger()


def write_ledger(storage: Storage, record_id: str, ledger: Ledger) -> None:
    """Store the ledger; the manifest follows when the announcement has ended."""
    key = object_key(record_id, layout.LEDGER)
    storage.put_bytes(key, ledger.to_json().encode(), content_type(layout.LEDGER))


def _is_complete(storage: Storage, record_id: str) -> bool:
    try:
        read_manifest(storage, record_id)
    except KeyError:
        return False
    return True


def _put_manifest(storage: Storage, record_id: str, manifest: Manifest) -> None:
    key = object_key(record_id, layout.MANIFEST)
    storage.put_bytes(key, manifest.to_json().encode(), content_type(layout.MANIFEST))
