"""A disk of a few kilobytes, in memory, that a test can fill or find read-only. Only root can have one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FILL = "fill"


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    """Mounted at `folder`; the test is skipped where that cannot be done."""
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if os.getuid() != 0 or mount is None or unmount is None:
        pytest.skip("only root can mount a disk")
    folder.mkdir()
    command = [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run([unmount, "-l", str(folder)], check=True)


def fill_up(disk: Path) -> None:
    """Write until nothing more goes in."""
    handle = os.open(disk / FILL, os.O_WRONLY | os.O_CREAT)
    try:
        with pytest.raises(OSError, match="No space"):
            _write_for_ever(handle)
    finally:
        os.close(handle)


def _write_for_ever(handle: int) -> None:
    while True:
        os.write(handle, bytes(4096))
