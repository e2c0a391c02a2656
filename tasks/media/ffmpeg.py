"""Runs the ffmpeg program: which one, its version, its progress, its complaints.

The graphs are made with ffmpeg-python in `tasks.media.transcode`; this module only
starts them. ffmpeg may open local files of known media formats and nothing else.
"""

import io
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import ffmpeg
import imageio_ffmpeg
from typing_extensions import Buffer

from tasks.media.parts import DECODER_OPTIONS, DEMUXER_OPTIONS, MOST_PIXELS
from tasks.processes.child_process import end_group, finished, running
from tasks.sandbox.exit_causes import cause_of_end, used_memory
from tasks.sandbox.resource_limits import own_limits
from transcripts.errors.machine_errors import DiskFullError
from transcripts.errors.media_errors import ConversionStuckError, EncodeFailedError, PictureTooLargeError

_DECODING_COMPLAINT = re.compile(r"Error (submitting packet to decoder|while decoding stream)")
_TOO_LARGE = re.compile(r"Picture size (\d{1,9})x(\d{1,9}) (?:exceeds|is invalid)")
# What ffmpeg says of itself, it says at once.
QUESTION_SECONDS = 60.0
# So many times a recording's length a slow and busy machine may take, and what comes with a short one.
SLOWEST_RATE, LEAST_SECONDS = 20.0, 3600.0
# ffmpeg says twice a second how far it is; moving the index to a large file's front takes it minutes.
LONGEST_SILENCE_SECONDS = 1800.0
# The summaries of filters come last.
KEPT_MESSAGES_BYTES = 1_000_000

Feed = Callable[[io.RawIOBase], None]


@dataclass(frozen=True, slots=True)
class FfmpegRun:
    """What a finished run said: its messages and how many packets it could not decode."""

    messages: str
    undecodable_packets: int


@cache
def ffmpeg_path() -> str:
    """The ffmpeg that imageio-ffmpeg brings, or the one that `IMAGEIO_FFMPEG_EXE` names."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def is_packaged_ffmpeg() -> bool:
    """Whether it is the one that imageio-ffmpeg brings."""
    return Path(ffmpeg_path()).is_relative_to(Path(imageio_ffmpeg.__file__).parent)


@cache
def ffmpeg_version() -> str:
    """The version as the program states it, such as `5.1.9-0+deb12u1`."""
    return finished([ffmpeg_path(), "-version"], timeout_seconds=QUESTION_SECONDS).stdout.split()[2]


def local_input(path: Path, **options: Any) -> Any:
    """An ffmpeg-python input that can neither leave this machine nor follow other files."""
    return ffmpeg.input(str(path), **DEMUXER_OPTIONS, **DECODER_OPTIONS, **options)


def piped_input(**options: Any) -> Any:
    """An ffmpeg-python input of what is written to the program's standard input."""
    return ffmpeg.input("pipe:0", protocol_whitelist="pipe", **DECODER_OPTIONS, **options)


def run_ffmpeg(
    outputs: Any,
    duration_seconds: float,
    on_seconds: Callable[[float], None] | None = None,
    longest_silence_seconds: float = LONGEST_SILENCE_SECONDS,
    feed: Feed | None = None,
) -> FfmpegRun:
    """Run a graph over so much of a recording; `on_seconds` hears how far on its time line it is.

    `feed` writes what a `piped_input` reads. It alone knows then how far it is, and `on_seconds` hears
    nothing.

    Raises DiskFullError; EncodeFailedError with ffmpeg's last words,
    ConversionStuckError (minutes) when it came no further or took far too long, and what
    `tasks.sandbox.exit_causes.cause_of_end` knows.
    """
    arguments = outputs.global_args("-hide_banner", "-nostdin", "-nostats", "-loglevel", "info")
    if feed is None:
        arguments = arguments.global_args("-progress", "pipe:1")
    command = ffmpeg.compile(arguments, cmd=ffmpeg_path(), overwrite_output=True)
    with tempfile.TemporaryFile() as messages:
        limit_seconds = LEAST_SECONDS + SLOWEST_RATE * duration_seconds
        try:
            with (
                _started(command, limit_seconds, messages, is_fed=feed is not None) as process,
                _listened_to(process, longest_silence_seconds) as heard,
            ):
                if feed is not None:
                    _feed(process, feed, heard)
                else:
                    _follow(process, on_seconds, heard)
        except subprocess.TimeoutExpired as error:
            raise ConversionStuckError(minutes=round(error.timeout / 60)) from error
        return _judged(process.returncode, _said(messages))


