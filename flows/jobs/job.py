"""A recording under way as the desk sees it: how it stands. Values only.

Loads no Prefect, so that a reading room starts without it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from transcripts.errors.source_errors import PasscodeNeededError, PasscodeWrongError
from transcripts.model import Stage
from transcripts.sources.recording_choice import Choice

PASSCODE_CODES = (PasscodeNeededError.code, PasscodeWrongError.code)
"""Errors after which another passcode helps."""


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
    choices: tuple[Choice, ...] = ()  # where several recordings lie at the address
