"""Whether a folder can be written to is found out by writing: on full disks, read-only ones, and as root."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tasks.access.secret_file import secret_from_file
from tasks.recognition.whisper_model import default_model_folder
from tasks.storage.trial_write import expect_writable, make_folder
from tests.small_disk import FILL, fill_up, small_disk
from transcripts.errors.error_kinds import StepError


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(StepError) as caught:
        act()
    return caught.value.code


def test_a_folder_that_is_not_there_yet_is_tried_where_it_would_be_made_and_nothing_stays(
    tmp_path: Path,
) -> None:
    assert expect_writable(tmp_path / "neu/und/tiefer") == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_a_folder_should_be_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("kein Ordner")
    (tmp_path / "verweis").symlink_to(tmp_path / "nirgends")
    for name in ("work", "work/darin", "verweis/darin"):
        assert code_of(partial(expect_writable, tmp_path / name)) == "folder_is_file"
    assert code_of(lambda: make_folder(tmp_path / "work/darin")) == "folder_is_file"


def test_a_full_disk_is_said_to_be_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=64k") as disk:
        fill_up(disk)
        assert code_of(lambda: expect_writable(disk / "work")) == "disk_full"
        assert code_of(lambda: secret_from_file(disk / "state/key")) == "disk_full"
        assert code_of(lambda: default_model_folder(disk / "models")) == "disk_full"
        assert [each.name for each in disk.rglob("*") if each.is_file()] == [FILL], "nothing half-written"


def test_a_disk_that_cannot_be_written_is_refused_also_to_root(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=64k,ro") as disk:
        assert code_of(lambda: expect_writable(disk / "work")) == "folder_refused"


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """In a process of its own, without root's rights if we have them."""
    folder = tmp_path / "fremd"
    folder.mkdir(mode=0o555)
    for each in (tmp_path, *tmp_path.parents[:2]):
        each.chmod(each.stat().st_mode | 0o055)
    program = (
        "import os, sys; from pathlib import Path; from tasks.storage.trial_write import expect_writable\n"
        "from transcripts.errors.error_kinds import StepError\n"
        "os.getuid() or os.setuid(65534)\n"
        "try: expect_writable(Path(sys.argv[1]) / 'neu')\n"
        "except StepError as error: print(error.code)"
    )
    command = [sys.executable, "-c", program, str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.stdout.strip() == "folder_refused", said.stderr


def test_a_key_that_is_damaged_is_not_replaced_by_another(tmp_path: Path) -> None:
    for damage in (b"", b"kurz", bytes(range(128, 168))):
        (tmp_path / "key").write_bytes(damage)
        assert code_of(lambda: secret_from_file(tmp_path / "key")) == "key_unreadable"
        assert (tmp_path / "key").read_bytes() == damage
