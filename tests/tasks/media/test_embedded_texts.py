"""Captions and chapters within media of every kind, made by the real ffmpeg and read in the cage."""

from pathlib import Path

import pytest

from tasks.media.sandboxed_media import inspect_media, read_source_texts
from tests.captioned_files import CHAPTERS, captioned, right_cues, srt, vtt
from tests.media_samples import MEETING, make
from transcripts.media.media_values import CaptionFile, Fetched, LocalFile, SourceChapter
from transcripts.media.source_texts import SourceTexts

SECONDS = 20.0
CUES = right_cues(SECONDS - 5)


def read(tmp_path: Path, *paths: Path, captions: tuple[CaptionFile, ...] = ()) -> SourceTexts:
    fetched = Fetched(files=tuple(map(LocalFile.of, paths)), captions=captions)
    return read_source_texts(fetched, inspect_media(paths, None), tmp_path / "texts")


@pytest.mark.parametrize("chapters", [(), CHAPTERS[:1], ((0.0, "Begrüßung"), (9.5, "Kapitel 2 äöü ; = #"))])
@pytest.mark.parametrize(
    ("ending", "codec", "sound"),
    [
        ("mp4", "mov_text", "copy"),
        ("mov", "mov_text", "copy"),
        ("m4a", "", "copy"),
        ("mkv", "subrip", "copy"),
        ("mkv", "ass", "copy"),
        ("mkv", "webvtt", "copy"),
        ("webm", "webvtt", "libopus"),
        ("mp3", "", "libmp3lame"),
    ],
)
def test_each_container_keeps_each_kind(
    ending: str, codec: str, sound: str, chapters: tuple[tuple[float, str], ...], tmp_path: Path
) -> None:
    path = captioned(tmp_path / f"a.{ending}", CUES, codec, seconds=SECONDS, chapters=chapters, sound=sound)
    found = read(tmp_path, path)
    assert [each.title for each in found.chapters] == [title for _, title in chapters]
    # Before the first sample of an MP3 lies what its encoder needs.
    assert [each.start_seconds for each in found.chapters] == pytest.approx(
        [at for at, _ in chapters], abs=0.03
    )
    assert (found.chapters_file is not None) == bool(chapters)
    assert len(found.tracks) == bool(codec)
    for track in found.tracks:
        assert track.language == "ger"
        assert [each.text for each in track.cues] == [text for _, _, text in CUES]
        for cue, (start, end, _) in zip(track.cues, CUES, strict=True):
            assert (cue.start_seconds, cue.end_seconds) == pytest.approx((start, end), abs=0.02)
        assert track.file.is_present()
        assert track.file == LocalFile.of(track.file.path)
    assert found.passed_over == ()


@pytest.mark.parametrize("ending", ["mkv", "mp4"])
def test_a_recording_that_begins_late_has_its_captions_where_they_are_heard(
    ending: str, tmp_path: Path
) -> None:
    codec = "subrip" if ending == "mkv" else "mov_text"
    path = captioned(tmp_path / f"early.{ending}", CUES, codec, seconds=SECONDS)
    late = make(
        tmp_path / f"late.{ending}",
        *("-i", str(path), "-map", "0:a", "-map", "0:s", "-c", "copy", "-output_ts_offset", "10"),
    )
    found = read(tmp_path, late)
    assert found.tracks[0].cues[1].start_seconds == pytest.approx(CUES[1][0], abs=0.05)
    if found.chapters:
        assert found.chapters[0].start_seconds == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("name", ["Deutsch (automatisch erzeugt)", "auto-generated"])
def test_a_track_that_a_machine_made_is_passed_over(name: str, tmp_path: Path) -> None:
    found = read(tmp_path, captioned(tmp_path / "a.mkv", CUES, "subrip", seconds=SECONDS, name=name))
    assert (found.tracks, [each.reason for each in found.passed_over]) == ((), ["made by a machine"])


def test_a_track_for_some_passages_is_passed_over(tmp_path: Path) -> None:
    forced = ("-disposition:s:0", "forced")
    path = captioned(tmp_path / "a.mkv", CUES, "subrip", seconds=SECONDS, extra=forced)
    assert [each.reason for each in read(tmp_path, path).passed_over] == ["of some passages only"]


def test_parts_with_clocks_of_their_own_have_no_captions_that_fit(tmp_path: Path) -> None:
    one = captioned(tmp_path / "a.mkv", CUES, "subrip", seconds=SECONDS)
    joined = tmp_path / "joined.mkv"
    joined.write_bytes(one.read_bytes() * 2)
    found = read(tmp_path, joined)
    assert (found.tracks, found.chapters) == ((), ())
    assert [each.reason for each in found.passed_over] == ["its parts have clocks of their own"]


def test_files_beside_are_read_and_copied(tmp_path: Path) -> None:
    sound = make(tmp_path / "a.m4a", "-t", "5", "-i", str(MEETING), "-vn", "-c:a", "copy")
    contents = {"a.vtt": vtt(CUES).encode(), "b.srt": srt(CUES).encode("cp1252"), "c.vtt": b"\x00nothing"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    beside = tuple(CaptionFile(file=LocalFile.of(tmp_path / name), language="de") for name in contents)
    found = read(tmp_path, sound, captions=beside)
    assert [each.file.path.read_bytes() for each in found.tracks] == [contents["a.vtt"], contents["b.srt"]]
    assert [each.reason for each in found.passed_over] == ["unknown encoding"]


def test_chapters_of_the_page_come_before_those_in_the_file(tmp_path: Path) -> None:
    path = captioned(tmp_path / "a.mp4", CUES, "", seconds=SECONDS, chapters=CHAPTERS[:1])
    own = (SourceChapter(start_seconds=0, title="a"), SourceChapter(start_seconds=5, title="b"))
    fetched = Fetched(files=(LocalFile.of(path),), chapters=own)
    assert read_source_texts(fetched, inspect_media([path], None), tmp_path / "texts").chapters == own


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_damage_within_ends_nothing(share: float, tmp_path: Path) -> None:
    path = captioned(tmp_path / "a.mkv", CUES, "subrip", seconds=SECONDS)
    content = bytearray(path.read_bytes())
    at = int(share * len(content))
    content[at : at + 400] = bytes((17 * each) % 251 for each in range(400))
    path.write_bytes(content)
    found = read(tmp_path, path)
    assert all(each.cues for each in found.tracks)
