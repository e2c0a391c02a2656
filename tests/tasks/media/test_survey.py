"""The survey of real files: parts, first and last times, and what is left of playlists."""

from pathlib import Path

import pytest

from tasks.fetching.hls_playlist import keep_playlist
from tasks.media.survey import survey
from tests.media_marks import AAC, H264, clip, joined, tone
from tests.media_samples import make


def test_times_are_those_of_what_is_heard_and_seen(tmp_path: Path) -> None:
    found = survey([clip(tmp_path / "clip.mp4", 3)])
    picture = found.picture()
    assert picture is not None
    (_, sound), *_ = found.sounds()
    assert (picture[1].first_seconds, sound.first_seconds) == (0.0, 0.0), "what gets a decoder going is not"
    assert (picture[1].last_seconds, picture[1].end_seconds) == pytest.approx((2.9, 3.0))
    assert sound.end_seconds == pytest.approx(3.0, abs=0.03)
    assert sound.stated_seconds == pytest.approx(3.0, abs=0.03)


def test_joined_files_are_parts(tmp_path: Path) -> None:
    parts = [clip(tmp_path / f"{first}.mp4", 2, first=first) for first in (0, 2)]
    (file,) = survey([joined(tmp_path / "all.mp4", *parts)]).files
    assert [part.start_byte for part in file.parts] == [0, parts[0].stat().st_size]
    assert file.tracks[0].end_seconds == pytest.approx(4.0)


def test_a_break_that_leaps_forward_is_known_by_the_playlist_only(tmp_path: Path) -> None:
    codecs = (*H264, *AAC, "-muxdelay", "0", "-output_ts_offset")
    parts = [clip(tmp_path / f"{at}.ts", 2, *codecs, str(at), first=at) for at in (0, 5)]
    source = joined(tmp_path / "source.ts", *parts)
    assert survey([source]).duration_seconds == pytest.approx(7.0, abs=0.1)
    sizes = [parts[0].stat().st_size, source.stat().st_size]
    text = "#EXTINF:2,\na.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\nb.ts\n"
    keep_playlist(source, text, sizes)
    assert survey([source]).duration_seconds == pytest.approx(4.0, abs=0.1)


def test_the_length_of_joined_bare_packets_is_that_of_their_samples(tmp_path: Path) -> None:
    parts = [
        tone(tmp_path / "a.aac", 3, "-c:a", "aac"),
        tone(tmp_path / "b.aac", 3, "-c:a", "aac", rate_hz=24_000, channels=2),
    ]
    found = survey([joined(tmp_path / "all.aac", *parts)])
    (_, sound), *_ = found.sounds()
    assert sound.end_seconds == pytest.approx(6.0, abs=0.15)
    assert (sound.rate_hz, sound.channels) == (48_000, 2)


def test_a_cover_is_no_picture(tmp_path: Path) -> None:
    cover = make(tmp_path / "c.jpg", "-f", "lavfi", "-i", "color=red:size=64x64:duration=1", "-frames:v", "1")
    sound = tone(tmp_path / "a.mp3", 2)
    options = ("-i", str(sound), "-i", str(cover), "-map", "0", "-map", "1", "-c", "copy")
    covered = make(tmp_path / "covered.mp3", *options, "-disposition:v", "attached_pic")
    assert survey([covered]).picture() is None


def test_a_pause_with_something_unreadable_in_its_place_is_a_loss(tmp_path: Path) -> None:
    source = clip(tmp_path / "clip.mkv", 8, *H264, *AAC, size="640x360")
    content = bytearray(source.read_bytes())
    middle, size = len(content) // 2, len(content) // 5
    content[middle : middle + size] = bytes((17 * index) % 251 for index in range(size))
    (tmp_path / "bad.mkv").write_bytes(content)
    (_, sound), *_ = survey([tmp_path / "bad.mkv"]).sounds()
    assert sound.lost_seconds > 0.5
