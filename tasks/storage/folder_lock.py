"""Keeps a folder for one process of this machine at a time. The kernel lets go when the process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from transcripts.errors.archive_errors import RecordBusyError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make the folder and keep it. Raises RecordBusyError while another process has it.

    It is the folder itself that is locked: removing it leaves nothing behind.
    """
    handle = _kept(folder)
    try:
        yield
    finally:
        os.close(handle)


def _kept(folder: Path) -> int:
    """The open folder, locked. One that somebody took away before we had the lock is made again."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise RecordBusyError(place=folder.name) from None
        if _is_there(folder, handle):
            return handle
        os.close(handle)


def _is_there(folder: Path, handle: int) -> bool:
    try:
        return os.path.samestat(folder.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
