"""Media read and made in the sandbox: the same as without it, and nothing that is in it brings us down."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.media import inspection, transcode
from tasks.media import sandboxed_media as sandboxed
from tests.kinds import kind_of
from tests.media_samples import make, meeting_clip
from tests.process_tree import eventually
from transcripts.errors.error_kinds import PermanentError, StepError
from transcripts.errors.media_errors import (
    MemoryUsedUpError,
    ProcessorUsedUpError,
    ReaderCrashedError,
    ReadingInterruptedError,
    RoomUsedUpError,
    TimeUsedUpError,
)
from transcripts.media.media_values import Media
from transcripts.wording.error_wording import WORDINGS, explain

LONGEST_SECONDS = 3600.0
SOUND = ("-f", "lavfi", "-i", "sine=frequency=300:duration=2")
PICTURE = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=2")
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")


def made_of(
    path: Path, directory: Path, on_seconds: Callable[[float], None] = lambda _seconds: None
) -> Media:
    return sandboxed.transcode(
        [path], sandboxed.inspect_media([path], LONGEST_SECONDS), directory, -16.0, on_seconds
    )


def refusal_of(path: Path) -> StepError:
    with pytest.raises(StepError) as caught:
        made_of(path, path.parent / "made")
    return caught.value


def test_the_same_comes_out_as_without_the_cage(tmp_path: Path) -> None:
    clip = meeting_clip(tmp_path / "clip.mp4", 30, 6)
    found = inspection.inspect_media([clip], LONGEST_SECONDS)
    assert sandboxed.inspect_media([clip], LONGEST_SECONDS) == found
    plain = transcode.transcode([clip], found, tmp_path / "plain", -16.0, lambda _seconds: None)
    told: list[float] = []
    media = made_of(clip, tmp_path / "sandboxed", told.append)
    for name in ("audio", "speech", "video", "poster"):
        one, other = getattr(plain, name), getattr(media, name)
        assert (other.sha256, other.path) == (one.sha256, tmp_path / "sandboxed" / one.path.name)
        assert other.is_present()
    assert told == sorted(told)
    assert {each.name for each in tmp_path.iterdir()} == {"clip.mp4", "plain", "sandboxed"}


def children_in_the_cage() -> list[int]:
    """The processes that read media for this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int((folder / "environ").read_bytes().split(b"TMPDIR=")[1].split(b"\0")[0] != b"")
        except (OSError, IndexError):
            continue
        if parent and b"tasks.media.media_child" in words and b"-P" in words[1:2]:
            found.append(int(folder.name))
    return found


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (signal.SIGSEGV, ReaderCrashedError()),
        (signal.SIGBUS, ReaderCrashedError()),
        (signal.SIGKILL, ReadingInterruptedError()),
    ],
)
def test_a_decoder_that_falls_leaves_us_standing_and_nothing_behind(
    sent: signal.Signals, error: StepError, tmp_path: Path
) -> None:
    clip = meeting_clip(tmp_path / "clip.mp4", 0, 120)
    found = sandboxed.inspect_media([clip], LONGEST_SECONDS)
    before = set(children_in_the_cage())

    def fell() -> None:
        assert eventually(lambda: bool(set(children_in_the_cage()) - before))
        time.sleep(0.5)
        for child in set(children_in_the_cage()) - before:
            os.kill(child, sent)

    felling = threading.Thread(target=fell)
    felling.start()
    with pytest.raises(StepError) as caught:
        sandboxed.transcode([clip], found, tmp_path / "made", -16.0, lambda _seconds: None)
    felling.join()
    assert (type(caught.value), caught.value.code) == (type(error), error.code)
    assert [each.name for each in tmp_path.iterdir()] == ["clip.mp4"]


def test_no_process_that_reads_media_knows_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MITSCHNITT_ANNOUNCEMENT__SMTP_URL", "smtps://wir:geheim-4711@example.org")
    clip = meeting_clip(tmp_path / "clip.mp4", 0, 20, "-c:v", "mpeg4", "-c:a", "copy")
    seen: set[str] = set()
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.02):
            for folder in Path("/proc").glob("[0-9]*"):
                try:
                    environment = (folder / "environ").read_bytes()
                    if str(tmp_path).encode() in environment.split(b"TMPDIR=")[-1][:200]:
                        seen.add((folder / "comm").read_text().strip())
                        assert b"geheim-4711" not in environment
                except OSError:
                    continue

    looking = threading.Thread(target=look)
    looking.start()
    made_of(clip, tmp_path / "made")
    is_over.set()
    looking.join()
    assert any("ffmpeg" in name for name in seen), seen


