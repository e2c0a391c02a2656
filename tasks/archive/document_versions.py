"""Composes the next version of a document: its record, its text and files, and all that is made of them.

Reads, writes nothing; as `tasks.archive.next_version` does for recordings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks.archive.next_version import NextVersion, following_version, now, with_texts
from tasks.archive.record_files import documents_at, parsed_document, read_document_record
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from transcripts.archive import layout
from transcripts.archive.catalogue import Imprint
from transcripts.archive.layout import object_key
from transcripts.archive.manifest import MadeBy, Manifest, describe_file
from transcripts.documents.document_record import DocumentRecord
from transcripts.documents.document_text import DocumentText
from transcripts.documents.kept_findings import PersonalData
from transcripts.media.media_values import LocalFile
from transcripts.records.document_forms import Document, document_texts

SOURCE_TEXTS = (layout.DOCUMENT, layout.DOCUMENT_TEXT, layout.PERSONAL_DATA)
_HANDED_IN = MadeBy(tool="source")


@dataclass(frozen=True, slots=True)
class DocumentReplacement:
    """What of a document is to be new; the rest stays.

    `files`, by their names, are then all that was made of the original: what is not among them is gone.
    """

    made_by: MadeBy
    record: DocumentRecord | None = None
    text: DocumentText | None = None
    personal_data: PersonalData | None = None
    files: Mapping[str, LocalFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentSources:
    """What a version's other texts are made of."""

    record: DocumentRecord
    text: DocumentText
    personal_data: PersonalData


def document_sources(storage: Storage, record_id: str, manifest: Manifest) -> DocumentSources:
    """Those of a version. Raises KeyError, DamagedError."""
    found = documents_at(storage, record_id, manifest, SOURCE_TEXTS)
    return DocumentSources(
        parsed_document(found[layout.DOCUMENT], record_id),
        read_stored(DocumentText, found[layout.DOCUMENT_TEXT], object_key(record_id, layout.DOCUMENT_TEXT)),
        read_stored(PersonalData, found[layout.PERSONAL_DATA], object_key(record_id, layout.PERSONAL_DATA)),
    )


def first_document(document: Document, converter: MadeBy, imprint: Imprint, reason: str) -> NextVersion:
    """The first version of a document."""
    places = {name: name for name in document.files}
    texts = document_texts(
        document.record, document.text, document.personal_data, places, imprint.network_name
    )
    files = (describe_file(name, file, _maker(name, converter)) for name, file in document.files.items())
    content = Manifest(objects=()).with_objects(files)
    manifest = with_texts(content, texts, {layout.DOCUMENT_TEXT: converter}, imprint).texts_addressed()
    return NextVersion(manifest.model_copy(update={"made_at": now(), "reason": reason}), texts)


def next_document(
    storage: Storage,
    record_id: str,
    present: Manifest,
    new: DocumentReplacement,
    imprint: Imprint,
    reason: str,
) -> NextVersion:
    """The version after the present one, with something new, or everything made anew."""
    now_is = document_sources(storage, record_id, present)
    content = _with_files(present.of_version(), new)
    if new.record and new.record.is_barred:  # made of what is black now
        content = content.without(layout.CLEANED)
    places = {each.name: each.place for each in content.objects if layout.is_medium(each.name)}
    texts = document_texts(
        new.record or now_is.record,
        new.text or now_is.text,
        new.personal_data or now_is.personal_data,
        places,
        imprint.network_name,
    )
    made_by = {layout.DOCUMENT_TEXT: new.made_by} if new.text is not None else {}
    return NextVersion(
        following_version(present, with_texts(content, texts, made_by, imprint), reason), texts
    )


def restored_document(
    storage: Storage, record_id: str, present: Manifest, earlier: Manifest, imprint: Imprint, reason: str
) -> NextVersion:
    """The version after the present one, with the content of an earlier one; whether members see it stays."""
    then, today = document_sources(storage, record_id, earlier), read_document_record(storage, record_id)
    record = then.record.model_copy(update={"stage": today.stage, "released_at": today.released_at})
    places = {each.name: each.place for each in earlier.objects if layout.is_medium(each.name)}
    texts = document_texts(record, then.text, then.personal_data, places, imprint.network_name)
    made_by = {each.name: each.made_by for each in earlier.objects}
    return NextVersion(
        following_version(present, with_texts(earlier, texts, made_by, imprint), reason), texts
    )


def new_places(present: Manifest, files: Mapping[str, LocalFile]) -> dict[str, LocalFile]:
    """New files by the places where they go; what is there already is left out."""
    known = {each.name: each.sha256 for each in present.objects}
    return {
        layout.addressed_name(name, file.sha256): file
        for name, file in files.items()
        if known.get(name) != file.sha256
    }


def _with_files(present: Manifest, new: DocumentReplacement) -> Manifest:
    if not new.files:
        return present
    kept = {each.name: each for each in present.objects}
    entries = [
        kept[name]
        if name in kept and kept[name].sha256 == file.sha256
        else describe_file(name, file, new.made_by).addressed()
        for name, file in new.files.items()
    ]
    stays = [each for each in present.objects if not _is_made_of_the_original(each.name)]
    return present.model_copy(update={"objects": tuple(stays)}).with_objects(entries)


def _is_made_of_the_original(name: str) -> bool:
    return layout.is_medium(name) and not name.startswith(layout.ORIGINAL)


def _maker(name: str, converter: MadeBy) -> MadeBy:
    return _HANDED_IN if name.startswith(layout.ORIGINAL) else converter
