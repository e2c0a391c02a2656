"""What crosses the pipe from a sandboxed Python process: lines of JSON, each with progress or the end."""

import errno
import json
import os
import traceback
from collections.abc import Callable, Iterator
from typing import IO, Any

from pydantic import ConfigDict, ValidationError

from tasks.sandbox.exit_causes import exceeded_limit
from tasks.sandbox.resource_limits import own_limits
from transcripts.errors.error_kinds import StepError, TemporaryError
from transcripts.errors.machine_errors import DiskFullError
from transcripts.errors.media_errors import MediaUnforeseenError
from transcripts.values import Value
from transcripts.wording.error_wording import error_named

# The survey of a recording with thousands of parts; what is longer was not written by us.
LONGEST_LINE_BYTES = 64 * 2**20


class UnforeseenError(Exception):
    """What happened in the sandboxed process, as it was told there."""


class Failure(Value):
    """A StepError as it travels. `trace` is the traceback of what nobody foresaw."""

    code: str
    details: dict[str, str | int | float]
    retry_after_seconds: float | None = None
    trace: str = ""

    @classmethod
    def of(cls, error: StepError, trace: str = "") -> "Failure":
        pause = error.retry_after_seconds if isinstance(error, TemporaryError) else None
        return cls(
            code=error.code,
            details=error.details,
            retry_after_seconds=pause,
            trace=trace,
        )

    def error(self) -> StepError:
        known = error_named(self.code)
        if issubclass(known, TemporaryError):
            return known(retry_after_seconds=self.retry_after_seconds, **self.details)
        return known(**self.details)


class Answer(Value):
    """One line. The last one has a `failure`, or `is_done` with what came of it."""

    model_config = ConfigDict(ser_json_inf_nan="constants")

    progress: Any = None
    failure: Failure | None = None
    is_done: bool = False
    result: Any = None


Emit = Callable[[Answer], None]


def channel() -> Emit:
    """Keep standard output for answers alone; what libraries print goes nowhere. In the sandboxed process."""
    stream = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)

    def emit(answer: Answer) -> None:
        stream.write(answer.model_dump_json(exclude_defaults=True).encode() + b"\n")
        stream.flush()

    return emit


def failure_of(error: Exception) -> Failure:
    """What becomes of an exception: ours as it is, a limit by its name, all else as unforeseen."""
    if isinstance(error, StepError):
        return Failure.of(error)
    excess = exceeded_limit(error, own_limits())
    if excess is not None:
        return Failure.of(excess)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure.of(DiskFullError(path="work"))
    unforeseen = MediaUnforeseenError(reason=type(error).__name__)
    return Failure.of(unforeseen, "".join(traceback.format_exception(error)))


def answers(stream: IO[bytes]) -> Iterator[Answer]:
    """What a sandboxed process says, up to its end or to what it could not have said."""
    while (line := stream.readline(LONGEST_LINE_BYTES)).endswith(b"\n"):
        try:
            yield Answer.model_validate_json(line)
        except ValidationError:
            return


def result_in(found: Iterator[Answer], on_progress: Callable[[Any], None]) -> Answer | None:
    """The last answer; None where the process ended without one. Raises its StepError."""
    for answer in found:
        if answer.failure is not None:
            raise answer.failure.error() from (
                UnforeseenError(answer.failure.trace) if answer.failure.trace else None
            )
        if answer.is_done:
            return answer
        on_progress(answer.progress)
    return None


def line_of(request: Value) -> bytes:
    """A request as the sandboxed process reads it."""
    return json.dumps(request.model_dump(mode="json")).encode() + b"\n"
