"""Fetches a recording with yt-dlp, in a child process that can reach public addresses only.

The step itself: starts the child, passes progress on, and turns its answer into a
value or an error. A broken download goes on where it stopped when `fetch` is called
again with the same folder.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from transcripts.errors import PermanentError, StepError, TemporaryError
from transcripts.media import Fetched, LocalFile
from transcripts.source_url import SourceUrl

# Settings of other programs that must not steer the child.
_FOREIGN_SETTINGS = frozenset(
    {"http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy", "sslkeylogfile"}
)


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What may be fetched. `allow_hosts` ("host" or "host:port") may have addresses that are not public."""

    allow_hosts: tuple[str, ...]
    max_duration_seconds: float
    max_size_bytes: int
    stall_timeout_seconds: float = 30


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

    Returns one file, or the one with the picture and the one with the sound. An
    exception of `on_progress` ends the fetch.

    Raises TemporaryError: `connection_lost`, `timeout`, `server_error` (status), `disk_full` (path),
    `fetch_interrupted`.
    Raises PermanentError: `address_private` (host), `not_found`, `forbidden`, `login_required`,
    `passcode_wrong`, `no_media`, `many_recordings` (count), `live`, `drm`, `certificate` (host),
    `too_long` (hours, limit_hours), `too_large` (gigabytes, limit_gigabytes), `fetch_failed` (reason).
    """
    directory.mkdir(parents=True, exist_ok=True)
    with _child(source, directory, limits) as events:
        for event in events:
            kind = event.pop("event")
            if kind == "progress":
                on_progress(FetchProgress(**event))
            elif kind == "failed":
                raise _error(event)
            else:
                return _fetched(event, directory)
    raise TemporaryError("fetch_interrupted")


@contextmanager
def _child(source: SourceUrl, directory: Path, limits: FetchLimits) -> Iterator[Iterator[dict[str, Any]]]:
    """The events of a running child, which is gone when the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tasks.fetch_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both were asked for as pipes")
    try:
        _send(process, _request(source, directory, limits))
        yield (json.loads(line) for line in process.stdout if line.endswith(b"\n"))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stdin.close()


def _request(source: SourceUrl, directory: Path, limits: FetchLimits) -> bytes:
    request = {
        "full": source.full.get_secret_value(),
        "fingerprint": source.fingerprint,
        "directory": str(directory.resolve()),
        **asdict(limits),
    }
    return json.dumps(request).encode() + b"\n"


def _send(process: "subprocess.Popen[bytes]", request: bytes) -> None:
    """Write the request and leave the pipe open: the child lives as long as it is."""
    if process.stdin is None:
        raise AssertionError("it was asked for as a pipe")
    try:
        process.stdin.write(request)
        process.stdin.flush()
    except BrokenPipeError:
        raise TemporaryError("fetch_interrupted") from None  # killed at birth; the cause would show nothing


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.lower() not in _FOREIGN_SETTINGS}
    return {**kept, "YTDLP_NO_PLUGINS": "1"}


def _error(event: dict[str, Any]) -> StepError:
    kind = TemporaryError if event["is_temporary"] else PermanentError
    return kind(event["code"], **event["details"])


def _fetched(event: dict[str, Any], directory: Path) -> Fetched:
    return Fetched(
        files=tuple(LocalFile.of(directory / name) for name in event["files"]),
        title=event["title"],
        recorded_on=date.fromisoformat(event["recorded_on"]) if event["recorded_on"] else None,
        extractor=event["extractor"],
    )
