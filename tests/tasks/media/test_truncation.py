"""Where a file breaks off that looks cut off."""

from pathlib import Path
from random import Random

import pytest

from tasks.media.structure.truncation_sign import Sign
from tasks.media.truncation import cut_off_reasons, signs_of_cut
from tests.cut_files import damaged_at_random
from tests.media_formats import SECONDS, make_format
from tests.media_samples import MEETING
from transcripts.hold_reasons import LOOKS_CUT_OFF


def half(path: Path) -> Path:
    """The file without the rest, cut inside of an element."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 - 50])
    return path


def test_a_whole_recording_shows_no_cut() -> None:
    assert signs_of_cut(MEETING) is None


@pytest.mark.parametrize("name", ["mp4_fragmented", "webm_live", "mp3", "ts", "avi", "flac", "opus"])
def test_half_a_recording_breaks_off_about_half_way(name: str, tmp_path: Path) -> None:
    cut = signs_of_cut(half(make_format(name, tmp_path)))
    assert cut is not None
    assert cut.at_seconds == pytest.approx(SECONDS / 2, abs=1.5)


def test_what_cannot_be_played_breaks_off_nowhere(tmp_path: Path) -> None:
    cut = signs_of_cut(half(make_format("mp4", tmp_path)))
    assert cut is not None
    assert (cut.why, cut.at_seconds) == (Sign.NO_INDEX, None)


@pytest.mark.parametrize("name", ["mp4_faststart", "mp4_fragmented", "webm_live", "mp3", "ts", "avi", "ogg"])
def test_damage_raises_nothing(name: str, tmp_path: Path) -> None:
    recording = make_format(name, tmp_path)
    whole, random = recording.read_bytes(), Random(5)  # noqa: S311 - the same damage each time
    for _ in range(10):
        recording.write_bytes(damaged_at_random(whole, random))
        cut = signs_of_cut(recording)
        assert cut is None or cut.at_seconds is None or cut.at_seconds > 0


def test_a_file_that_is_missing_shows_no_cut(tmp_path: Path) -> None:
    assert signs_of_cut(tmp_path / "missing.mp4") is None


def test_each_file_that_looks_cut_off_is_a_reason_to_hold_the_record(tmp_path: Path) -> None:
    cut = half(make_format("mp3", tmp_path))
    (reason,) = cut_off_reasons([MEETING, cut])
    assert reason.code == LOOKS_CUT_OFF
    assert reason.details == {"why": "element_cut", "at_seconds": pytest.approx(SECONDS / 2, abs=0.5)}
