"""Brings the formats of one find to disk, under names of our own, resuming where it can."""

import math
import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from yt_dlp.downloader import get_suitable_downloader
from yt_dlp.downloader.dash import DashSegmentsFD
from yt_dlp.downloader.fragment import FragmentFD
from yt_dlp.downloader.hls import HlsFD
from yt_dlp.downloader.http import HttpFD
from yt_dlp.networking import Request
from yt_dlp.networking.exceptions import HTTPError

from tasks.fetching.dash_manifests import check_segments
from tasks.fetching.fetch_errors import requested_pause
from tasks.fetching.hls_playlist import keep_playlist, playlist_beside, without_later_initialisations
from tasks.fetching.missing_parts import missing_part_named
from tasks.fetching.recording_lookup import FoundRecording, Info, announced_bytes, check_size
from tasks.fetching.resume_checks import (
    DownloadFiles,
    FileWatch,
    FragmentWatch,
    Origin,
    RestartDownloadError,
    plan_of_fragments,
    plan_of_playlist,
)
from tasks.fetching.yt_dlp_session import Session
from transcripts.errors.machine_errors import DiskFullError
from transcripts.errors.source_errors import ConnectionLostError, DrmError, FetchFailedError, LiveError
from transcripts.sources.listed_files import Sought

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
# What servers answer for what they do not have.
MISSING = frozenset({404, 410})
_REPORT_EVERY_SECONDS = 0.5
_NOTE_EVERY_SECONDS = 1.0
# A server that sends less than this in the time of this many stalls only keeps us busy.
_LEAST_BYTES = 64 * 2**10
PATIENCE = 20

Report = Callable[[dict[str, float | None]], None]


class SlowServerError(BaseException):
    """Next to nothing came for a long time, although the connection is open and never falls silent.

    Silence itself is seen sooner, by the time limit of each connection. No Exception, so that no library
    takes it for a failure it may pass over.
    """


class Meter:
    """Counts what comes in: reports it, ends the fetch above the limit, and runs out of patience."""

    def __init__(self, limit_bytes: int, stall_timeout_seconds: float, report: Report) -> None:
        self._limit_bytes = limit_bytes
        self._patience_seconds = stall_timeout_seconds * PATIENCE
        self._report = report
        self._before_bytes = 0
        self._reported_at = 0.0
        self._rewarded_bytes = 0
        self.total_bytes: int | None = None

    def start_waiting(self, share: float = 1.0) -> None:
        """Raise SlowServerError in the main thread when nothing comes; each call begins the wait again.

        `share`: of the whole patience.
        """
        signal.signal(signal.SIGALRM, _run_out)
        signal.setitimer(signal.ITIMER_REAL, share * self._patience_seconds)

    def stop_waiting(self) -> None:
        """From now on, nothing is expected."""
        signal.setitimer(signal.ITIMER_REAL, 0)

    def begin_next_file(self, size_bytes: int) -> None:
        """The file before is complete and counts `size_bytes`."""
        self._before_bytes += size_bytes

    def __call__(self, status: Info) -> None:
        """yt-dlp's progress hook. Raises TooLargeError above the limit."""
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
        """Raise TooLargeError or DiskFullError (path) before the first byte of a file."""
        if total_bytes is None:
            return
        check_size(self._before_bytes + total_bytes, self._limit_bytes)
        if shutil.disk_usage(directory).free < total_bytes - have_bytes:
            raise DiskFullError(path=str(directory))

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


