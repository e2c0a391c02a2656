"""Whoever takes a sandboxed process over leaves no way to the files of the process that started it."""

import os
from pathlib import Path

import pytest

from tasks.fetching.fetch_step import _file
from tasks.sandbox.left_files import expect_plain
from tasks.sandbox.resource_limits import MEGABYTE, Limits
from tasks.sandbox.sandboxed_module import result_of_module
from transcripts.errors.media_errors import ReaderCrashedError, ReadingInterruptedError
from transcripts.values import Value

LIMITS = Limits(
    memory_bytes=400 * MEGABYTE,
    address_bytes=2000 * MEGABYTE,
    processor_seconds=20,
    wall_seconds=60.0,
    file_bytes=MEGABYTE,
    open_files=64,
)


class Wish(Value):
    """What the rogue is to do; `secret` stands for a file of the settings, which is not given to it."""

    trick: str
    target: Path
    victim: str


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "settings" / "mitschnitt.toml"
    file.parent.mkdir()
    file.write_text("smtp_url = geheim")
    return file


def left(trick: str, tmp_path: Path, secret: Path) -> object:
    folder = tmp_path / "sandbox"
    (folder / "media").mkdir(parents=True)
    # A text that is no path by itself, so that it does not count as given.
    wish = Wish(trick=trick, target=folder / "media" / "video.mp4", victim=f"{secret.parent}/./{secret.name}")
    return result_of_module(
        "tests.tasks.sandbox.rogue_child", wish, LIMITS, folder, lambda _: None, ReadingInterruptedError
    )


def test_a_file_that_was_left_is_taken(tmp_path: Path, secret: Path) -> None:
    assert left("none", tmp_path, secret) == {"files": [{"path": str(tmp_path / "sandbox/media/video.mp4")}]}


@pytest.mark.parametrize("trick", ["link", "linked folder", "pipe", "elsewhere", "upwards"])
def test_nothing_that_leads_elsewhere_is_taken(trick: str, tmp_path: Path, secret: Path) -> None:
    with pytest.raises(ReaderCrashedError):
        left(trick, tmp_path, secret)


def test_a_file_of_several_names_is_not_taken(tmp_path: Path, secret: Path) -> None:
    os.link(secret, tmp_path / "video.mp4")
    with pytest.raises(ReaderCrashedError):
        expect_plain(tmp_path / "video.mp4")


@pytest.mark.parametrize("name", ["source.mp4", "../settings/mitschnitt.toml"])
def test_what_fetching_names_lies_in_its_folder(name: str, tmp_path: Path, secret: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "source.mp4").symlink_to(secret)
    with pytest.raises((ReaderCrashedError, FileNotFoundError)):
        _file(folder, name)
