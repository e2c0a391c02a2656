"""Finds the one recording behind an address, and refuses what cannot be fetched before a byte is.

Reads what yt-dlp's extractors return and turns it into a `Find`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tasks.fetch_session import Session
from transcripts.errors import PermanentError

Info = dict[str, Any]

_GIGABYTE = 1e9
_HOUR_SECONDS = 3600
_TITLE_LENGTH = 200
_DEPTH = 3
_BERLIN = ZoneInfo("Europe/Berlin")
_LINKS = frozenset({"url", "url_transparent"})
# What yt-dlp says of all formats together, and what would make a format hold all formats.
_NOT_SHARED = frozenset({"formats", "requested_formats", "filesize", "filesize_approx"})
_LIVE = frozenset({"is_live", "is_upcoming"})
# File names that say nothing about the meeting.
_EMPTY_TITLES = frozenset(
    ["video", "audio", "media", "source", "index", "master", "playlist", "recording", "download", "file"]
)


@dataclass(frozen=True, slots=True)
class Find:
    """A recording: one format, or one with the picture and one with the sound, in this order."""

    formats: tuple[Info, ...]
    title: str | None
    recorded_on: date | None
    extractor: str
    id: str


def look_up(session: Session, full: str, *, max_duration_seconds: float, max_size_bytes: int) -> Find:
    """Ask the page what it holds.

    Raises PermanentError `no_media`, `many_recordings` (count), `live`, `drm`, `too_long`
    (hours, limit_hours), `too_large` (gigabytes, limit_gigabytes), and whatever yt-dlp raises.
    """
    info = _only_entry(session, full)
    if info.get("is_live") or info.get("live_status") in _LIVE:
        raise PermanentError("live")
    find = Find(
        formats=_formats(info),
        title=title_of(info),
        recorded_on=date_of(info),
        extractor=str(info.get("extractor_key") or ""),
        id=str(info.get("id") or ""),
    )
    _check_duration(info.get("duration"), max_duration_seconds)
    check_size(announced_bytes(find.formats), max_size_bytes)
    return find


def announced_bytes(formats: tuple[Info, ...]) -> int | None:
    """The size of all formats together as the page states it, or None if it is silent about one."""
    sizes = [one.get("filesize") or one.get("filesize_approx") for one in formats]
    return sum(int(size) for size in sizes if size) if all(sizes) else None


def check_size(size_bytes: float | None, limit_bytes: int) -> None:
    """Raise PermanentError `too_large` (gigabytes, limit_gigabytes) above the limit."""
    if size_bytes is not None and size_bytes > limit_bytes:
        raise PermanentError(
            "too_large", gigabytes=size_bytes / _GIGABYTE, limit_gigabytes=limit_bytes / _GIGABYTE
        )


def title_of(info: Info) -> str | None:
    """What the source calls the recording, on one line; a file's name is made readable."""
    title = " ".join(str(info.get("title") or "").split())
    if info.get("extractor_key") == "HTML5MediaEmbed":
        title = title.removesuffix(" (1)")  # yt-dlp numbers what a page embeds, even if it is alone
    if info.get("extractor_key") == "Generic" and " " not in title:
        title = re.sub(r"_|\+|(?<!\d)-|-(?!\d)", " ", title).strip()
    return None if title.lower() in _EMPTY_TITLES else title[:_TITLE_LENGTH] or None


def date_of(info: Info) -> date | None:
    """The day of the recording in Germany, or of its publication, as far as the source knows."""
    for kind in ("release", "upload"):
        moment = info.get("release_timestamp" if kind == "release" else "timestamp")
        if isinstance(moment, (int, float)):
            return datetime.fromtimestamp(moment, UTC).astimezone(_BERLIN).date()
        day = str(info.get(f"{kind}_date") or "")
        if re.fullmatch(r"\d{8}", day):
            return datetime.strptime(day, "%Y%m%d").replace(tzinfo=_BERLIN).date()
    return None


def _only_entry(session: Session, address: str) -> Info:
    """Follow pages that hold exactly one recording, a few steps deep."""
    for _ in range(_DEPTH):
        info = session.extract_info(address, download=False)
        if not info:
            raise PermanentError("no_media")
        if "entries" not in info:
            return dict(info)
        entries = _distinct(info["entries"])
        if len(entries) != 1:
            raise _not_one(len(entries))
        if entries[0].get("_type") not in _LINKS:
            return entries[0]
        address = entries[0]["url"]
    raise PermanentError("no_media")


def _distinct(entries: Any) -> list[Info]:
    """A page often embeds the same recording twice."""
    found = {str(entry.get("url") or entry.get("id")): entry for entry in entries if entry}
    return list(found.values())


def _not_one(count: int) -> PermanentError:
    return PermanentError("many_recordings", count=count) if count else PermanentError("no_media")


def _formats(info: Info) -> tuple[Info, ...]:
    """The chosen formats, the one with the picture first, each with the keys that downloading needs."""
    chosen = info.get("requested_formats") or [info]
    if any(one.get("has_drm") for one in chosen):
        raise PermanentError("drm")
    if not all(one.get("url") or one.get("fragments") for one in chosen):
        raise PermanentError("no_media")
    ordered = sorted(chosen, key=lambda one: one.get("vcodec") == "none")
    shared = {name: value for name, value in info.items() if name not in _NOT_SHARED}
    return tuple({**shared, **one} for one in ordered)


def _check_duration(duration_seconds: float | None, limit_seconds: float) -> None:
    if duration_seconds and duration_seconds > limit_seconds:
        raise PermanentError(
            "too_long", hours=duration_seconds / _HOUR_SECONDS, limit_hours=limit_seconds / _HOUR_SECONDS
        )
