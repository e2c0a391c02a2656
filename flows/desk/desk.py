"""What the desk's pages work with: the recordings under way, the uploads, the archive, the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from flows.job import Job, JobRequest
from tasks.storage import Storage
from tasks.uploads import Uploads


class Jobs(Protocol):
    """Recordings under way; `flows.jobs` is one. All raise TemporaryError `prefect_unreachable`."""

    def submit(self, request: JobRequest) -> str:
        """The new job's id, or that of the open job for the same source. Raises PermanentError."""

    def jobs(self) -> list[Job]:
        """The newest ones, newest first."""

    def job(self, job_id: str) -> Job:
        """One of them. Raises PermanentError `no_such_job`."""

    def asked(self, job_id: str) -> JobRequest:
        """What was asked for, without its passcode. Raises PermanentError `no_such_job`."""

    def cancel(self, job_id: str) -> None:
        """Stop it. Raises PermanentError `no_such_job`."""

    def retry(self, job_id: str, passcode: SecretStr | None = None) -> None:
        """Go on with it now. Raises PermanentError `no_such_job`, `job_not_retryable`."""

    def release(self, record_id: str) -> None:
        """Make a held record public and let it be announced. Raises PermanentError `record_unknown`."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One a room. `jobs` gets them when they are first needed; `always_holds`: nothing is out unreleased."""

    jobs: Callable[[], Jobs]
    storage: Storage
    uploads: Uploads
    always_holds: bool
    upload_max_bytes: int