def transfer(
    session: Session, find: FoundRecording, directory: Path, fingerprint: str, meter: Meter
) -> list[Path]:
    """Download every format of `find`; returns the files in its order.

    A format that `may_be_missing` is left out where the server does not have it. Raises what yt-dlp raises,
    TooLargeError, DiskFullError, and ConnectionLostError if the content changed under every
    attempt.
    """
    names = find.names or [_name(one, len(find.formats)) for one in find.formats]
    _tidy(directory, names)
    announced = announced_bytes(find.formats)
    meter.check_room(directory, _bytes_in(directory), announced)
    meter.total_bytes = announced if len(find.formats) > 1 else None
    files: list[Path] = []
    for one, name in zip(find.formats, names, strict=True):
        landing = DownloadFiles(directory / name)
        identity = " ".join([fingerprint, find.extractor, find.id, str(one.get("format_id"))])
        if _is_there(session, one, landing, identity, meter):
            meter.begin_next_file(landing.finished.stat().st_size)
            files.append(landing.finished)
    return files


def _is_there(session: Session, one: Info, landing: DownloadFiles, identity: str, meter: Meter) -> bool:
    """Download one format; False if the server does not have it, and it may be missing."""
    try:
        _download(session, one, landing, identity, meter)
    except HTTPError as error:
        if not one.get("may_be_missing") or error.status not in MISSING:
            raise
        landing.wipe()
        return False
    return True


def _name(one: Info, count: int) -> str:
    """A name that owes nothing to the server but a known extension."""
    extension = str(one.get("ext") or "").lower()
    extension = extension if extension in _EXTENSIONS else "bin"
    if count == 1:
        return f"source.{extension}"
    return f"source.{'audio' if one.get('vcodec') == 'none' else 'video'}.{extension}"


def _tidy(directory: Path, names: Sequence[str]) -> None:
    """Remove what an earlier run left of formats that are no longer wanted."""
    for path in directory.glob("source.*"):
        if not path.name.startswith(tuple(names)):
            path.unlink()


def _bytes_in(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.glob("source.*"))


def _download(session: Session, one: Info, landing: DownloadFiles, identity: str, meter: Meter) -> None:
    kind = get_suitable_downloader(one, session.params)
    if kind not in _DOWNLOADERS:
        raise FetchFailedError(reason=f"protocol {one.get('protocol')}")
    known = landing.origin()
    if known is None or known.identity != identity:
        landing.wipe()
    meter.start_waiting()
    for _ in range(_STARTS):
        try:
            if issubclass(kind, FragmentFD):
                return _download_fragments(session, one, landing, identity, meter)
            return _download_file(session, one, landing, identity, meter)
        except RestartDownloadError:
            landing.wipe()
    raise session.last_failure or ConnectionLostError()


def _download_file(session: Session, one: Info, landing: DownloadFiles, identity: str, meter: Meter) -> None:
    known = landing.origin()
    total_bytes = known.total_bytes if known else None
    on_disk = landing.part if landing.part.exists() else landing.finished
    size_bytes = on_disk.stat().st_size if on_disk.exists() else 0
    if size_bytes and size_bytes == total_bytes:
        landing.reopen()
    elif landing.finished.exists() or (total_bytes is not None and size_bytes > total_bytes):
        raise RestartDownloadError  # nothing can prove that it is whole and current
    check_room = partial(meter.check_room, landing.finished.parent, 0)
    is_recording = session.sought is Sought.RECORDING and not one.get("is_slide")
    session.watch = FileWatch(landing, identity, check_room, is_recording=is_recording)
    _run(HttpFD(session, session.params), session, one, landing, meter)


def _download_fragments(
    session: Session, one: Info, landing: DownloadFiles, identity: str, meter: Meter
) -> None:
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
        if not text or playlist_beside(landing.finished):
            return
        raise RestartDownloadError  # killed before the borders were kept
    landing.rewind()
    session.watch = FragmentWatch(has_byte_ranges="BYTERANGE" in text)
    downloader = kind(session, session.params)
    with missing_part_named(one["url"], text):
        try:
            _run(downloader, session, one, landing, meter)
        except BaseException:
            downloader.note()
            raise
    if text:
        keep_playlist(landing.finished, text, downloader.fragment_ends)