def with_codec(path: Path, target: Path, old: bytes, new: bytes) -> Path:
    content = path.read_bytes()
    assert old in content
    target.write_bytes(content.replace(old, new))
    return target


@pytest.mark.parametrize(
    ("old", "code"), [(b"mp4a", "sound_codec_unknown"), (b"avc1", "picture_codec_unknown")]
)
def test_a_codec_that_nobody_knows_is_told(old: bytes, code: str, tmp_path: Path) -> None:
    whole = make(tmp_path / "whole.mp4", *PICTURE, *SOUND, *H264)
    content = whole.read_bytes().replace(b"\x40\x15", b"\xe9\x15")  # the object type, which says it, too
    (tmp_path / "whole.mp4").write_bytes(content)
    error = refusal_of(with_codec(whole, tmp_path / "unknown.mp4", old, b"zzzz"))
    assert (kind_of(error), error.code) == (PermanentError, code)
    assert "Format" in explain(error)


def test_a_second_sound_that_nobody_knows_is_passed_over(tmp_path: Path) -> None:
    two = (*H264, "-map", "0", "-map", "1", "-map", "1", "-c:a:0", "aac", "-c:a:1", "alac")
    whole = make(tmp_path / "two.mp4", *PICTURE, *SOUND, *two)
    path = with_codec(whole, tmp_path / "strange.mp4", b"alac", b"zzzz")
    assert made_of(path, tmp_path / "made").duration_seconds == pytest.approx(2, abs=0.2)


def test_a_picture_too_large_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    large = ("-f", "lavfi", "-i", "color=black:size=8192x8192:rate=1:duration=1", "-c:v", "mpeg4")
    error = refusal_of(make(tmp_path / "large.mkv", *large, *SOUND))
    assert error.code == "picture_too_large"
    assert "8192 × 8192" in explain(error)


def test_a_picture_that_becomes_too_large_midway_fills_no_memory(tmp_path: Path) -> None:
    whole = make(
        tmp_path / "vp8.webm",
        *PICTURE,
        *SOUND,
        "-g",
        "5",
        "-pix_fmt",
        "yuv420p",
        "-c:v",
        "libvpx",
        "-c:a",
        "libopus",
    )
    content, start = bytearray(whole.read_bytes()), b"\x9d\x01\x2a"
    at = content.find(start)
    while at >= 0:
        content[at + 3 : at + 7] = b"\xff\x3f\xff\x3f"
        at = content.find(start, at + 1)
    (tmp_path / "huge.webm").write_bytes(content)
    error = refusal_of(tmp_path / "huge.webm")
    assert (kind_of(error), error.code) == (PermanentError, "picture_too_large")


def test_more_tracks_than_any_meeting_has_are_refused(tmp_path: Path) -> None:
    maps = [word for _ in range(80) for word in ("-map", "0:a")]
    error = refusal_of(make(tmp_path / "many.mkv", *SOUND, *maps, "-c:a", "libopus"))
    assert (error.code, error.details) == ("too_many_tracks", {"count": 80, "most": 64})


def test_a_sound_of_which_nothing_can_be_decoded_is_damaged(tmp_path: Path) -> None:
    whole = make(tmp_path / "whole.mkv", *SOUND, "-c:a", "flac")
    content = bytearray(whole.read_bytes())
    at = content.find(b"\xff\xf8")
    while at >= 0:
        content[at : at + 2] = b"\0\0"
        at = content.find(b"\xff\xf8", at + 1)
    (tmp_path / "mute.mkv").write_bytes(content)
    assert refusal_of(tmp_path / "mute.mkv").code == "damaged"


def test_each_limit_is_named_in_german() -> None:
    named = {
        MemoryUsedUpError: "Arbeitsspeicher",
        ProcessorUsedUpError: "Rechenzeit",
        TimeUsedUpError: "Minuten",
        RoomUsedUpError: "Datei von mehr",
        ReaderCrashedError: "abgestürzt",
    }
    assert all(word in WORDINGS[kind] for kind, word in named.items())
