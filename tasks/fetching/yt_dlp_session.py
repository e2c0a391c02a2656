"""yt-dlp as a library, tied down: our settings, bounded pages, no other way to the network.

`Session` is the only place that configures yt-dlp. While one file is being
transferred, its `watch` sees each request before it leaves and each answer.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from yt_dlp import YoutubeDL
from yt_dlp.networking import Request, Response
from yt_dlp.networking.exceptions import HTTPError

from transcripts.errors.source_errors import PackedBombError, PageTooLargeError
from transcripts.sources.listed_files import Sought

# The largest page, playlist or description that is read into memory.
PAGE_LIMIT_BYTES = 16 * 2**20
# What is packed may become so many times as large. Pages shrink to a tenth; a bomb to a thousandth and less.
MOST_UNPACKED, LEAST_UNPACKED_BYTES = 40, 4 * 2**20
# The one whose connections the guard sees, and which unpacks no more than it is asked for; the other opens
# no connections, but what lies in an address itself.
_HTTP, _DATA = "Requests", "Urllib"
# So much of a transfer is read at first, and from then on about as much as comes in a second. Not more than
# what a slow server must send to be waited for (see tasks.fetching.transfer).
_FIRST_BLOCK_BYTES = 64 * 2**10
_RETRIES = 4
_FRAGMENT_RETRIES = 2

Send = Callable[[Request], Response]


class Watch(Protocol):
    """Looks at the requests of a transfer; may change them, or raise to end it."""

    def open(self, send: Send, request: Request) -> Response: ...


class Session(YoutubeDL):  # type: ignore[misc]  # yt-dlp publishes no types
    """One run of yt-dlp for one recording, or whatever is `sought` instead.

    `last_failure` is what a transfer last tried again after.
    """

    def __init__(
        self,
        directory: Path,
        stall_timeout_seconds: float,
        passcode: str | None,
        sought: Sought = Sought.RECORDING,
    ) -> None:
        self.sought = sought
        self.watch: Watch | None = None
        self.last_failure: Exception | None = None
        self.file_names: dict[str, str] = {}  # what servers call a file, by its address
        super().__init__(_settings(directory, stall_timeout_seconds, passcode))

    def build_request_director(self, handlers: Any, preferences: Any = None) -> Any:
        seen = [handler for handler in handlers if handler.RH_KEY in (_HTTP, _DATA)]
        director = super().build_request_director(seen, preferences)
        if _DATA in director.handlers:
            director.handlers[_DATA]._SUPPORTED_URL_SCHEMES = ("data",)
        if _HTTP in director.handlers:
            _leave_out_bodies_of_redirections(director.handlers[_HTTP])
        return director

    def urlopen(self, req: Request | str) -> Response:
        request = Request(req) if isinstance(req, str) else req
        send: Send = super().urlopen
        try:
            response = _bounded(self.watch.open(send, request) if self.watch else send(request))
        except HTTPError as error:
            _bounded(error.response)
            raise
        named = response.headers.get("Content-Disposition")
        if named:
            self.file_names[str(response.url)] = named
        return response


class DiscardingLogger:
    """A log for yt-dlp that keeps nothing: its lines are full of addresses."""

    def debug(self, message: str) -> None: ...
    def info(self, message: str) -> None: ...
    def warning(self, message: str) -> None: ...
    def error(self, message: str) -> None: ...


def _settings(directory: Path, stall_timeout_seconds: float, passcode: str | None) -> dict[str, Any]:
    """For the meaning of each see the docstring of yt_dlp.YoutubeDL and of its FileDownloader."""
    return {
        "logger": DiscardingLogger(),
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
        "buffersize": _FIRST_BLOCK_BYTES,
        "updatetime": False,
        "format": "bv*+ba/b",
        "format_sort": ["res:1080"],
        "noplaylist": True,
        "extract_flat": "in_playlist",
        "ffmpeg_location": "/nonexistent",
        "hls_prefer_native": True,
        "fixup": "never",
        "videopassword": passcode,
        # Some sites are asked for captions only then. Nothing is written: yt-dlp itself downloads nothing.
        "writesubtitles": True,
    }


def _pause(n: int) -> float:
    """Seconds before try number `n` + 1 again."""
    return min(0.2 * 2.0**n, 8.0)


def _leave_out_bodies_of_redirections(handler: Any) -> None:
    """Nobody reads them, but requests would keep them in memory, however large they become."""
    create = handler._create_instance

    def empty(response: Any, **_options: Any) -> None:
        if response.is_redirect:
            response._content, response._content_consumed = b"", True
            response.raw.close()  # its connection still holds the body, and would give it to the next request

    def created(**options: Any) -> Any:
        session = create(**options)
        session.hooks["response"].append(empty)
        return session

    handler._create_instance = created


def _bounded(response: Response) -> Response:
    """Let no page fill the memory and no packed body the disk: each response reads through a `_Bounded`."""
    if not isinstance(getattr(response.read, "__self__", None), _Bounded):
        response.read = _Bounded(response).read
    return response


class _Bounded:
    """Reads a response. Whoever reads without a limit gets one; what is unpacked must be worth what came."""

    def __init__(self, response: Response) -> None:
        self._raw = response.fp
        self._read: Callable[[int | None], bytes] = response.read
        self._is_packed = response.headers.get("Content-Encoding", "identity").strip().lower() != "identity"
        self._unpacked_bytes = 0

    def read(self, amt: int | None = None) -> bytes:
        if amt is not None:
            return self._block(amt)
        page = bytearray()
        while block := self._block(2**16):
            page += block
            if len(page) > PAGE_LIMIT_BYTES:
                raise PageTooLargeError(megabytes=PAGE_LIMIT_BYTES / 2**20)
        return bytes(page)

    def _block(self, amt: int) -> bytes:
        block = self._read(amt)
        self._unpacked_bytes += len(block)
        if self._is_packed and self._unpacked_bytes > LEAST_UNPACKED_BYTES + MOST_UNPACKED * self._raw.tell():
            raise PackedBombError(times=MOST_UNPACKED)
        return block
