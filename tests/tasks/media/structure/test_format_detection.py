"""In every format a whole file shows nothing, a cut one shows it, and damage raises nothing."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tasks.media.structure.format_detection import sign_of_cut
from tasks.media.structure.truncation_sign import Sign
from tests.cut_files import UNKNOWN_AT_BORDERS, cut_at_random, damaged_at_random, sign_of
from tests.media_formats import FORMATS, make_format
from tests.media_samples import SAMPLES

CUTS = 6
DAMAGES = 25
PADDING_BYTES = 5000

Made = Callable[[str], bytes]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The content of a format's file, which is made once."""
    directory, contents = tmp_path_factory.mktemp("formats"), dict[str, bytes]()

    def content(name: str) -> bytes:
        if name not in contents:
            contents[name] = make_format(name, directory).read_bytes()
        return contents[name]

    return content


@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_file_shows_nothing(made: Made, name: str, tmp_path: Path) -> None:
    assert sign_of(made(name), tmp_path / "whole") is None


@pytest.mark.parametrize("name", FORMATS)
def test_zeros_behind_a_whole_file_show_nothing(made: Made, name: str, tmp_path: Path) -> None:
    assert sign_of(made(name) + bytes(PADDING_BYTES), tmp_path / "padded") is None


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_is_cut_off_anywhere_shows_it(made: Made, name: str, tmp_path: Path) -> None:
    cuts = list(cut_at_random(made(name), CUTS, seed=11, directory=tmp_path))
    missed = [cut for cut in cuts if cut.sign is None]
    if name in UNKNOWN_AT_BORDERS:
        missed = [cut for cut in missed if not cut.is_at_border]
    assert missed == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_lacks_its_last_bytes_shows_it(made: Made, name: str, tmp_path: Path) -> None:
    assert sign_of(made(name)[:-17], tmp_path / "cut") is not None


@pytest.mark.parametrize("name", FORMATS)
def test_damage_raises_nothing(made: Made, name: str, tmp_path: Path) -> None:
    random = Random(3)  # noqa: S311 - the same damage each time
    found = [sign_of(damaged_at_random(made(name), random), tmp_path / "damaged") for _ in range(DAMAGES)]
    assert set(found) <= {None, *Sign}


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.mp4")) + sorted(SAMPLES.glob("*.flac")))
def test_the_samples_are_whole(sample: Path) -> None:
    assert sign_of_cut(sample) is None


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"\xff", b"ID3", b"<html>", b"OggS", bytes(1000), b"\xff" * 1000]
)
def test_what_is_no_recording_raises_nothing(content: bytes, tmp_path: Path) -> None:
    assert sign_of(content, tmp_path / "file") in {None, Sign.ELEMENT_CUT}


def test_a_file_that_cannot_be_read_shows_nothing(tmp_path: Path) -> None:
    assert sign_of_cut(tmp_path / "missing") is None
    assert sign_of_cut(tmp_path) is None


@pytest.mark.parametrize("name", ["mp3", "mp3_without_frame_count", "adts", "flac"])
@pytest.mark.parametrize("tail", ["id3v1", "ape", "lyrics", "all"])
def test_tags_behind_sound_show_nothing(made: Made, name: str, tail: str, tmp_path: Path) -> None:
    id3v1 = b"TAG" + b"\xff" * 125
    ape = (
        b"\xff\xfb\x90\x40" * 8
        + b"APETAGEX"
        + bytes.fromhex("d0070000 40000000 01000000 00000000")
        + bytes(8)
    )
    lyrics = b"LYRICSBEGIN" + b"IND0000200" + b"000021" + b"LYRICS200"
    tails = {"id3v1": id3v1, "ape": ape, "lyrics": lyrics + id3v1, "all": ape + lyrics + id3v1}
    assert sign_of(made(name) + tails[tail], tmp_path / "tagged") is None


@pytest.mark.parametrize(
    "name", ["mp4", "mp4_faststart", "mp4_fragmented", "webm", "webm_live", "mp3", "opus", "ts"]
)
def test_files_joined_one_behind_the_other_are_whole_or_cut_as_one(
    made: Made, name: str, tmp_path: Path
) -> None:
    joined = made(name) * 2
    assert sign_of(joined, tmp_path / "joined") is None
    assert sign_of(joined[: len(joined) * 4 // 5], tmp_path / "cut") is not None
