"""Finds the one recording behind an address, and refuses what cannot be fetched before a byte is.

Reads what yt-dlp's extractors return and turns it into a `FoundRecording`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from tasks.fetching.captions_named import CaptionLink, caption_links, chapters_in
from tasks.fetching.yt_dlp_session import Session
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.source_errors import (
    DrmError,
    LiveError,
    ManyRecordingsError,
    NoMediaError,
    TooLargeError,
    TooLongError,
)
from transcripts.media.media_values import SourceChapter
from transcripts.media.presentation import Presentation
from transcripts.sources.content_disposition import disposition_file_name
from transcripts.sources.file_names import read_file_name
from transcripts.sources.upload_rules import MEDIA_ENDINGS
from transcripts.wording.local_time import local_day

Info = dict[str, Any]

_GIGABYTE = 1e9
_HOUR_SECONDS = 3600
_TITLE_LENGTH = 200
_DEPTH = 3
# Lists go on for ever where a page wants it; more than one recording is too many anyway.
_MOST_ENTRIES = 200
_IN_WRITING = ("chapters", "subtitles")
_LINKS = frozenset({"url", "url_transparent"})
# What yt-dlp says of all formats together, and what would make a format hold all formats.
_NOT_SHARED = frozenset({"formats", "requested_formats", "filesize", "filesize_approx"})
_LIVE = frozenset({"is_live", "is_upcoming"})
_SPACE_IN_NAMES = re.compile(r"_|\+|(?<!\d)-|-(?!\d)")
_COMPACT_DAY = re.compile(r"\d{8}")
# Of these yt-dlp knows only when the file, or the page, was last changed.
_WITHOUT_DAYS = frozenset(["Generic", "HTML5MediaEmbed"])
# These call a recording as its file is called.
_WITH_FILE_NAMES = frozenset(["CiscoWebex", "Dropbox", "GoogleDrive", "OwnCloud", "SharePoint"])
# File names that say nothing about the meeting.
_EMPTY_TITLES = frozenset(
    ["video", "audio", "media", "source", "index", "master", "playlist", "recording", "download", "file"]
)


@dataclass(frozen=True, slots=True)
class FoundRecording:
    """A recording: one format, or one with the picture and one with the sound, in this order.

    `names` are those under which the files are to lie, where they are more than such a pair: the parts of a
    `presentation`. `duration_seconds` is what the source states, where an adapter knows it.
    """

    formats: tuple[Info, ...]
    title: str | None
    recorded_on: date | None
    extractor: str
    id: str
    is_file_name: bool = False
    is_day_guessed: bool = False
    names: tuple[str, ...] = ()
    changed_on: date | None = None
    duration_seconds: float | None = None
    presentation: Presentation | None = None
    captions: tuple[CaptionLink, ...] = ()
    chapters: tuple[SourceChapter, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Title and day as the source tells them; the flags are those of `FoundRecording`."""

    title: str | None
    recorded_on: date | None
    is_file_name: bool = False
    is_day_guessed: bool = False
    changed_on: date | None = None


def look_up(
    session: Session, full: str, zone: ZoneInfo, *, max_duration_seconds: float, max_size_bytes: int
) -> FoundRecording:
    """Ask the page what it holds; days are those of `zone`.

    Raises NoMediaError, ManyRecordingsError (count), LiveError, DrmError, TooLongError
    (hours, limit_hours), TooLargeError (gigabytes, limit_gigabytes), and whatever yt-dlp raises.
    """
    info = _only_entry(session, full)
    if info.get("is_live") or info.get("live_status") in _LIVE:
        raise LiveError()
    find = _find(info, session.file_names, zone)
    check_duration(info.get("duration"), max_duration_seconds)
    check_size(announced_bytes(find.formats), max_size_bytes)
    return find


def _find(info: Info, headers: Mapping[str, str], zone: ZoneInfo) -> FoundRecording:
    """What is known of the recording: by its source, else by how the file is called."""
    told = told_of(info, headers, zone)
    return FoundRecording(
        formats=_formats(info),
        title=told.title,
        recorded_on=told.recorded_on,
        extractor=str(info.get("extractor_key") or ""),
        id=str(info.get("id") or ""),
        is_file_name=told.is_file_name,
        is_day_guessed=told.is_day_guessed,
        changed_on=told.changed_on,
        captions=caption_links(info),
        chapters=chapters_in(info),
    )


def told_of(info: Info, headers: Mapping[str, str], zone: ZoneInfo) -> Told:
    """Title and day: by the source, else by how the file is called, else by a day in the title."""
    name = file_name_of(info, headers)
    named = read_file_name(name, zone) if name else None
    dated = date_of(info, zone)
    is_of_source = str(info.get("extractor_key")) not in _WITHOUT_DAYS
    of_source = dated if is_of_source else None
    if named is None:
        day = of_source or _certain_day_in(title_of(info) or "", zone)
        return Told(title_of(info), day, changed_on=None if is_of_source else dated)
    return Told(
        title=named.title,
        recorded_on=of_source or named.day,
        is_file_name=named.is_title_guessed,
        is_day_guessed=of_source is None and named.is_day_guessed,
        changed_on=None if is_of_source else dated,
    )


def _certain_day_in(title: str, zone: ZoneInfo) -> date | None:
    """The day that somebody wrote into a title, if it can mean no other."""
    read = read_file_name(title, zone)
    return None if read.is_day_guessed else read.day


