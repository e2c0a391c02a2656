"""A desk for tests over jobs that a test steers: Prefect's part is played by a list."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import SecretStr

from config.settings import Settings
from flows.announcing import content_of
from flows.delivering import Occasion
from flows.desk.desk import Desk
from flows.desk.following import Following
from flows.desk.pages import desk_router
from flows.desk.review import Reviewing, review_router
from flows.desk.tus import TusServer, tus_router
from flows.job import Job, JobRequest, JobState
from flows.reading_room.library import Library
from tasks.archive import set_stage
from tasks.catalogue import update_catalogue
from tasks.storage import Storage
from tasks.uploads import Uploads
from tests.archive_records import IMPRINT
from transcripts.errors import PermanentError, StepError
from transcripts.ledger import FIRST
from transcripts.mail_message import RenderedMail
from transcripts.model import Stage

UPLOAD_MAX_BYTES = 10_000_000
URL = "https://example.org/treffen.mp4"


@dataclass
class ListedJobs:
    """See `flows.desk.desk.Jobs`; `trouble` is raised by whatever is asked next."""

    listed: list[Job] = field(default_factory=list)
    requests: list[JobRequest] = field(default_factory=list)
    done: list[tuple[str, str, str | None]] = field(default_factory=list)
    trouble: StepError | None = None
    storage: Storage | None = None

    def submit(self, request: JobRequest) -> str:
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
        raise PermanentError("no_such_job")

    def asked(self, job_id: str) -> JobRequest:
        self.job(job_id)
        return self.requests[int(job_id.rpartition("-")[2]) - 1].model_copy(update={"passcode": None})

    def cancel(self, job_id: str) -> None:
        self.done.append(("cancel", job_id, None))
        self._put(replace(self.job(job_id), state=JobState.CANCELLED))

    def retry(self, job_id: str, passcode: SecretStr | None = None) -> None:
        self._raise_trouble()
        self.done.append(("retry", job_id, passcode.get_secret_value() if passcode else None))
        self._put(replace(self.job(job_id), state=JobState.WAITING, message=None, error_code=None))

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


def desk_routers(
    jobs: ListedJobs, storage: Storage, *, always_holds: bool = False, library: Library | None = None
) -> tuple[APIRouter, ...]:
    """What a room gets in order to have a desk; with its library also the review."""
    uploads = Uploads(storage)
    jobs.storage = storage
    desk = Desk(lambda: jobs, storage, uploads, always_holds, UPLOAD_MAX_BYTES)
    tus = tus_router(TusServer(uploads, UPLOAD_MAX_BYTES))
    if library is None:
        return desk_router(desk), tus
    return desk_router(desk), tus, review_router(_reviewing(desk, library))


def _reviewing(desk: Desk, library: Library) -> Reviewing:
    settings = Settings()

    def mail_of(record_id: str) -> RenderedMail:
        return content_of(settings, desk.storage, record_id, Occasion(FIRST)).rendered

    return Reviewing(desk, Following(library, IMPRINT), IMPRINT, mail_of, lambda: ("Netzwerk",))
