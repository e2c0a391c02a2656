"""A recording under way as the desk sees it: what is asked for, and how it stands. Values only.

Loads no Prefect, so that a reading room starts without it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from transcripts.model import Chapter, Stage


class JobRequest(BaseModel):
    """What an organiser asks for: an address or an upload's id, and what is known about the recording."""

    model_config = ConfigDict(frozen=True)

    url: str | None = None
    upload: str | None = None
    file_name: str | None = None  # of the upload
    title: str | None = None
    recorded_on: date | None = None
    agenda: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    passcode: SecretStr | None = None
    cut_start_seconds: float = Field(default=0, ge=0)
    cut_end_seconds: float = Field(default=0, ge=0)
    hold: bool = False


class JobState(StrEnum):
    """How a job stands."""

    WAITING = "waiting"  # nobody has begun it
    RUNNING = "running"  # a machine works on it
    RETRYING = "retrying"  # something failed that time may mend; it goes on by itself
    FAILED = "failed"  # someone has to do what the message says, then retry
    CANCELLED = "cancelled"  # stopped by an organiser
    HELD = "held"  # the record is there and waits for release
    DONE = "done"  # the record is there, and announced


@dataclass(frozen=True, slots=True)
class Job:
    """One recording under way, or how its way ended.

    `stage` is the last finished one, `progress_*` and `seconds_left` are of the step under way.
    """

    id: str
    source: str  # public address, or the upload
    title: str | None
    state: JobState
    stage: Stage
    progress_percent: float | None
    progress_text: str | None
    seconds_left: float | None
    message: str | None  # German: what happened, and the one thing to do
    error_code: str | None  # such as "passcode_wrong"
    retries_at: datetime | None
    record_id: str | None
    submitted_at: datetime
