"""A document: all that the archive keeps of it, and the texts that are made from its record and its text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from transcripts.archive import layout
from transcripts.archive.document_files import file_for_members
from transcripts.documents.document_record import DocumentRecord
from transcripts.documents.document_text import DocumentText
from transcripts.documents.kept_findings import PersonalData
from transcripts.media.media_values import LocalFile
from transcripts.pages.document_page import DocumentPage, render_document_page

_PAGE_IMAGE = re.compile(rf"{layout.PAGE_IMAGES}page-(\d{{4,7}})\.webp")


@dataclass(frozen=True, slots=True)
class Document:
    """One document with its text; `files` by their names: original, PDF, pictures of pages."""

    record: DocumentRecord
    text: DocumentText
    personal_data: PersonalData = PersonalData()  # noqa: RUF009 - immutable
    files: Mapping[str, LocalFile] = field(default_factory=dict)


def document_texts(
    record: DocumentRecord,
    text: DocumentText,
    personal_data: PersonalData,
    places: Mapping[str, str],
    network_name: str | None,
) -> dict[str, bytes]:
    """All texts of a document by their names. `places` are those of its files, by their names."""
    page = DocumentPage(
        record=record,
        text=text,
        network_name=network_name,
        pdf=places.get(layout.DOCUMENT_PDF, ""),
        original=places.get(file_for_members(record, places.keys()) or "", ""),
        images=dict(_images(places)),
    )
    texts = {
        layout.DOCUMENT: record.to_json(),
        layout.DOCUMENT_TEXT: text.to_json(),
        layout.DOCUMENT_PLAIN_TEXT: text.plain_text,
        layout.PERSONAL_DATA: personal_data.to_json(),
        layout.PAGE: render_document_page(page),
    }
    return {name: each.encode() for name, each in texts.items()}


def _images(places: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    for name, place in places.items():
        if found := _PAGE_IMAGE.fullmatch(name):
            yield int(found.group(1)), place
