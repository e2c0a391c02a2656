"""What lies in the folders of a machine's work, whoever was killed there, and what is taken away when."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tasks.clock import utc_now
from tasks.storage.work_folder import KEPT, MEDIA, PUBLISHED, SOURCE, Needed, keep_original, last_change, tidy
from tests.small_disk import small_disk

LATER = KEPT + timedelta(minutes=1)
HOLD = """
import sys, pathlib
from tasks.storage.folder_lock import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def filled(folder: Path) -> Path:
    """A recording's folder, as a process that was killed in the middle of everything leaves it."""
    for name in (SOURCE, MEDIA, PUBLISHED, "transcoding-x1", "chapters-y2"):
        (folder / name).mkdir(parents=True)
        (folder / name / "datei").write_bytes(b"...")
    (folder / SOURCE / "datei.part").write_bytes(b"...")
    return folder


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()} if folder.exists() else set()


@pytest.mark.parametrize(
    ("needed", "left"),
    [
        (Needed.ALL, {SOURCE, MEDIA, PUBLISHED}),
        (Needed.ORIGINAL, {SOURCE}),
        (Needed.NOTHING, set()),
    ],
)
def test_only_what_somebody_may_go_on_with_stays(needed: Needed, left: set[str], tmp_path: Path) -> None:
    folder = filled(tmp_path / "recordings/abc")
    tidy(tmp_path, lambda _: needed, utc_now())
    assert names(folder) == left


@pytest.mark.parametrize("needed", Needed)
def test_after_a_week_nothing_stays_of_anything(needed: Needed, tmp_path: Path) -> None:
    filled(tmp_path / "recordings/abc")
    filled(tmp_path / "transcriptions/def")
    filled(tmp_path / "remaking-z3")
    filled(tmp_path / "models/joining-z4")
    tidy(tmp_path, lambda _: needed, utc_now() + LATER)
    assert names(tmp_path / "recordings") | names(tmp_path / "transcriptions") == set()
    assert names(tmp_path / "models") == set()
    assert not (tmp_path / "remaking-z3").exists()


def test_a_model_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "models/base").mkdir(parents=True)
    tidy(tmp_path, lambda _: Needed.NOTHING, utc_now() + LATER)
    assert names(tmp_path / "models") == {"base"}


def test_where_somebody_works_nothing_is_taken_away_until_they_are_gone_or_killed(
    tmp_path: Path,
) -> None:
    folder = filled(tmp_path / "recordings/abc")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    before = names(folder)
    tidy(tmp_path, lambda _: Needed.NOTHING, utc_now() + LATER)
    assert names(folder) == before
    holder.kill()
    holder.communicate()
    tidy(tmp_path, lambda _: Needed.NOTHING, utc_now())
    assert not folder.exists()


def test_an_original_that_is_missing_leaves_no_empty_folder(tmp_path: Path) -> None:
    folder = tmp_path / "abc"
    (folder / MEDIA).mkdir(parents=True)
    keep_original(folder, utc_now())
    assert not folder.exists()


def test_the_time_that_a_server_gives_a_file_does_not_count(tmp_path: Path) -> None:
    folder = filled(tmp_path / "abc")
    os.utime(folder / SOURCE / "datei", (4_000_000_000, 4_000_000_000))
    assert abs(last_change(folder) - utc_now()) < timedelta(minutes=5)


def test_what_lies_elsewhere_is_not_followed(tmp_path: Path) -> None:
    elsewhere = filled(tmp_path / "elsewhere")
    (tmp_path / "work/recordings/abc").mkdir(parents=True)
    (tmp_path / "work/recordings/abc/link").symlink_to(elsewhere)
    (tmp_path / "work/recordings/def").symlink_to(elsewhere)
    tidy(tmp_path / "work", lambda _: Needed.ALL, utc_now())
    assert (elsewhere / SOURCE / "datei").exists()
    assert names(tmp_path / "work/recordings/abc") == set()


def test_a_folder_that_cannot_be_taken_away_is_named_and_keeps_no_other_from_it(tmp_path: Path) -> None:
    first, stuck, last = (filled(tmp_path / "recordings" / name) for name in "abc")
    with small_disk(stuck / "disk", "size=64k"):
        assert tidy(tmp_path, lambda _: Needed.NOTHING, utc_now()) == (stuck,)
        assert [each.exists() for each in (first, stuck, last)] == [False, True, False]
    assert tidy(tmp_path, lambda _: Needed.NOTHING, utc_now()) == ()
    assert not stuck.exists()
