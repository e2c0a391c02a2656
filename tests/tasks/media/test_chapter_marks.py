"""Chapters inside the published files, written by the real ffmpeg and read back."""

from pathlib import Path

import av
import ffmpeg
import pytest

from tasks.media.chapter_marks import mark_chapters
from tasks.media.ffmpeg import local_input, run_ffmpeg
from tests.media_samples import SAMPLES
from transcripts.media.media_values import LocalFile, Media
from transcripts.model import Chapter

CHAPTERS = (
    Chapter(start_seconds=0.0, title="Begrüßung; Ablauf = #1"),
    Chapter(start_seconds=55.2, title="Was ein Bürgerrat kostet"),
    Chapter(start_seconds=300.0, title="„Ausblick“"),
)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    folder = tmp_path_factory.mktemp("media")
    source = SAMPLES / "netzwerktreffen.mp4"
    streams = local_input(source)
    run_ffmpeg(ffmpeg.output(streams["a"], str(folder / "audio.m4a"), codec="copy"), 60)
    run_ffmpeg(ffmpeg.output(streams["v"], streams["a"], str(folder / "video.mp4"), codec="copy"), 60)
    audio, video = LocalFile.of(folder / "audio.m4a"), LocalFile.of(folder / "video.mp4")
    return Media(duration_seconds=396.2, audio=audio, speech=audio, video=video, tool="ffmpeg")


def chapters_in(path: Path) -> list[tuple[float, str]]:
    with av.open(str(path)) as container:
        return [
            (round(one["start"] * float(one["time_base"] or 0), 2), one["metadata"]["title"])
            for one in container.chapters()
        ]


def packets_in(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        streams = [*container.streams.video, *container.streams.audio]
        return [bytes(packet) for packet in container.demux(*streams)]


def files_of(media: Media) -> list[Path]:
    assert media.video is not None
    return [media.audio.path, media.video.path]


def test_video_and_sound_hold_the_chapters(media: Media, tmp_path: Path) -> None:
    for path in files_of(mark_chapters(media, CHAPTERS, tmp_path / "marked")):
        assert chapters_in(path) == [(one.start_seconds, one.title) for one in CHAPTERS]


def test_picture_and_sound_are_copied_as_they_were(media: Media, tmp_path: Path) -> None:
    marked = mark_chapters(media, CHAPTERS, tmp_path / "marked")
    for before, after in zip(files_of(media), files_of(marked), strict=True):
        assert packets_in(before) == packets_in(after)


def test_the_index_stays_in_front_so_that_playing_starts_at_once(media: Media, tmp_path: Path) -> None:
    for path in files_of(mark_chapters(media, CHAPTERS, tmp_path / "marked")):
        content = path.read_bytes()
        assert 0 < content.find(b"moov") < content.find(b"mdat")


def test_the_same_chapters_give_the_same_bytes_and_others_replace_them(media: Media, tmp_path: Path) -> None:
    first = mark_chapters(media, CHAPTERS, tmp_path / "one")
    again = mark_chapters(media, CHAPTERS, tmp_path / "two")
    other = mark_chapters(first, CHAPTERS[:2], tmp_path / "three")
    assert [first.audio.sha256, first.video] != [media.audio.sha256, media.video]
    assert (first.audio.sha256, first.video and first.video.sha256) == (
        again.audio.sha256,
        again.video and again.video.sha256,
    )
    assert [title for _, title in chapters_in(files_of(other)[1])] == [one.title for one in CHAPTERS[:2]]


def test_what_comes_before_a_late_first_chapter_is_one_too(media: Media, tmp_path: Path) -> None:
    for path in files_of(mark_chapters(media, CHAPTERS[1:], tmp_path / "marked")):
        assert [start for start, _ in chapters_in(path)] == [0.0, 55.2, 300.0]
        assert chapters_in(path)[0][1] == "Vor dem Beginn"


def test_without_chapters_the_files_stay_the_same(media: Media, tmp_path: Path) -> None:
    assert mark_chapters(media, (), tmp_path / "marked") == media
    assert not (tmp_path / "marked").exists()
