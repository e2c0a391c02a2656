"""Files that cannot be opened: what organisers are told."""

from pathlib import Path

import pytest

from tasks.media.unplayable import unplayable
from tests.media_formats import make_format


def code(path: Path) -> str:
    return unplayable(path, OSError()).code


@pytest.mark.parametrize("name", ["mp4", "mov", "m4a"])
def test_a_recording_that_lacks_its_index_was_not_finished(name: str, tmp_path: Path) -> None:
    recording = make_format(name, tmp_path)
    recording.write_bytes(recording.read_bytes()[:-20_000])
    assert code(recording) == "not_finished"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty_file"),
        (b"<html>Bitte anmelden</html>" * 100, "web_page"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html>", "web_page"),
        (b"PK\x03\x04" + bytes(100), "zip_file"),
        (b"#EXTM3U\n", "not_media"),
        (bytes(5000), "not_media"),
    ],
)
def test_what_is_no_recording_is_called_so(content: bytes, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "video.mp4"
    file.write_bytes(content)
    assert code(file) == expected
