"""Publishes documents: a first version, and each change as a version of its own; the address stays.

How a version becomes visible is in `tasks.archive.version_commits`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from tasks.archive.catalogue_store import document_ids, update_catalogue
from tasks.archive.document_store import find_document
from tasks.archive.document_versions import (
    DocumentReplacement,
    first_document,
    new_places,
    next_document,
)
from tasks.archive.pruning import earlier_versions, remove
from tasks.archive.record_claims import Claim, take_claim
from tasks.archive.record_files import (
    naming_of_document,
    put_copies,
    put_texts,
    read_document_record,
    read_naming,
)
from tasks.archive.version_commits import bring_forward, commit, commit_next, composed, put_media, writing
from tasks.storage.contested import tries
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_objects import Advance
from transcripts.archive import layout
from transcripts.archive.catalogue import Imprint
from transcripts.archive.manifest import MadeBy, Manifest
from transcripts.documents.document_record import DocumentRecord, DocumentStage
from transcripts.documents.document_text import DocumentText
from transcripts.documents.kept_findings import PersonalData
from transcripts.errors.archive_errors import RecordBusyError
from transcripts.media.media_values import LocalFile
from transcripts.records.document_forms import Document

FIRST, EDITED, BARRED = "first", "edited", "barred"
RELEASED, TAKEN_BACK = "released", "taken_back"


@dataclass(frozen=True, slots=True)
class PublishedDocument:
    """The document that the archive has now, and whether it was there before."""

    record: DocumentRecord
    existed: bool


@dataclass(frozen=True, slots=True)
class BarredForm:
    """What is made of a document with black bars over some places; `files` by their names."""

    text: DocumentText
    personal_data: PersonalData
    files: Mapping[str, LocalFile]


def publish_document(
    storage: Storage, document: Document, converter: MadeBy, imprint: Imprint, advance: Advance | None = None
) -> PublishedDocument:
    """Store all of a document; leads to the existing one if its original is in the archive by now.

    The document's id gets a number if another one has this address. Raises
    RecordBusyError while another writer publishes the same file.
    """
    known = find_document(storage, document.record.original_sha256)
    if known is not None:
        update_catalogue(storage, imprint)  # whoever made it may have died before this
        return PublishedDocument(known, existed=True)
    for record_id in _addresses(storage, document.record):
        placed = replace(document, record=document.record.model_copy(update={"id": record_id}))
        claim = take_claim(storage, record_id, document.record.original_sha256)
        if claim is not None:
            with claim.held():
                published = _publish_first(storage, placed, converter, imprint, claim, advance)
            if published is not None:
                return published
    raise AssertionError("there is always a next number")


def change_document(
    storage: Storage,
    record_id: str,
    change: Callable[[DocumentRecord], DocumentRecord],
    imprint: Imprint,
    reason: str = EDITED,
) -> DocumentRecord:
    """Make a version whose record is changed; nothing happens where `change` changes nothing.

    `change` is asked again whenever somebody else was faster. Raises what it raises,
    RecordUnknownError, RecordBusyError in the end.
    """
    for _ in tries():
        try:
            return _change(storage, record_id, change, imprint, reason)
        except RecordBusyError:
            continue
    return _change(storage, record_id, change, imprint, reason)


def _change(
    storage: Storage,
    record_id: str,
    change: Callable[[DocumentRecord], DocumentRecord],
    imprint: Imprint,
    reason: str,
) -> DocumentRecord:
    with writing(storage, record_id) as (claim, held):
        changed = change(read_document_record(storage, record_id))
        new = DocumentReplacement(imprint.writer, record=changed)
        following = composed(
            storage,
            record_id,
            held,
            lambda: next_document(storage, record_id, held.manifest, new, imprint, reason),
        )
        commit_next(storage, record_id, held, following, claim, imprint)
        return changed


def release_document(storage: Storage, record_id: str, now: datetime, imprint: Imprint) -> DocumentRecord:
    """Let members see a document from now on; one that they see already stays as it is.

    Raises RecordUnknownError, RecordBusyError.
    """

    def released(record: DocumentRecord) -> DocumentRecord:
        if record.stage is DocumentStage.RELEASED:
            return record
        moment = now.replace(microsecond=0)
        return record.model_copy(update={"stage": DocumentStage.RELEASED, "released_at": moment})

    return change_document(storage, record_id, released, imprint, RELEASED)


def take_back_document(storage: Storage, record_id: str, imprint: Imprint) -> DocumentRecord:
    """Let it wait for its release again: members do not see it any more.

    Raises RecordUnknownError, RecordBusyError.
    """

    def proposed(record: DocumentRecord) -> DocumentRecord:
        return record.model_copy(update={"stage": DocumentStage.PROPOSED, "released_at": None})

    return change_document(storage, record_id, proposed, imprint, TAKEN_BACK)


def bar_document(
    storage: Storage, record_id: str, barred: BarredForm, made_by: MadeBy, imprint: Imprint
) -> Manifest:
    """Make a version with black bars, and give up all earlier ones; the original is for organisers then.

    Raises RecordUnknownError, RecordBusyError.
    """
    with writing(storage, record_id) as (claim, held):
        record = read_document_record(storage, record_id).model_copy(update={"is_barred": True})
        naming = read_naming(storage, record_id)
        put_media(storage, naming, new_places(held.manifest, barred.files), None)
        new = DocumentReplacement(
            made_by,
            record=record,
            text=barred.text,
            personal_data=barred.personal_data,
            files=barred.files,
        )
        following = composed(
            storage,
            record_id,
            held,
            lambda: next_document(storage, record_id, held.manifest, new, imprint, BARRED),
        )
        manifest = commit_next(storage, record_id, held, following, claim, imprint)
    remove(storage, earlier_versions(storage, record_id))
    return manifest


def _publish_first(
    storage: Storage,
    document: Document,
    converter: MadeBy,
    imprint: Imprint,
    claim: Claim,
    advance: Advance | None,
) -> PublishedDocument | None:
    """Under the claim; None when another file was faster after all."""
    record, naming = document.record, naming_of_document(document.record)
    if bring_forward(storage, record.id):
        existing = read_document_record(storage, record.id)
        is_same = existing.original_sha256 == record.original_sha256
        return PublishedDocument(existing, existed=True) if is_same else None
    first = first_document(document, converter, imprint, FIRST)
    put_media(storage, naming, document.files, advance)
    put_texts(storage, naming, first.manifest, first.documents)
    put_copies(storage, naming, first.documents)
    claim.assert_held()
    commit(storage, record.id, first.manifest, None)
    update_catalogue(storage, imprint, anew=(record.id,))
    return PublishedDocument(record, existed=False)


def _addresses(storage: Storage, record: DocumentRecord) -> Iterator[str]:
    """The wished id, where there is one, then the next free ones of the same day and title."""
    taken = set(document_ids(storage))
    day: date = record.handed_in_at.date()
    while True:
        record_id = layout.new_document_id(day, record.details.title, taken)
        taken.add(record_id)
        yield record_id
