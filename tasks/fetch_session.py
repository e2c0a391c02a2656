"""yt-dlp as a library, tied down: our settings, bounded pages, no other way to the network.

`Session` is the only place that configures yt-dlp. While one file is being
transferred, its `watch` sees each request before it leaves and each answer.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from yt_dlp import YoutubeDL
from yt_dlp.networking import Request, Response

from transcripts.errors import PermanentError

# The largest page, playlist or description that is read into memory.
PAGE_LIMIT_BYTES = 64 * 2**20
# Those whose connections the guard sees. curl_cffi would connect in C.
_HANDLERS = frozenset({"Requests", "Urllib"})
_RETRIES = 4
_FRAGMENT_RETRIES = 2

Send = Callable[[Request], Response]


class Watch(Protocol):
    """Looks at the requests of a transfer; may change them, or raise to end it."""

    def open(self, send: Send, request: Request) -> Response: ...


class Session(YoutubeDL):  # type: ignore[misc]  # yt-dlp publishes no types
    """One run of yt-dlp for one recording. `last_failure` is what a transfer last tried again after."""

    def __init__(self, directory: Path, stall_timeout_seconds: float, passcode: str | None) -> None:
        self.watch: Watch | None = None
        self.last_failure: Exception | None = None
        super().__init__(_settings(directory, stall_timeout_seconds, passcode))

    def build_request_director(self, handlers: Any, preferences: Any = None) -> Any:
        seen = [handler for handler in handlers if handler.RH_KEY in _HANDLERS]
        return super().build_request_director(seen, preferences)

    def urlopen(self, req: Request | str) -> Response:
        request = Request(req) if isinstance(req, str) else req
        send: Send = super().urlopen
        response = self.watch.open(send, request) if self.watch else send(request)
        return _bounded(response)


class Silence:
    """A log for yt-dlp that keeps nothing: its lines are full of addresses."""

    def debug(self, message: str) -> None: ...
    def info(self, message: str) -> None: ...
    def warning(self, message: str) -> None: ...
    def error(self, message: str) -> None: ...


def _settings(directory: Path, stall_timeout_seconds: float, passcode: str | None) -> dict[str, Any]:
    """For the meaning of each see the docstring of yt_dlp.YoutubeDL and of its FileDownloader."""
    return {
        "logger": Silence(),
        "quiet": True,
        "no_warnings": True,
        "noprogress": True,
        "paths": {"home": str(directory)},
        "cachedir": False,
        "proxy": "",
        "socket_timeout": stall_timeout_seconds,
        "retries": _RETRIES,
        "fragment_retries": _FRAGMENT_RETRIES,
        "retry_sleep_functions": {"http": _pause, "fragment": _pause},
        "skip_unavailable_fragments": False,
        "continuedl": True,
        "updatetime": False,
        "format": "bv*+ba/b",
        "format_sort": ["res:1080"],
        "noplaylist": True,
        "extract_flat": "in_playlist",
        "ffmpeg_location": "/nonexistent",
        "hls_prefer_native": True,
        "fixup": "never",
        "videopassword": passcode,
    }


def _pause(n: int) -> float:
    """Seconds before try number `n` + 1 again."""
    return min(0.2 * 2.0**n, 8.0)


def _bounded(response: Response) -> Response:
    """Let no page fill the memory: whoever reads without a limit gets one."""
    response.read = partial(_read_bounded, response.read)
    return response


def _read_bounded(read: Callable[[int | None], bytes], amt: int | None = None) -> bytes:
    if amt is not None:
        return read(amt)
    page = bytearray()
    while block := read(2**16):
        page += block
        if len(page) > PAGE_LIMIT_BYTES:
            raise PermanentError("no_media")
    return bytes(page)
