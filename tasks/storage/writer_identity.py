"""Names the attempt that is sending, so that another process can tell whether it still runs.

A mark is machine, process, start of the process and attempt. On this machine (Linux) the
kernel is asked; of other machines a mark counts as alive for some minutes.
"""

import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from tasks.clock import utc_now

# Longer than handing over can take, whatever the servers do.
ALIVE_ELSEWHERE = timedelta(minutes=15)
_REST = re.compile(r"([0-9]{1,10}) ([0-9]+) [0-9a-f]+")
_attempts: set[str] = set()


@contextmanager
def attempt() -> Iterator[str]:
    """A mark that is alive until the `with` ends or the process does."""
    mark = f"{_machine()} {os.getpid()} {_started(os.getpid())} {uuid4().hex}"
    _attempts.add(mark)
    try:
        yield mark
    finally:
        _attempts.discard(mark)


def is_alive(mark: str, marked_at: datetime) -> bool:
    """Whether the attempt with this mark may still be under way."""
    machine, _, rest = mark.partition(" ")
    if machine != _machine():
        return bool(mark) and utc_now() - marked_at < ALIVE_ELSEWHERE
    written = _REST.fullmatch(rest)
    if written is None:
        return False  # nobody who lives writes so
    process_id, started = int(written[1]), written[2]
    if process_id == os.getpid():
        return mark in _attempts
    return _started(process_id) == started


def _started(process_id: int) -> str:
    """When a process began, as Linux counts (proc(5)); empty when there is none, or only its remains."""
    try:
        facts = (
            Path(f"/proc/{process_id}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()
        )
    except OSError:
        return ""
    return "" if facts[0] == "Z" else facts[19]


def _machine() -> str:
    """A name for this machine that tells nobody what it is called."""
    return sha256(platform.node().encode()).hexdigest()[:16]
