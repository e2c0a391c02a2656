"""What the desk's pages of documents work with, and how files and addresses become jobs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from threading import Lock
from typing import Protocol

from starlette.datastructures import UploadFile

from flows.desk.tus_uploads import UploadLimits, expect_room
from flows.jobs.job import Job
from flows.local_clock import Clock
from tasks.archive.upload_store import Uploads, upload_id_of
from tasks.storage.storage_interface import Storage
from transcripts.archive.catalogue import Imprint
from transcripts.documents.document_order import DocumentOrder
from transcripts.documents.file_kinds import DOCUMENT_ENDINGS, HEIC_ENDINGS
from transcripts.errors.document_errors import (
    DocumentEmptyError,
    DocumentHeicError,
    DocumentKindUnknownError,
    DocumentTooLargeError,
)
from transcripts.sources.pasted_text import read_pasted
from transcripts.sources.upload_rules import shown_file_name

MEGABYTE = 1_000_000
MOST_FILES = 20
MEMBER_BYTES = 200 * MEGABYTE
"""Of all that one member has proposed and that is not processed yet."""

LARGEST_BYTES = 200 * MEGABYTE
"""Of one document, and of all that one form brings."""


class DocumentJobs(Protocol):
    """Jobs, as `flows.documents.document_jobs` has them. All raise PrefectUnreachableError."""

    def submit_document(self, order: DocumentOrder) -> str:
        """The new job's id, or that of the open job for the same source. Raises PermanentError."""

    def document_jobs(self) -> list[Job]:
        """The newest ones, newest first."""

    def cancel_document(self, job_id: str) -> None:
        """Stop it. Raises NoSuchJobError."""

    def retry_document(self, job_id: str) -> None:
        """Go on with it now. Raises NoSuchJobError, JobNotRetryableError."""

    def submit_bars(self, record_id: str, version: int, numbers: tuple[int, ...]) -> str:
        """Ask for black bars over findings of a version, by their numbers from 1; the job's id."""


@dataclass(frozen=True, slots=True)
class DocumentDesk:
    """One a room. `jobs` gets them when they are first needed."""

    jobs: Callable[[], DocumentJobs]
    storage: Storage
    limits: UploadLimits
    clock: Clock
    imprint: Imprint
    follow: Callable[[], None]
    """Let members see what is new now."""

    taking: Lock = field(default_factory=Lock)

    def take_in(self, files: Sequence[UploadFile], pasted: str, owner: str, source: str = "") -> int:
        """Ask for all of it to be taken in; how many jobs that are.

        Raises PermanentError for what cannot be a document, too large or too much, TemporaryError.
        """
        orders = [self._kept(each, owner) for each in files]
        if pasted.strip():
            url = read_pasted(pasted).with_its_passcode.full.get_secret_value()
            orders.append(DocumentOrder(url=url))
        for order in orders:
            self.jobs().submit_document(order.model_copy(update={"source": source or None}))
        return len(orders)

    def _kept(self, file: UploadFile, owner: str) -> DocumentOrder:
        """The file where any worker gets it."""
        name = shown_file_name(file.filename or "", DOCUMENT_ENDINGS)
        if (file.filename or "").lower().endswith(HEIC_ENDINGS):
            raise DocumentHeicError()
        if name is None:
            raise DocumentKindUnknownError()
        content, size_bytes = file.file, file.size or 0
        if not size_bytes:
            raise DocumentEmptyError()
        if size_bytes > LARGEST_BYTES:
            raise DocumentTooLargeError(
                megabytes=size_bytes / MEGABYTE, most_megabytes=LARGEST_BYTES / MEGABYTE
            )
        content.seek(0)
        upload_id = upload_id_of(file_digest(content, "sha256").hexdigest())  # type: ignore[arg-type]  # it is opened for reading
        uploads = Uploads(self.storage)
        with self.taking:  # of two that begin at once, the second counts the first
            expect_room(uploads, self.limits, size_bytes, owner)
            uploads.take(upload_id, name, size_bytes, content, owner)
        return DocumentOrder(upload=upload_id, file_name=name)


def for_members(desk: DocumentDesk) -> DocumentDesk:
    """The same with less room: what members propose may wait for nobody to process it."""
    limits = replace(desk.limits, of_owner_bytes=MEMBER_BYTES)
    return replace(desk, limits=limits)
