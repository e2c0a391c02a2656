"""What the desk's pages work with: the recordings under way, the uploads, the archive, the settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from flows.jobs.job import Job
from flows.local_clock import Clock
from tasks.archive.upload_store import Uploads
from tasks.storage.storage_interface import Storage
from transcripts.duties.duty import DutyReport
from transcripts.sources.order import GivenOrder, Order


class Jobs(Protocol):
    """Jobs, as `flows.jobs.job_control` has them. All raise PrefectUnreachableError."""

    def submit(self, order: GivenOrder) -> str:
        """The new job's id, or that of the open job for the same source. Raises PermanentError."""

    def jobs(self) -> list[Job]:
        """The newest ones, newest first."""

    def job(self, job_id: str) -> Job:
        """One of them. Raises NoSuchJobError."""

    def asked(self, job_id: str) -> Order:
        """What was asked for, without its passcode. Raises NoSuchJobError."""

    def cancel(self, job_id: str) -> None:
        """Stop it. Raises NoSuchJobError."""

    def retry(self, job_id: str, passcode: SecretStr | None = None) -> None:
        """Go on with it now. Raises NoSuchJobError, JobNotRetryableError."""

    def remake(self, record_id: str, track: int) -> str:
        """Make a held record anew with another sound track; the job's id.

        Raises NotHeldError, UploadUnknownError.
        """

    def choose(self, job_id: str, number: int) -> None:
        """Go on with this one of the recordings it offers, from 1. Raises PermanentError as `retry` does."""

    def release(self, record_id: str) -> None:
        """Make a held record public and let it be announced. Raises RecordUnknownError."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One a room. `jobs` gets them when they are first needed; `always_holds`: nothing is out unreleased.

    `clock` says which day it is for organisers, and in which zone they read times; `duties` how what
    happens by itself is, and asks nobody for it.
    """

    jobs: Callable[[], Jobs]
    storage: Storage
    uploads: Uploads
    always_holds: bool
    upload_max_bytes: int
    clock: Clock
    duties: Callable[[], Sequence[DutyReport]] = tuple
