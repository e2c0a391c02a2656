"""Runs the ffmpeg program: which one, its version, its progress, its complaints.

The graphs are made with ffmpeg-python in `tasks.transcode`; this module only
starts them. ffmpeg may open local files of known media formats and nothing else.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import ffmpeg
import imageio_ffmpeg

from tasks.inspection import FORMATS, PROTOCOLS
from transcripts.errors import PermanentError, TemporaryError

_DECODING_COMPLAINT = re.compile(r"Error (submitting packet to decoder|while decoding stream)")


@dataclass(frozen=True, slots=True)
class FfmpegRun:
    """What a finished run said: its messages and how many packets it could not decode."""

    messages: str
    undecodable_packets: int


@cache
def ffmpeg_path() -> str:
    """The system's ffmpeg if there is one, else the one that imageio-ffmpeg brings."""
    return shutil.which("ffmpeg") or str(imageio_ffmpeg.get_ffmpeg_exe())


@cache
def ffmpeg_version() -> str:
    """The version as the program states it, such as `5.1.9-0+deb12u1`."""
    output = subprocess.run([ffmpeg_path(), "-version"], capture_output=True, text=True, check=True)
    return output.stdout.split()[2]


def local_input(path: Path, **options: Any) -> Any:
    """An ffmpeg-python input that can neither leave this machine nor follow other files."""
    return ffmpeg.input(str(path), protocol_whitelist=PROTOCOLS, format_whitelist=FORMATS, **options)


def run_ffmpeg(outputs: Any, on_seconds: Callable[[float], None] | None = None) -> FfmpegRun:
    """Run a graph to its end; `on_seconds` hears how far on the recording's time line it is.

    Raises TemporaryError `disk_full`; PermanentError `encode_failed` with ffmpeg's last words.
    """
    arguments = outputs.global_args(
        "-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-progress", "pipe:1"
    )
    command = ffmpeg.compile(arguments, cmd=ffmpeg_path(), overwrite_output=True)
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=messages)
        try:
            _follow(process, on_seconds)
        finally:
            process.kill()  # without effect once it has ended
            code = process.wait()
        return _judged(code, _text_of(messages))


def _follow(process: subprocess.Popen[bytes], on_seconds: Callable[[float], None] | None) -> None:
    """Read the progress until ffmpeg closes it, then wait for its end."""
    if process.stdout is None:
        return
    for line in process.stdout:
        key, _, value = line.decode("ascii", "replace").strip().partition("=")
        if key == "out_time_us" and on_seconds and value.lstrip("-").isdigit():
            on_seconds(max(0.0, int(value) / 1_000_000))
    process.wait()


def _text_of(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")


def _judged(code: int, messages: str) -> FfmpegRun:
    if "No space left on device" in messages:
        raise TemporaryError("disk_full", path="work")
    if code != 0:
        raise PermanentError("encode_failed", reason=messages.strip().rsplit("\n", 1)[-1][:300])
    return FfmpegRun(messages, len(_DECODING_COMPLAINT.findall(messages)))
