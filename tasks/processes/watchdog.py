"""Ends this process when a call into a library does not come back in time.

Nothing in Python can interrupt such a call: Prefect's limit on a task reaches the main thread alone, and only
between two of its instructions. Ended, the process is as one that died, and another goes on behind the last
finished step. Where it hung is left on standard error.
"""

import faulthandler
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

STANDARD_ERROR = 2

_lock = threading.Lock()
_deadlines: dict[object, float] = {}


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """The process lives no longer than this, unless the block ends before; there may be several at once."""
    mark = object()
    with _lock:
        _deadlines[mark] = time.monotonic() + seconds
        _watch()
    try:
        yield
    finally:
        with _lock:
            del _deadlines[mark]
            _watch()


def _watch() -> None:
    """Let the interpreter's own watchdog, which needs no turn of Python's, look at the earliest deadline."""
    faulthandler.cancel_dump_traceback_later()
    if _deadlines:
        left = max(0.001, min(_deadlines.values()) - time.monotonic())
        faulthandler.dump_traceback_later(left, exit=True, file=STANDARD_ERROR)
