"""A desk for documents over jobs that a test steers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fastapi import APIRouter

from flows.desk.document_desk import DocumentDesk, for_members
from flows.desk.document_desk_routes import document_desk_router
from flows.desk.proposal_routes import proposal_router
from flows.desk.tus_uploads import UploadLimits
from flows.jobs.job import Job, JobState
from tasks.storage.storage_interface import Storage
from tests.archive_records import IMPRINT
from tests.desks import CLOCK, UPLOAD_LIMITS, some_job
from transcripts.documents.document_order import DocumentOrder
from transcripts.errors.error_kinds import StepError
from transcripts.errors.job_errors import NoSuchJobError


@dataclass
class ListedDocumentJobs:
    """See `flows.desk.document_desk.DocumentJobs`; `trouble` is raised by whatever is asked."""

    listed: list[Job] = field(default_factory=list)
    orders: list[DocumentOrder] = field(default_factory=list)
    bars: list[tuple[str, int, tuple[int, ...]]] = field(default_factory=list)
    trouble: StepError | None = None

    def submit_document(self, order: DocumentOrder) -> str:
        self._raise_trouble()
        self.orders.append(order)
        job = some_job(f"job-{len(self.orders)}", source=order.label)
        self.listed.insert(0, job)
        return job.id

    def document_jobs(self) -> list[Job]:
        self._raise_trouble()
        return self.listed

    def cancel_document(self, job_id: str) -> None:
        self._become(job_id, JobState.CANCELLED)

    def retry_document(self, job_id: str) -> None:
        self._become(job_id, JobState.WAITING)

    def submit_bars(self, record_id: str, version: int, numbers: tuple[int, ...]) -> str:
        self._raise_trouble()
        self.bars.append((record_id, version, numbers))
        return "job-bars"

    def _become(self, job_id: str, state: JobState) -> None:
        if all(each.id != job_id for each in self.listed):
            raise NoSuchJobError()
        self.listed = [replace(each, state=state) if each.id == job_id else each for each in self.listed]

    def _raise_trouble(self) -> None:
        if self.trouble is not None:
            raise self.trouble


def document_routers(
    jobs: ListedDocumentJobs,
    storage: Storage,
    limits: UploadLimits = UPLOAD_LIMITS,
    follow: Callable[[], None] = lambda: None,
) -> tuple[APIRouter, ...]:
    """What a room gets in order to have a desk for documents."""
    desk = DocumentDesk(lambda: jobs, storage, limits, CLOCK, IMPRINT, follow)
    return document_desk_router(desk), proposal_router(for_members(desk))
