"""Small media files for tests, made with the real ffmpeg from what the tests bring along."""

import subprocess
from pathlib import Path

from tasks.media.ffmpeg import ffmpeg_path

SAMPLES = Path(__file__).parent / "samples"
MEETING = SAMPLES / "netzwerktreffen.mp4"


def make(target: Path, *arguments: str) -> Path:
    """Run ffmpeg with `arguments` and `target` as its output."""
    command = [ffmpeg_path(), "-nostdin", "-y", "-loglevel", "error", *arguments, str(target)]
    subprocess.run(command, check=True)
    return target


def meeting_clip(target: Path, start_seconds: float, seconds: float, *codecs: str) -> Path:
    """A piece of the sample meeting; streams are copied unless `codecs` say otherwise."""
    return make(
        target,
        "-ss",
        str(start_seconds),
        "-t",
        str(seconds),
        "-i",
        str(MEETING),
        *(codecs or ("-c", "copy")),
    )


def silence(target: Path, seconds: float) -> Path:
    """A black picture and no sound but silence, as MP4."""
    return make(
        target,
        *("-f", "lavfi", "-i", f"color=black:size=320x180:rate=5:duration={seconds}"),
        *("-f", "lavfi", "-t", str(seconds), "-i", "anullsrc=r=16000:cl=mono"),
        *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest"),
    )


def without_sound(target: Path) -> Path:
    """Moving picture only."""
    return make(target, "-f", "lavfi", "-i", "testsrc=size=320x180:rate=5:duration=3", "-pix_fmt", "yuv420p")


def truncated(source: Path, target: Path, share: float) -> Path:
    """The first part of a file whose index comes first, as a broken copy leaves it."""
    whole = make(
        target.with_suffix(".whole.mp4"), "-i", str(source), "-c", "copy", "-movflags", "+faststart"
    ).read_bytes()
    target.write_bytes(whole[: int(len(whole) * share)])
    return target


def damaged(source: Path, target: Path, share: float, size_bytes: int) -> Path:
    """The file with a stretch of it overwritten."""
    content = bytearray(
        make(
            target.with_suffix(".whole.mp4"), "-i", str(source), "-c", "copy", "-movflags", "+faststart"
        ).read_bytes()
    )
    start = int(len(content) * share)
    content[start : start + size_bytes] = bytes((17 * index) % 251 for index in range(size_bytes))
    target.write_bytes(content)
    return target
