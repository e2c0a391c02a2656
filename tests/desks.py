"""A desk for tests over jobs that a test steers: Prefect's part is played by a list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import SecretStr

from config.settings import Settings
from flows.announcing.recording_announcements import content_of
from flows.delivery.deliver_once import Occasion
from flows.desk.desk_context import Desk
from flows.desk.desk_routes import desk_router
from flows.desk.republishing import Republisher
from flows.desk.review_routes import Reviewing, review_router
from flows.desk.tus_uploads import TusServer, UploadLimits, tus_router
from flows.jobs.job import Job, JobState
from flows.local_clock import Clock
from flows.reading_room.library import Library
from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.record_store import set_stage
from tasks.archive.upload_store import Uploads
from tasks.storage.storage_interface import Storage
from tests.archive_records import IMPRINT
from transcripts.duties.duty import DutyReport
from transcripts.errors.error_kinds import StepError
from transcripts.errors.job_errors import JobNotRetryableError, NoSuchJobError
from transcripts.mail.ledger import FIRST
from transcripts.mail.mime_message import RenderedMail
from transcripts.model import Stage
from transcripts.sources.order import GivenOrder, Order

UPLOAD_MAX_BYTES = 10_000_000
UPLOAD_LIMITS = UploadLimits(UPLOAD_MAX_BYTES, 15_000_000, 25_000_000)
CLOCK = Clock(ZoneInfo("Europe/Berlin"))
URL = "https://example.org/treffen.mp4"


@dataclass
class ListedJobs:
    """See `flows.desk.desk_context.Jobs`; `trouble` is raised by whatever is asked next."""

    listed: list[Job] = field(default_factory=list)
    requests: list[GivenOrder] = field(default_factory=list)
    done: list[tuple[str, str, str | None]] = field(default_factory=list)
    trouble: StepError | None = None
    storage: Storage | None = None

    def submit(self, request: GivenOrder) -> str:
        self._raise_trouble()
        self.requests.append(request)
        job = some_job(f"job-{len(self.requests)}", source=request.url or request.file_name or "")
        self.listed.insert(0, replace(job, title=request.title))
        return job.id

    def jobs(self) -> list[Job]:
        self._raise_trouble()
        return self.listed

    def job(self, job_id: str) -> Job:
        for each in self.listed:
            if each.id == job_id:
                return each
        raise NoSuchJobError()

    def asked(self, job_id: str) -> Order:
        self.job(job_id)
        return self.requests[int(job_id.rpartition("-")[2]) - 1].model_copy(update={"passcode": None})

    def cancel(self, job_id: str) -> None:
        self.done.append(("cancel", job_id, None))
        self._put(replace(self.job(job_id), state=JobState.CANCELLED))

    def retry(self, job_id: str, passcode: SecretStr | None = None) -> None:
        self._raise_trouble()
        self.done.append(("retry", job_id, passcode.get_secret_value() if passcode else None))
        self._put(replace(self.job(job_id), state=JobState.WAITING, message=None, error_code=None))

    def remake(self, record_id: str, track: int) -> str:
        self.done.append(("remake", record_id, str(track)))
        return self.submit(GivenOrder(url="https://example.org/again", track=track))

    def choose(self, job_id: str, number: int) -> None:
        if not 1 <= number <= len(self.job(job_id).choices):
            raise JobNotRetryableError()
        self.done.append(("choose", job_id, str(number)))
        self._put(
            replace(self.job(job_id), state=JobState.WAITING, message=None, error_code=None, choices=())
        )

    def release(self, record_id: str) -> None:
        self._raise_trouble()
        self.done.append(("release", record_id, None))
        if self.storage is not None:
            set_stage(self.storage, record_id, Stage.ARCHIVED, IMPRINT.writer)
            update_catalogue(self.storage, IMPRINT, anew=(record_id,))

    def _put(self, job: Job) -> None:
        self.listed = [job if each.id == job.id else each for each in self.listed]

    def _raise_trouble(self) -> None:
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            raise trouble


def some_job(job_id: str, state: JobState = JobState.WAITING, source: str = URL) -> Job:
    return Job(
        id=job_id,
        source=source,
        title=None,
        state=state,
        stage=Stage.RECEIVED,
        progress_percent=None,
        progress_text=None,
        seconds_left=None,
        message=None,
        error_code=None,
        retries_at=None,
        record_id=None,
        submitted_at=datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
    )


def desk_of(
    jobs: ListedJobs,
    storage: Storage,
    *,
    always_holds: bool = False,
    clock: Clock = CLOCK,
    duties: Callable[[], Sequence[DutyReport]] = tuple,
) -> Desk:
    """A desk over listed jobs, at any time."""
    jobs.storage = storage
    return Desk(lambda: jobs, storage, Uploads(storage), always_holds, UPLOAD_MAX_BYTES, clock, duties)


def desk_routers(
    jobs: ListedJobs,
    storage: Storage,
    *,
    always_holds: bool = False,
    library: Library | None = None,
    duties: Callable[[], Sequence[DutyReport]] = tuple,
) -> tuple[APIRouter, ...]:
    """What a room gets in order to have a desk; with its library also the review."""
    desk = desk_of(jobs, storage, always_holds=always_holds, duties=duties)
    tus = tus_router(TusServer(desk.uploads, UPLOAD_LIMITS))
    if library is None:
        return desk_router(desk), tus
    return desk_router(desk), tus, review_router(_reviewing(desk, library))


def _reviewing(desk: Desk, library: Library) -> Reviewing:
    settings = Settings()

    def mail_of(record_id: str) -> RenderedMail:
        return content_of(settings, desk.storage, record_id, Occasion(FIRST)).rendered

    return Reviewing(desk, Republisher(library, IMPRINT), IMPRINT, mail_of, lambda: ("Netzwerk",))
