"""Brings the formats of one find to disk, under names of our own, resuming where it can."""

import shutil
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from yt_dlp.downloader import get_suitable_downloader
from yt_dlp.downloader.dash import DashSegmentsFD
from yt_dlp.downloader.fragment import FragmentFD
from yt_dlp.downloader.hls import HlsFD
from yt_dlp.downloader.http import HttpFD
from yt_dlp.networking import Request

from tasks.fetch_lookup import Find, Info, announced_bytes, check_size
from tasks.fetch_origin import (
    FileWatch,
    FragmentWatch,
    Landing,
    Origin,
    StartAnewError,
    plan_of_fragments,
    plan_of_playlist,
)
from tasks.fetch_session import Session
from transcripts.errors import PermanentError, TemporaryError

_EXTENSIONS = frozenset(
    [
        "mp4",
        "m4v",
        "m4a",
        "mp3",
        "webm",
        "mkv",
        "mka",
        "mov",
        "ogg",
        "oga",
        "ogv",
        "opus",
        "aac",
        "flac",
        "wav",
        "avi",
        "mpg",
        "mpeg",
        "ts",
        "m2ts",
        "wmv",
        "wma",
        "3gp",
        "flv",
    ]
)
_DOWNLOADERS = (HttpFD, HlsFD, DashSegmentsFD)
_STARTS = 5
_REPORT_EVERY_SECONDS = 0.5
# A server that sends less than this in the time of this many stalls is as good as silent.
_LEAST_BYTES = 64 * 2**10
_PATIENCE = 20

Report = Callable[[dict[str, float | None]], None]


class SilentServerError(BaseException):
    """Nothing worth speaking of came for a long time, although the connection is open.

    No Exception, so that no library takes it for a failure it may pass over.
    """


class Meter:
    """Counts what comes in: reports it, ends the fetch above the limit, and runs out of patience."""

    def __init__(self, limit_bytes: int, stall_timeout_seconds: float, report: Report) -> None:
        self._limit_bytes = limit_bytes
        self._patience_seconds = stall_timeout_seconds * _PATIENCE
        self._report = report
        self._before_bytes = 0
        self._reported_at = 0.0
        self._rewarded_bytes = 0
        self.total_bytes: int | None = None

    def start_waiting(self) -> None:
        """Raise SilentServerError in the main thread when nothing comes; each call begins the wait again."""
        signal.signal(signal.SIGALRM, _run_out)
        signal.setitimer(signal.ITIMER_REAL, self._patience_seconds)

    def begin_next_file(self, size_bytes: int) -> None:
        """The file before is complete and counts `size_bytes`."""
        self._before_bytes += size_bytes

    def __call__(self, status: Info) -> None:
        """yt-dlp's progress hook. Raises PermanentError `too_large` above the limit."""
        received = self._before_bytes + int(status.get("downloaded_bytes") or 0)
        check_size(received, self._limit_bytes)
        if abs(received - self._rewarded_bytes) >= _LEAST_BYTES:
            self._rewarded_bytes = received
            self.start_waiting()
        if (
            status.get("status") == "finished"
            or time.monotonic() - self._reported_at >= _REPORT_EVERY_SECONDS
        ):
            self._reported_at = time.monotonic()
            self._report(self._progress(received, status))

    def check_room(self, directory: Path, have_bytes: int, total_bytes: int | None) -> None:
        """Raise `too_large` or TemporaryError `disk_full` (path) before the first byte of a file."""
        if total_bytes is None:
            return
        check_size(self._before_bytes + total_bytes, self._limit_bytes)
        if shutil.disk_usage(directory).free < total_bytes - have_bytes:
            raise TemporaryError("disk_full", path=str(directory))

    def _progress(self, received: int, status: Info) -> dict[str, float | None]:
        total = self.total_bytes
        if total is None and self._before_bytes == 0:
            total = status.get("total_bytes") or status.get("total_bytes_estimate")
        rate = status.get("speed")
        remaining = max(0.0, total - received) / rate if total and rate else None
        return {
            "received_bytes": received,
            "total_bytes": int(total) if total else None,
            "rate_bytes_per_second": rate,
            "remaining_seconds": remaining,
        }


def transfer(session: Session, find: Find, directory: Path, fingerprint: str, meter: Meter) -> list[Path]:
    """Download every format of `find`; returns the files in its order.

    Raises what yt-dlp raises, `too_large`, `disk_full`, and TemporaryError `connection_lost`
    if the content changed under every attempt.
    """
    names = [_name(one, len(find.formats)) for one in find.formats]
    _tidy(directory, names)
    announced = announced_bytes(find.formats)
    meter.check_room(directory, _bytes_in(directory), announced)
    meter.total_bytes = announced if len(find.formats) > 1 else None
    for one, name in zip(find.formats, names, strict=True):
        landing = Landing(directory / name)
        identity = " ".join([fingerprint, find.extractor, find.id, str(one.get("format_id"))])
        _download(session, one, landing, identity, meter)
        meter.begin_next_file(landing.finished.stat().st_size)
    return [directory / name for name in names]


def _name(one: Info, count: int) -> str:
    """A name that owes nothing to the server but a known extension."""
    extension = str(one.get("ext") or "").lower()
    extension = extension if extension in _EXTENSIONS else "bin"
    if count == 1:
        return f"source.{extension}"
    return f"source.{'audio' if one.get('vcodec') == 'none' else 'video'}.{extension}"


