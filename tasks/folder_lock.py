"""Keeps a folder for one process of this machine at a time. The kernel lets go when the process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from transcripts.errors import TemporaryError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make the folder and keep it. Raises TemporaryError `record_busy` while another process has it.

    It is the folder itself that is locked: removing it leaves nothing behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TemporaryError("record_busy", place=folder.name) from None
        yield
    finally:
        os.close(handle)
