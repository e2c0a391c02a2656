"""Which file of a document members get beside its pages and its text."""

from collections.abc import Collection

from transcripts.archive import layout
from transcripts.documents.document_record import DocumentRecord


def file_for_members(record: DocumentRecord, names: Collection[str]) -> str | None:
    """The name of the copy without traces of persons, or of the original where an organiser chose that.

    None where nothing was cleaned and nothing chosen, and of a document with black bars.
    """
    if record.is_barred:
        return None
    folder = layout.ORIGINAL if record.is_original_shared else layout.CLEANED
    return next((name for name in sorted(names) if name.startswith(folder)), None)


def original_file(names: Collection[str]) -> str | None:
    """The name of the file as it was handed in; for organisers."""
    return next((name for name in sorted(names) if name.startswith(layout.ORIGINAL)), None)
