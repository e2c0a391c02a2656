"""A folder is one process's at a time, and free again when that ends, however it does."""

import subprocess
import sys
from pathlib import Path

import pytest

from tasks.storage.folder_lock import locked
from transcripts.errors.error_kinds import TemporaryError

HOLD = """
import sys, pathlib
from tasks.storage.folder_lock import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_waits_until_the_holder_is_gone_even_if_it_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "recording"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(TemporaryError, match="record_busy"), locked(folder):
        pass
    holder.kill()
    holder.communicate()
    with locked(folder):
        assert list(folder.iterdir()) == []


def test_a_folder_that_is_removed_meanwhile_is_free(tmp_path: Path) -> None:
    with locked(tmp_path / "recording"):
        (tmp_path / "recording").rmdir()
        with locked(tmp_path / "recording"):
            pass
