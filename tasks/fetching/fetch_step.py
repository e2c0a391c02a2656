"""Fetches a recording with yt-dlp, in a child process that can reach public addresses only.

The step itself: starts the child, passes progress on, and turns its answer into a
value or an error. A broken download goes on where it stopped when `fetch` is called
again with the same folder.
"""

import json
import logging
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from tasks.fetching.fetch_limits import LOOKING_UP_SECONDS, for_fetching
from tasks.sandbox.child_messages import answers, result_in
from tasks.sandbox.exit_causes import cause_of_end, used_time
from tasks.sandbox.left_files import expect_plain
from tasks.sandbox.resource_limits import Limits
from tasks.sandbox.sandboxed_process import sandboxed
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.source_errors import FetchInterruptedError, PageTooCostlyError
from transcripts.media.media_values import CaptionFile, Fetched, LocalFile, SourceChapter
from transcripts.media.presentation import Presentation
from transcripts.sources.listed_files import Sought
from transcripts.sources.source_url import SourceUrl

logger = logging.getLogger("mitschnitt.steps")


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What may be fetched. `allow_hosts` ("host" or "host:port") may have addresses that are not public.

    `timezone` is that of the people who meet: the day of a moment that the source tells is theirs.
    `language` is that of the captions that are wanted; nothing: of any. Of a document that is `sought` the
    title is the name of its file.
    """

    allow_hosts: tuple[str, ...]
    max_duration_seconds: float
    max_size_bytes: int
    timezone: str
    stall_timeout_seconds: float = 30
    language: str = ""
    sought: Sought = Sought.RECORDING


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far a fetch has come; None where the server does not tell."""

    received_bytes: int
    total_bytes: int | None
    rate_bytes_per_second: float | None
    remaining_seconds: float | None


def fetch(
    source: SourceUrl, directory: Path, limits: FetchLimits, on_progress: Callable[[FetchProgress], None]
) -> Fetched:
    """Download the recording into `directory`, which belongs to this source alone.

    Returns one file, or the one with the picture and the one with the sound, or the parts of a
    presentation. An exception of `on_progress` ends the fetch.

    Raises ConnectionLostError, ServerTimeoutError, ServerFailureError (status),
    DiskFullError (path), FetchInterruptedError, RecordingProcessingError, RecordingNotYetError.
    What used too much is PageTooCostlyError (seconds), PageTooLargeError (megabytes),
    PackedBombError (times), TooManySegmentsError (most), ServerTooSlowError (minutes), MemoryUsedUpError,
    ProcessorUsedUpError, TimeUsedUpError, RoomUsedUpError, ReaderCrashedError.
    Raises AddressPrivateError (host), NotFoundError, ForbiddenError, LoginRequiredError,
    PasscodeNeededError, PasscodeWrongError, QuotaUsedUpError, NoMediaError, ManyRecordingsError (count),
    ChooseRecordingError (count, choices), FolderEmptyError, PackedFolderError, OtherFilesError (kinds),
    ShareGoneError, ShareNoDownloadError, ShareUploadOnlyError, ShareUnreadableError, LiveError, DrmError,
    CertificateError (host), TooLongError (hours, limit_hours), TooLargeError (gigabytes, limit_gigabytes),
    FetchFailedError (reason),
    RecordingUnknownError, RecordingUnpublishedError, RecordingDeletedError.
    Of a document that is sought: NoDocumentError (kinds), ManyDocumentsError (count), DocumentPageError.
    """
    directory.mkdir(parents=True, exist_ok=True)
    sandbox_limits = for_fetching(limits.max_size_bytes)
    hearing = _ProgressReader(on_progress)
    try:
        with _child(source, directory, limits, sandbox_limits) as process:
            answer = result_in(answers(_output_of(process)), hearing)
            status = process.wait() if answer is None else 0
    except subprocess.TimeoutExpired as error:
        raise used_time(sandbox_limits) from error
    if answer is not None:
        return _fetched(answer.result, directory)
    if not hearing.is_found and isinstance(cause_of_end(status, sandbox_limits), PermanentError):
        raise PageTooCostlyError(seconds=LOOKING_UP_SECONDS)
    raise cause_of_end(status, sandbox_limits) or FetchInterruptedError()


@dataclass(slots=True)
class _ProgressReader:
    """Passes progress on; the first that is heard says that the recording is found."""

    on_progress: Callable[[FetchProgress], None]
    is_found: bool = False

    def __call__(self, progress: dict[str, Any]) -> None:
        self.is_found = True
        if progress:
            self.on_progress(FetchProgress(**progress))


@contextmanager
def _child(
    source: SourceUrl, directory: Path, limits: FetchLimits, sandbox_limits: Limits
) -> Iterator["subprocess.Popen[bytes]"]:
    """The running child, which is gone when the block ends. It alone of those in cages has a network."""
    with (
        tempfile.TemporaryDirectory(prefix="fetching-") as folder,
        sandboxed(
            [sys.executable, "-P", "-m", "tasks.fetching.fetch_child"],
            sandbox_limits,
            Path(folder),
            has_network=True,
            farewell=signal.SIGTERM,  # upon which it takes along what yt-dlp has started
            extra_environment={"YTDLP_NO_PLUGINS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process,
    ):
        if process.stdin is None:
            raise AssertionError("it was asked for as a pipe")
        _send(process.stdin, _request(source, directory, limits))
        yield process


def _output_of(process: "subprocess.Popen[bytes]") -> IO[bytes]:
    if process.stdout is None:
        raise AssertionError("it was asked for as a pipe")
    return process.stdout


def _request(source: SourceUrl, directory: Path, limits: FetchLimits) -> bytes:
    request = {
        "full": source.full.get_secret_value(),
        "fingerprint": source.fingerprint,
        "directory": str(directory.resolve()),
        **asdict(limits),
    }
    return json.dumps(request).encode() + b"\n"


def _send(stream: IO[bytes], request: bytes) -> None:
    try:
        stream.write(request)
        stream.flush()
    except BrokenPipeError:
        raise FetchInterruptedError() from None  # killed at birth; the cause would show nothing


def _fetched(event: dict[str, Any], directory: Path) -> Fetched:
    presentation = Presentation.model_validate(event["presentation"]) if event["presentation"] else None
    for reason in event["captions_passed_over"]:
        logger.warning("Captions of the source were passed over: %s.", reason)
    return Fetched(
        files=tuple(_file(directory, name) for name in event["files"]),
        title=event["title"],
        recorded_on=date.fromisoformat(event["recorded_on"]) if event["recorded_on"] else None,
        extractor=event["extractor"],
        is_file_name=event["is_file_name"],
        is_day_guessed=event["is_day_guessed"],
        presentation=presentation,
        changed_on=date.fromisoformat(event["changed_on"]) if event["changed_on"] else None,
        captions=tuple(_captions(each, directory) for each in event["captions"]),
        chapters=tuple(SourceChapter.model_validate(each) for each in event["chapters"]),
    )


def _captions(named: dict[str, str], directory: Path) -> CaptionFile:
    return CaptionFile(file=_file(directory, named["name"]), language=named["language"])


def _file(directory: Path, name: str) -> LocalFile:
    """A file that the child says it left. Raises ReaderCrashedError for what is none, or lies elsewhere."""
    path = directory.resolve() / Path(name).name
    expect_plain(path)
    return LocalFile.of(directory / path.name)
