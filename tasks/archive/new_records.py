"""What members may see, and since when, as the catalogue and the ledgers of recordings say."""

from collections.abc import Container, Iterator

from tasks.archive.catalogue_store import Listing
from tasks.archive.record_files import read_chosen
from tasks.archive.record_store import read_ledger
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from transcripts.archive import layout
from transcripts.archive.catalogue import CatalogueEntry, updated_at
from transcripts.archive.layout import object_key
from transcripts.documents.document_text import DocumentText
from transcripts.documents.kept_findings import PersonalData
from transcripts.documents.opening_line import opening_line
from transcripts.errors.error_kinds import DamagedError
from transcripts.mail.archive_news import Published
from transcripts.mail.ledger import FIRST
from transcripts.model import Stage

MAIL = "mail"


def announced(found: Listing) -> Iterator[CatalogueEntry]:
    """The recordings that members were told of, each by its own mail."""
    return (each for each in found.entries if each.recording.stage is Stage.ANNOUNCED)


def published(storage: Storage, found: Listing, passed_over: Container[str]) -> Iterator[Published]:
    """Every released document and announced recording, but for those that need not be looked at."""
    for document in found.documents:
        if document.is_released and document.record_id not in passed_over:
            since = document.document.released_at or document.document.handed_in_at
            yield Published(document.record_id, since)
    for recording in announced(found):
        if recording.record_id not in passed_over:
            yield _recording(storage, recording)


def opening_of(storage: Storage, document_id: str) -> str:
    """How a document begins, in one line; "" where that cannot be said."""
    names = (layout.DOCUMENT_TEXT, layout.PERSONAL_DATA)
    try:
        found = read_chosen(storage, document_id, lambda _: names).documents
        text, personal_data = (found[each] for each in names)
        return opening_line(
            read_stored(DocumentText, text, object_key(document_id, names[0])),
            read_stored(PersonalData, personal_data, object_key(document_id, names[1])),
        )
    except (KeyError, DamagedError):
        return ""  # the nightly check tells of damage


def _recording(storage: Storage, recording: CatalogueEntry) -> Published:
    """Since its own mail went out; where that cannot be read, since its present version."""
    try:
        entry = read_ledger(storage, recording.record_id).entry(FIRST, MAIL)
    except (KeyError, DamagedError):
        entry = None
    since = entry.handed_over_at if entry else None
    return Published(recording.record_id, since or updated_at(recording))
