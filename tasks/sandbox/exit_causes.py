"""Why a sandboxed program ended: which limit it reached, or that it crashed on what it read.

Both are permanent: the same bytes would burn the same time and memory again.
"""

import errno
import signal

from tasks.sandbox.resource_limits import GIGABYTE, Limits
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.media_errors import (
    MemoryUsedUpError,
    ProcessorUsedUpError,
    ReaderCrashedError,
    RoomUsedUpError,
    TimeUsedUpError,
)

_CRASHES = frozenset(
    {signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT, signal.SIGTRAP}
)
_SHELLS_OFFSET = 128


def cause_of_end(status: int, limits: Limits) -> PermanentError | None:
    """Why a program ended with this status; None: that says nothing of the kind.

    Errors: ProcessorUsedUpError (minutes), RoomUsedUpError (gigabytes), ReaderCrashedError.
    """
    ended_by = -status if status < 0 else status - _SHELLS_OFFSET
    if ended_by == signal.SIGXCPU:
        return used_processor(limits)
    if ended_by == signal.SIGXFSZ:
        return used_room(limits)
    if ended_by in _CRASHES:
        return ReaderCrashedError()
    return None


def exceeded_limit(error: BaseException, limits: Limits) -> PermanentError | None:
    """The limit that made an exception; None where it is of another kind."""
    if isinstance(error, MemoryError):
        return used_memory(limits)
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return used_memory(limits)
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return used_room(limits)
    return None


def used_memory(limits: Limits) -> PermanentError:
    return MemoryUsedUpError(gigabytes=limits.memory_bytes / GIGABYTE)


def used_processor(limits: Limits) -> PermanentError:
    return ProcessorUsedUpError(minutes=_minutes(limits.processor_seconds))


def used_time(limits: Limits) -> PermanentError:
    return TimeUsedUpError(minutes=_minutes(limits.wall_seconds))


def used_room(limits: Limits) -> PermanentError:
    return RoomUsedUpError(gigabytes=limits.file_bytes / GIGABYTE)


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 1)