def _started(
    command: list[str], limit_seconds: float, messages: IO[bytes], *, is_fed: bool
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """The program, with a pipe to it, or else one for what it says of its progress."""
    silent, pipe = subprocess.DEVNULL, subprocess.PIPE
    stdin, stdout = (pipe, silent) if is_fed else (silent, pipe)
    return running(command, timeout_seconds=limit_seconds, stdin=stdin, stdout=stdout, stderr=messages)


@contextmanager
def _listened_to(process: subprocess.Popen[bytes], silence_seconds: float) -> Iterator[Callable[[], None]]:
    """Yields what to call whenever the program is heard of. Ends it, and says so, after such a silence."""
    is_over, is_silent, lock = threading.Event(), threading.Event(), threading.Lock()
    last_heard = time.monotonic()

    def heard() -> None:
        nonlocal last_heard
        with lock:
            last_heard = time.monotonic()

    def watch() -> None:
        while not is_over.wait(min(1.0, silence_seconds / 4)):
            with lock:
                silent_seconds = time.monotonic() - last_heard
            if silent_seconds > silence_seconds:
                is_silent.set()
                end_group(process.pid)
                return

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield heard
    finally:
        is_over.set()
        watching.join()
        if is_silent.is_set():
            raise subprocess.TimeoutExpired("ffmpeg", silence_seconds)


def _feed(process: subprocess.Popen[bytes], feed: Feed, heard: Callable[[], None]) -> None:
    """Write until there is no more, or ffmpeg wants no more, and wait for its end."""
    if process.stdin is None:
        return
    with suppress(BrokenPipeError), process.stdin as stream:
        feed(_WatchedPipe(stream, heard))
    process.wait()


class _WatchedPipe(io.RawIOBase):
    """A pipe to the program; whatever it takes is a sign of life."""

    def __init__(self, stream: IO[bytes], heard: Callable[[], None]) -> None:
        self._stream, self._heard = stream, heard

    def writable(self) -> bool:
        return True

    def write(self, content: Buffer, /) -> int:
        self._stream.write(content)
        self._heard()
        return memoryview(content).nbytes


def _follow(
    process: subprocess.Popen[bytes], on_seconds: Callable[[float], None] | None, heard: Callable[[], None]
) -> None:
    """Read the progress until ffmpeg closes it, then wait for its end."""
    if process.stdout is None:
        return
    for line in process.stdout:
        heard()
        key, _, value = line.decode("ascii", "replace").strip().partition("=")
        if key == "out_time_us" and on_seconds and value.lstrip("-").isdigit():
            on_seconds(max(0.0, int(value) / 1_000_000))
    process.wait()


def _said(stream: IO[bytes]) -> FfmpegRun:
    """Its last words, and how often it complained: a damaged file can make it say a gigabyte."""
    stream.seek(0)
    complaints = sum(
        len(_DECODING_COMPLAINT.findall(line.decode("utf-8", "replace"))) for line in _lines(stream)
    )
    stream.seek(-min(stream.tell(), KEPT_MESSAGES_BYTES), io.SEEK_END)
    return FfmpegRun(stream.read().decode("utf-8", "replace"), complaints)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: stream.readline(KEPT_MESSAGES_BYTES), b"")


def _judged(code: int, run: FfmpegRun) -> FfmpegRun:
    if "No space left on device" in run.messages:
        raise DiskFullError(path="work")
    if code == 0:
        return run
    if (cause := cause_of_end(code, own_limits())) is not None:
        raise cause
    if "Cannot allocate memory" in run.messages:
        raise used_memory(own_limits())
    if (large := _TOO_LARGE.search(run.messages)) and int(large[1]) * int(large[2]) > MOST_PIXELS:
        raise PictureTooLargeError(width=large[1], height=large[2])
    raise EncodeFailedError(reason=run.messages.strip().rsplit("\n", 1)[-1][:300])