def _tidy(directory: Path, names: list[str]) -> None:
    """Remove what an earlier run left of formats that are no longer wanted."""
    for path in directory.glob("source.*"):
        if not path.name.startswith(tuple(names)):
            path.unlink()


def _bytes_in(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.glob("source.*"))


def _download(session: Session, one: Info, landing: Landing, identity: str, meter: Meter) -> None:
    kind = get_suitable_downloader(one, session.params)
    if kind not in _DOWNLOADERS:
        raise PermanentError("fetch_failed", reason=f"protocol {one.get('protocol')}")
    known = landing.origin()
    if known is None or known.identity != identity:
        landing.wipe()
    meter.start_waiting()
    for _ in range(_STARTS):
        try:
            if issubclass(kind, FragmentFD):
                return _download_fragments(session, one, landing, identity, meter)
            return _download_file(session, one, landing, identity, meter)
        except StartAnewError:
            landing.wipe()
    raise session.last_failure or TemporaryError("connection_lost")


def _download_file(session: Session, one: Info, landing: Landing, identity: str, meter: Meter) -> None:
    known = landing.origin()
    total_bytes = known.total_bytes if known else None
    on_disk = landing.part if landing.part.exists() else landing.finished
    size_bytes = on_disk.stat().st_size if on_disk.exists() else 0
    if size_bytes and size_bytes == total_bytes:
        landing.reopen()
    elif landing.finished.exists() or (total_bytes is not None and size_bytes > total_bytes):
        raise StartAnewError  # nothing can prove that it is whole and current
    check_room = partial(meter.check_room, landing.finished.parent, 0)
    session.watch = FileWatch(landing, identity, check_room)
    _run(HttpFD(session, session.params), session, one, landing, meter)


def _download_fragments(session: Session, one: Info, landing: Landing, identity: str, meter: Meter) -> None:
    session.watch = None
    kind, text = _WholeDash, ""
    if "m3u8" in str(one.get("protocol")):
        kind = _WholeHls
        text = _read_playlist(session, one)
        plan = plan_of_playlist(text)
    else:
        plan = plan_of_fragments(one["fragments"])
    origin = Origin(identity=identity, plan=plan)
    if landing.origin() != origin:
        landing.wipe()
        landing.note(origin)
    if landing.finished.exists():
        return
    landing.rewind()
    session.watch = FragmentWatch(has_byte_ranges="BYTERANGE" in text)
    _run(kind(session, session.params), session, one, landing, meter)


def _read_playlist(session: Session, one: Info) -> str:
    """Read it once and hand yt-dlp this very text, so that what was hashed is what is fetched."""
    with session.urlopen(Request(one["url"], headers=one.get("http_headers") or {})) as response:
        one["url"] = response.url
        text: str = response.read().decode("utf-8", "ignore")
    if "#EXT-X-ENDLIST" not in text and "#EXT-X-PLAYLIST-TYPE:VOD" not in text:
        raise PermanentError("live")
    if not HlsFD.can_download(text, one):
        raise PermanentError(
            "drm"
        )  # locked in a way that yt-dlp would hand to ffmpeg, which we do not let out
    one["hls_media_playlist_data"] = text
    return text


def _run(downloader: Any, session: Session, one: Info, landing: Landing, meter: Meter) -> None:
    _keep_the_cause(downloader, session)
    downloader.add_progress_hook(meter)
    try:
        is_complete, _ = downloader.download(str(landing.finished), one)
    finally:
        session.watch = None
    if not is_complete or not landing.finished.exists():
        raise TemporaryError("connection_lost")


def _keep_the_cause(downloader: Any, session: Session) -> None:
    """yt-dlp ends its retries with a message only; we need the error itself."""
    report = downloader.report_retry

    def raise_at_last(error: Exception, count: int, retries: float, *rest: Any, **named: Any) -> None:
        session.last_failure = error
        if count > retries:
            raise error
        report(error, count, retries, *rest, **named)

    downloader.report_retry = raise_at_last


class _Whole:
    """For fragment downloaders: note with each fragment how long the part file is then.

    yt-dlp appends first and notes afterwards; killed in between, it would append the
    same fragment again. With the length at hand the part is cut back (Landing.rewind).
    """

    ydl: Session

    def _write_ytdl_file(self, ctx: Info) -> None:
        part = Path(ctx["tmpfilename"])
        ctx.setdefault("extra_state", {})["part_bytes"] = part.stat().st_size if part.exists() else 0
        super()._write_ytdl_file(ctx)  # type: ignore[misc]  # FragmentFD's, mixed in below

    def _prepare_frag_download(self, ctx: Info) -> None:
        super()._prepare_frag_download(ctx)  # type: ignore[misc]  # FragmentFD's, mixed in below
        _keep_the_cause(ctx["dl"], self.ydl)


class _WholeHls(_Whole, HlsFD):  # type: ignore[misc]  # yt-dlp publishes no types
    pass


class _WholeDash(_Whole, DashSegmentsFD):  # type: ignore[misc]  # yt-dlp publishes no types
    pass


def _run_out(_signal: int, _frame: object) -> None:
    raise SilentServerError
