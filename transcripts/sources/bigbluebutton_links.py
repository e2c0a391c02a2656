"""The addresses under which BigBlueButton shows and keeps a recording. Pure.

Pages and files lie as the nginx rules of BigBlueButton 2.0 to 3.0 and of Scalelite, which stands before
several of them, put them: https://github.com/bigbluebutton/bigbluebutton, record-and-playback.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,199}")
# A hash of the meeting's name, and when it began, in milliseconds.
_ORDINARY_ID = re.compile(r"[0-9a-f]{40}-(\d{13})")
_VERSION = re.compile(r"\d[\d.]{0,20}")
_PAGE = "playback.html"
_FOLDERS = ("recording", "presentation", "video")
_MOST_STEPS = 20
_KNOWN_FILES = frozenset(["metadata.xml", "shapes.svg", "deskshare.xml", "presentation_text.json"])
_MEDIA_FILE = re.compile(
    r"(?:video/webcams|deskshare/deskshare|audio/audio)\.(?:webm|mp4|ogg)"
    r"|presentation/[^/]+/(?:slide-|svgs/|thumbnails/|textfiles/)[^/]+"
)
_VIDEO_FILE = re.compile(r"(?:index\.html|metadata\.xml|video-\d+\.(?:m4v|mp4|webm))")


class PlaybackFormat(StrEnum):
    """What a server made of a meeting: slides, camera and shared screen apart, or one video."""

    PRESENTATION = "presentation"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class PlaybackLink:
    """A recording on a server. `folders` are the addresses below which its files may lie, likely ones first.

    `is_forwarded`: the address is one that only a redirect of the server leads on from.
    """

    id: str
    format: PlaybackFormat
    folders: tuple[str, ...]
    is_forwarded: bool = False

    @property
    def began_at(self) -> datetime | None:
        """When the meeting began, if its id says so."""
        ordinary = _ORDINARY_ID.fullmatch(self.id)
        return datetime.fromtimestamp(int(ordinary[1]) / 1000, UTC) if ordinary else None


def playback_link(address: str) -> PlaybackLink | None:
    """The recording that an address means; None for what is no address of BigBlueButton's."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    steps = parts.path.strip("/").split("/")[:_MOST_STEPS]
    server = f"{parts.scheme}://{parts.netloc}"
    for at, step in enumerate(steps):
        before, rest = "/".join([server, *steps[:at]]), steps[at + 1 :]
        found = None
        if step == "playback":
            found = _of_page(before, server, rest, parts.query)
        elif step in _FOLDERS:
            found = _of_folder(before, server, step, rest)
        if found is not None:
            return found
    return None


def _of_page(before: str, server: str, rest: Sequence[str], query: str) -> PlaybackLink | None:
    """`/playback/presentation/2.3/ID`, `/playback/presentation/2.0/playback.html?meetingId=ID`, a video's."""
    kind, *rest = [*rest, ""]
    if kind == PlaybackFormat.VIDEO:
        return _link(before, server, PlaybackFormat.VIDEO, rest[0] if rest else "")
    if kind != PlaybackFormat.PRESENTATION:
        return None
    if _PAGE in rest[:2]:
        found = parse_qs(query, max_num_fields=100) if query.count("&") < 100 else {}
        return _link(before, server, PlaybackFormat.PRESENTATION, found.get("meetingId", [""])[0])
    if len(rest) > 1 and _VERSION.fullmatch(rest[0]):
        return _link(before, server, PlaybackFormat.PRESENTATION, rest[1])
    return None


def _of_folder(before: str, server: str, step: str, rest: Sequence[str]) -> PlaybackLink | None:
    """`/presentation/ID/metadata.xml`, `/video/ID/video-0.m4v`, Scalelite's `/recording/ID/presentation`."""
    if not rest:
        return None
    file, is_ordinary = "/".join(rest[1:]), _ORDINARY_ID.fullmatch(rest[0]) is not None
    if step == "recording":
        if not is_ordinary or file not in set(PlaybackFormat):
            return None
        return _link(before, server, PlaybackFormat(file), rest[0], is_forwarded=True)
    if step == PlaybackFormat.PRESENTATION:
        is_known = file in _KNOWN_FILES or _MEDIA_FILE.fullmatch(file) is not None
    else:
        is_known = _VIDEO_FILE.fullmatch(file) is not None
    return _link(before, server, PlaybackFormat(step), rest[0]) if is_known or is_ordinary else None


def _link(
    before: str, server: str, kind: PlaybackFormat, recording: str, *, is_forwarded: bool = False
) -> PlaybackLink | None:
    if not _ID.fullmatch(recording):
        return None
    roots = dict.fromkeys((before, server))
    ways = ("playback/video", "video") if kind is PlaybackFormat.VIDEO else ("presentation",)
    folders = tuple(f"{root}/{way}/{recording}" for root in roots for way in ways)
    return PlaybackLink(recording, kind, folders, is_forwarded)