def file_name_of(info: Info, headers: Mapping[str, str]) -> str | None:
    """What the file is called, by its server's header or its address; None where a page says the title."""
    given_title = str(info.get("title") or "").strip()
    extractor = info.get("extractor_key")
    if extractor != "Generic":
        is_file = extractor in _WITH_FILE_NAMES or _is_media_file(given_title)
        return given_title or None if is_file else None
    addresses = [
        info.get("url"),
        *(one.get("url") for one in info.get("formats") or ()),
        info.get("webpage_url"),
    ]
    given = (headers[str(each)] for each in addresses if each and str(each) in headers)
    said = next((name for header in given if (name := disposition_file_name(header))), None)
    if said:
        return said
    name = unquote(str(info.get("webpage_url_basename") or ""))
    is_file = bool(info.get("direct")) or (bool(given_title) and given_title == PurePosixPath(name).stem)
    return (name or given_title) if is_file else None


def _is_media_file(title: str) -> bool:
    return PurePosixPath(title).suffix.lower() in MEDIA_ENDINGS


def announced_bytes(formats: tuple[Info, ...]) -> int | None:
    """The size of all formats together as the page states it, or None if it is silent about one."""
    sizes = [one.get("filesize") or one.get("filesize_approx") for one in formats]
    return sum(int(size) for size in sizes if size) if all(sizes) else None


def check_size(size_bytes: float | None, limit_bytes: int) -> None:
    """Raise TooLargeError (gigabytes, limit_gigabytes) above the limit."""
    if size_bytes is not None and size_bytes > limit_bytes:
        raise TooLargeError(gigabytes=size_bytes / _GIGABYTE, limit_gigabytes=limit_bytes / _GIGABYTE)


def title_of(info: Info) -> str | None:
    """What the source calls the recording, on one line; a file's name is made readable."""
    title = " ".join(str(info.get("title") or "").split())
    if info.get("extractor_key") == "HTML5MediaEmbed":
        title = title.removesuffix(" (1)")  # yt-dlp numbers what a page embeds, even if it is alone
    if info.get("extractor_key") == "Generic" and " " not in title:
        title = _SPACE_IN_NAMES.sub(" ", title).strip()
    return None if title.lower() in _EMPTY_TITLES else title[:_TITLE_LENGTH] or None


def date_of(info: Info, zone: ZoneInfo) -> date | None:
    """The day of the recording in `zone`, or of its publication, as far as the source knows.

    yt-dlp gives the day of a moment in UTC; so the moment counts where there is one.
    """
    for moment, day in (("release_timestamp", "release_date"), ("timestamp", "upload_date")):
        found = _day_of_moment(info.get(moment), zone) or _day_of_text(str(info.get(day) or ""))
        if found is not None:
            return found
    return None


def _day_of_moment(seconds: object, zone: ZoneInfo) -> date | None:
    if not isinstance(seconds, (int, float)):
        return None
    try:
        return local_day(datetime.fromtimestamp(seconds, UTC), zone)
    except (ValueError, OverflowError, OSError):
        return None  # no moment in our calendar


def _day_of_text(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _COMPACT_DAY.fullmatch(text) else None
    except ValueError:
        return None


def _only_entry(session: Session, address: str) -> Info:
    """Follow pages that hold exactly one recording, a few steps deep, and keep what they have in writing."""
    said: Info = {}
    for _ in range(_DEPTH):
        info = session.extract_info(address, download=False)
        if not info:
            raise NoMediaError()
        if "entries" not in info:
            return said | {name: value for name, value in info.items() if value or name not in _IN_WRITING}
        entries = _distinct(info["entries"])
        if len(entries) != 1:
            raise _not_one(len(entries))
        if entries[0].get("_type") not in _LINKS:
            return entries[0]
        said |= {name: entries[0][name] for name in _IN_WRITING if entries[0].get(name)}
        address = entries[0]["url"]
    raise NoMediaError()


def _distinct(entries: Any) -> list[Info]:
    """A page often embeds the same recording twice."""
    found = {
        str(entry.get("url") or entry.get("id")): entry for entry in islice(entries, _MOST_ENTRIES) if entry
    }
    return list(found.values())


def _not_one(count: int) -> PermanentError:
    return ManyRecordingsError(count=count) if count else NoMediaError()


def _formats(info: Info) -> tuple[Info, ...]:
    """The chosen formats, the one with the picture first, each with the keys that downloading needs."""
    chosen = info.get("requested_formats") or [info]
    if any(one.get("has_drm") for one in chosen):
        raise DrmError()
    if not all(one.get("url") or one.get("fragments") for one in chosen):
        raise NoMediaError()
    ordered = sorted(chosen, key=lambda one: one.get("vcodec") == "none")
    shared = {name: value for name, value in info.items() if name not in _NOT_SHARED}
    return tuple({**shared, **one} for one in ordered)


def check_duration(duration_seconds: float | None, limit_seconds: float) -> None:
    """Raise TooLongError (hours, limit_hours) above the limit."""
    if duration_seconds and duration_seconds > limit_seconds:
        raise TooLongError(hours=duration_seconds / _HOUR_SECONDS, limit_hours=limit_seconds / _HOUR_SECONDS)
