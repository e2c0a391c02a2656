"""Reads the documents of an archive: what is listed, one with its text, and where a file is known from.

Making them and changing them is in `tasks.archive.document_publishing`.
"""

from dataclasses import dataclass

from tasks.archive.catalogue_store import document_listing
from tasks.archive.record_files import parsed_document, read_chosen
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from transcripts.archive import layout
from transcripts.archive.catalogue import DocumentEntry
from transcripts.archive.document_files import file_for_members
from transcripts.archive.layout import object_key
from transcripts.archive.manifest import Manifest, ManifestObject
from transcripts.documents.document_record import DocumentRecord
from transcripts.documents.document_text import DocumentText


@dataclass(frozen=True, slots=True)
class ArchivedDocument:
    """A stored document with its text, both of one version, and the manifest that names its files."""

    record: DocumentRecord
    text: DocumentText
    manifest: Manifest

    @property
    def pdf_place(self) -> str:
        """Where its PDF lies, below its folder; "" where there is none."""
        return self._place(layout.DOCUMENT_PDF)

    @property
    def for_members(self) -> ManifestObject | None:
        """The file that members get beside pages and text, if any."""
        name = file_for_members(self.record, self.manifest.names)
        return self.manifest.named(name) if name else None

    def page_image_place(self, number: int) -> str:
        """Where the picture of a page lies, counted from 1, below its folder; "" where there is none."""
        return self._place(layout.page_image_name(number))

    def _place(self, name: str) -> str:
        return self.manifest.named(name).place if name in self.manifest.names else ""


def documents(storage: Storage) -> list[DocumentEntry]:
    """All complete documents, oldest first, released or not."""
    return document_listing(storage)


def read_document(storage: Storage, record_id: str) -> ArchivedDocument:
    """A document with its text. Raises KeyError when there is no such document, DamagedError."""
    read = read_chosen(storage, record_id, lambda _: (layout.DOCUMENT, layout.DOCUMENT_TEXT))
    text_key = object_key(record_id, layout.DOCUMENT_TEXT)
    return ArchivedDocument(
        parsed_document(read.documents[layout.DOCUMENT], record_id),
        read_stored(DocumentText, read.documents[layout.DOCUMENT_TEXT], text_key),
        read.held.manifest,
    )


def find_document(storage: Storage, original_sha256: str) -> DocumentRecord | None:
    """The document that was made from this very file, if any."""
    found = (each.document for each in documents(storage))
    return next((each for each in found if each.original_sha256 == original_sha256), None)
