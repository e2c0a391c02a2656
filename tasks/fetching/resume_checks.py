"""What a part of a download belongs to, so that never two versions are joined in one file.

Beside `source.mp4.part` lies `source.mp4.origin.json`: which recording and format,
and what identified its content when the first byte came. A download goes on only
if the server still vouches for the same content; otherwise it starts anew.
"""

import contextlib
import json
import os
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from yt_dlp.networking import Request, Response
from yt_dlp.networking.exceptions import HTTPError

from tasks.fetching.not_a_recording import without_page
from tasks.fetching.yt_dlp_session import Send

_RANGE_NOT_SATISFIABLE = 416
_PARTIAL_CONTENT = 206
_QUERY = re.compile(r"\?[^\s\"]*")
_WHOLE_LENGTH = re.compile(r"/(\d{1,18})\s*$")
_FIRST_BYTE = re.compile(r"bytes=(\d{1,18})-")


class RestartDownloadError(Exception):
    """What lies on disk cannot be proven to be the beginning of what the server has now."""


class Origin(BaseModel):
    """What a part file was made from. `plan` is a hash over the list of fragments, if there is one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    identity: str
    etag: str | None = None
    last_modified: str | None = None
    total_bytes: int | None = None
    plan: str | None = None

    def is_vouched_by(self, other: "Origin") -> bool:
        """Whether an answer of the same server is proof of the same content."""
        if self.total_bytes != other.total_bytes:
            return False
        if self.etag or other.etag:
            return self.etag == other.etag
        return self.last_modified is not None and self.last_modified == other.last_modified


class DownloadFiles:
    """The files of one download: the finished one, the part, its origin, yt-dlp's own state, fragments."""

    def __init__(self, finished: Path) -> None:
        self.finished = finished
        self.part = finished.with_name(finished.name + ".part")
        self.state = finished.with_name(finished.name + ".ytdl")
        self._origin = finished.with_name(finished.name + ".origin.json")

    def origin(self) -> Origin | None:
        """What was noted, or None if nothing readable was."""
        try:
            return Origin.model_validate_json(self._origin.read_bytes())
        except (OSError, ValidationError):
            return None

    def note(self, origin: Origin) -> None:
        """Keep the origin; the rename makes it whole or absent."""
        draft = self._origin.with_suffix(".new")
        draft.write_text(origin.model_dump_json())
        draft.replace(self._origin)

    def wipe(self) -> None:
        """Remove all of it."""
        for path in self.finished.parent.glob(self.finished.name + "*"):
            path.unlink(missing_ok=True)

    def reopen(self) -> None:
        """Treat a finished or full part file as lacking its last byte: asking for it proves the rest."""
        if self.finished.exists():
            self.finished.replace(self.part)
        if self.part.exists() and self.part.stat().st_size > 0:
            os.truncate(self.part, self.part.stat().st_size - 1)

    def rewind(self) -> None:
        """Cut the part back to the last fragment that is noted as complete; drop half fragments."""
        for path in self.finished.parent.glob(self.part.name + "-Frag*"):
            path.unlink(missing_ok=True)
        try:
            noted = json.loads(self.state.read_text())["downloader"]["extra_state"]["part_bytes"]
            if isinstance(noted, int) and self.part.stat().st_size >= noted > 0:
                os.truncate(self.part, noted)
                return
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            pass  # no state, or half-written by a run that was killed: begin from the start
        self.part.unlink(missing_ok=True)
        self.state.unlink(missing_ok=True)


class FileWatch:
    """Over a recording that is one file on the server: resumes only what the server vouches for."""

    def __init__(
        self,
        landing: DownloadFiles,
        identity: str,
        check_room: Callable[[int | None], None],
        *,
        is_recording: bool = True,
    ) -> None:
        self._landing = landing
        self._identity = identity
        self._check_room = check_room
        self._is_recording = is_recording

    def open(self, send: Send, request: Request) -> Response:
        if _range_start(request) > 0:
            return self._go_on(send, request)
        response = without_page(send, request) if self._is_recording else send(request)
        origin = _origin_of(response, self._identity)
        self._check_room(origin.total_bytes)
        # The old part goes first: a run killed in between must not find it beside the new origin.
        self._landing.part.unlink(missing_ok=True)
        self._landing.note(origin)
        return response

    def _go_on(self, send: Send, request: Request) -> Response:
        known = self._landing.origin()
        if known is None or not (known.etag or known.last_modified):
            raise RestartDownloadError
        # No If-Range: the answer's own ETag, which a server must send then, tells as much.
        try:
            response = send(request)
        except HTTPError as error:
            if error.status == _RANGE_NOT_SATISFIABLE:
                raise RestartDownloadError from error
            raise
        if response.status != _PARTIAL_CONTENT or not known.is_vouched_by(
            _origin_of(response, self._identity)
        ):
            response.close()
            raise RestartDownloadError
        return response


class FragmentWatch:
    """Over a recording in fragments: a fragment that broke off is fetched again as a whole."""

    def __init__(self, *, has_byte_ranges: bool) -> None:
        self._has_byte_ranges = has_byte_ranges

    def open(self, send: Send, request: Request) -> Response:
        if not self._has_byte_ranges:
            request.headers.pop("Range", None)
        return send(request)


def plan_of_playlist(text: str) -> str:
    """A hash over an HLS playlist. Queries are left out: signatures are new at each visit."""
    return sha256(_QUERY.sub("", text).encode()).hexdigest()


def plan_of_fragments(fragments: list[dict[str, Any]]) -> str:
    """A hash over DASH fragments, again without queries."""
    rows = [
        (str(one.get("url") or one.get("path")).partition("?")[0], one.get("duration")) for one in fragments
    ]
    return sha256(json.dumps(rows).encode()).hexdigest()


def _origin_of(response: Response, identity: str) -> Origin:
    return Origin(
        identity=identity,
        etag=response.headers.get("ETag"),
        last_modified=response.headers.get("Last-Modified"),
        total_bytes=_total_bytes(response),
    )


def _total_bytes(response: Response) -> int | None:
    ranged = _WHOLE_LENGTH.search(response.headers.get("Content-Range") or "")
    if ranged:
        return int(ranged.group(1))
    if response.headers.get("Content-Encoding"):
        return None  # the length is that of the packed body
    with contextlib.suppress(TypeError, ValueError):
        return int(response.headers.get("Content-Length"))
    return None


def _range_start(request: Request) -> int:
    found = _FIRST_BYTE.match(request.headers.get("Range") or "")
    return int(found.group(1)) if found else 0
