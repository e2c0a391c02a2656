"""Inspection: what is not a playable recording is refused with a reason."""

from pathlib import Path

import pytest

from tasks.media.inspection import inspect_media
from tests.media_samples import MEETING, make, without_sound
from transcripts.errors.error_kinds import PermanentError

HOUR = 3600.0


def refusal(path: Path, limit_seconds: float = HOUR) -> str:
    with pytest.raises(PermanentError) as caught:
        inspect_media([path], limit_seconds)
    return caught.value.code


def test_the_sample_meeting_is_described() -> None:
    found = inspect_media([MEETING], HOUR)
    assert found.duration_seconds == pytest.approx(396.24, abs=0.05)
    assert found.stated_seconds == pytest.approx(396.24, abs=0.05)
    assert (found.audio.codec, found.audio.channels, found.audio.sample_rate_hz) == ("aac", 1, 48_000)
    assert found.video is not None
    assert (found.video.codec, found.video.width, found.video.height) == ("h264", 640, 360)


def test_a_page_that_calls_itself_a_video_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "video.mp4"
    file.write_text("<html>Bitte anmelden</html>" * 100)
    assert refusal(file) == "web_page"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "video.mp4"
    file.touch()
    assert refusal(file) == "empty_file"


def test_a_playlist_that_points_at_local_files_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "video.mp4"
    file.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{MEETING}\n#EXT-X-ENDLIST\n")
    assert refusal(file) == "not_media"


def test_a_picture_without_sound_is_refused(tmp_path: Path) -> None:
    assert refusal(without_sound(tmp_path / "video.mp4")) == "no_audio"


def test_what_is_longer_than_the_limit_is_refused() -> None:
    assert refusal(MEETING, limit_seconds=300) == "too_long"


def test_a_cover_image_is_no_video(tmp_path: Path) -> None:
    cover = make(tmp_path / "cover.png", "-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1")
    song = make(
        tmp_path / "song.mp3",
        *("-f", "lavfi", "-i", "sine=duration=2", "-i", str(cover), "-map", "0", "-map", "1"),
        *("-c:v", "copy", "-disposition:v", "attached_pic"),
    )
    found = inspect_media([song], HOUR)
    assert found.video is None
    assert found.stated_seconds == 0, "what an MP3 states is an estimate"