def _read_playlist(session: Session, one: Info) -> str:
    """Read it once and hand yt-dlp this very text, so that what was hashed is what is fetched."""
    with session.urlopen(Request(one["url"], headers=one.get("http_headers") or {})) as response:
        one["url"] = response.url
        text: str = response.read().decode("utf-8", "ignore")
    if "#EXT-X-ENDLIST" not in text and "#EXT-X-PLAYLIST-TYPE:VOD" not in text:
        raise LiveError()
    if not HlsFD.can_download(text, one):
        raise DrmError()  # locked in a way that yt-dlp would hand to ffmpeg, which we do not let out
    check_segments(sum(1 for line in text.splitlines() if line.strip() and not line.startswith("#")))
    fetchable = without_later_initialisations(text)
    one["hls_media_playlist_data"] = fetchable
    return fetchable


def _run(downloader: Any, session: Session, one: Info, landing: DownloadFiles, meter: Meter) -> None:
    _keep_the_cause(downloader, session)
    _draw_nothing(downloader)
    downloader.add_progress_hook(meter)
    try:
        is_complete, _ = downloader.download(str(landing.finished), one)
    finally:
        session.watch = None
    if not is_complete or not landing.finished.exists():
        raise ConnectionLostError()


def _keep_the_cause(downloader: Any, session: Session) -> None:
    """yt-dlp ends its retries with a message only; we need the error itself."""
    report = downloader.report_retry

    def raise_at_last(error: Exception, count: int, retries: float, *rest: Any, **named: Any) -> None:
        session.last_failure = error
        if count > retries or (isinstance(error, HTTPError) and requested_pause(error)):
            raise error
        report(error, count, retries, *rest, **named)

    downloader.report_retry = raise_at_last


def _draw_nothing(downloader: Any) -> None:
    """Leave out yt-dlp's own lines on progress, which it words for each block, though nobody reads them."""
    downloader._progress_hooks.remove(downloader.report_progress)


class _Whole:
    """For fragment downloaders: note with the fragments how long the part file is then.

    yt-dlp appends first and notes afterwards; killed in between, it would append the
    same fragment again. With the length at hand the part is cut back (Landing.rewind), to where the last note
    was made: not for each fragment, since a note can take longer than a small one. Where each fragment
    ends is what the playlist's borders are found by.
    """

    ydl: Session
    _ends: Mapping[str, int] = MappingProxyType({})
    _noted_at = -math.inf
    _to_note: Info | None = None

    @property
    def fragment_ends(self) -> Sequence[int]:
        """In bytes of the whole file."""
        return sorted(self._ends.values())

    def _write_ytdl_file(self, ctx: Info) -> None:
        part = Path(ctx["tmpfilename"])
        state = ctx.setdefault("extra_state", {})
        state["part_bytes"] = part.stat().st_size if part.exists() else 0
        if ctx["fragment_index"]:
            state.setdefault("fragment_ends", {})[str(ctx["fragment_index"])] = state["part_bytes"]
        self._ends = state.get("fragment_ends", {})
        self._to_note = dict(ctx)  # as it is now: the next fragment's number comes before the fragment
        if time.monotonic() - self._noted_at >= _NOTE_EVERY_SECONDS:
            self.note()

    def note(self) -> None:
        """Write down what is there, if it is not written down."""
        if self._to_note is not None:
            super()._write_ytdl_file(self._to_note)  # type: ignore[misc]  # FragmentFD's, mixed in below
            self._to_note, self._noted_at = None, time.monotonic()

    def _prepare_frag_download(self, ctx: Info) -> None:
        super()._prepare_frag_download(ctx)  # type: ignore[misc]  # FragmentFD's, mixed in below
        _keep_the_cause(ctx["dl"], self.ydl)
        _draw_nothing(ctx["dl"])


class _WholeHls(_Whole, HlsFD):  # type: ignore[misc]  # yt-dlp publishes no types
    pass


class _WholeDash(_Whole, DashSegmentsFD):  # type: ignore[misc]  # yt-dlp publishes no types
    pass


def _run_out(_signal: int, _frame: object) -> None:
    raise SlowServerError
