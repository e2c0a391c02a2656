"""Reads what BigBlueButton writes beside a recording: metadata, slides and texts, shared screens, captions.

Pure. What is read is what a record needs: the meeting's name and beginning, which slide was shown when,
when a screen was shared, what stands on the slides. Names of people, chat and drawings are never looked
at. The files are foreign: no entities, no endless lists; defusedxml refuses the former.
"""

import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from transcripts.captions.makers import is_by_machine
from transcripts.composed_text import composed

LONGEST_TITLE = 200
LONGEST_SLIDE_TEXT = 4_000
MOST_SLIDE_CHANGES, MOST_SHARINGS, MOST_TEXTS = 5_000, 200, 2_000
MOST_LANGUAGES = 50
LONGEST_SECONDS = 7 * 24 * 3600.0

_DEEPEST = 200
_XLINK = "{http://www.w3.org/1999/xlink}href"
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")
# Slides are pictures up to BigBlueButton 2.5 (`slide-3.png`), drawings from 2.6 on (`svgs/slide3.svg`).
_SLIDE = re.compile(r"presentation/([^/]{1,200})/(?:slide-|svgs/slide)(\d{1,5})\.(png|jpg|jpeg|svg)")
_SLIDE_NAME = re.compile(r"slide-(\d{1,5})")
_SCREEN = re.compile(r"presentation/deskshare(?:/slide-1)?\.png")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What metadata.xml says of a recording; None where it says nothing that can be right."""

    title: str | None
    began_at: datetime | None
    duration_seconds: float | None
    state: str
    is_published: bool


@dataclass(frozen=True, slots=True)
class SlideKey:
    """A slide: which presentation it is of, and its number there."""

    presentation: str
    number: int


@dataclass(frozen=True, slots=True)
class SlideChange:
    """From so many seconds on, a slide is shown; None: there is none, since a screen is shared or nothing is.

    `ending` is how the server names the slide's picture.
    """

    start_seconds: float
    slide: SlideKey | None
    ending: str = ""
    is_screen: bool = False


@dataclass(frozen=True, slots=True)
class Sharing:
    """A stretch in which a screen was shared."""

    start_seconds: float
    end_seconds: float


def slide_picture(slide: SlideKey, ending: str) -> str:
    """Where a slide's picture lies below the recording's folder."""
    name = f"svgs/slide{slide.number}" if ending == "svg" else f"slide-{slide.number}"
    return f"presentation/{slide.presentation}/{name}.{ending}"


def slide_text_file(slide: SlideKey) -> str:
    """Where a slide's text lies below the recording's folder."""
    return f"presentation/{slide.presentation}/textfiles/slide-{slide.number}.txt"


def read_metadata(content: bytes) -> Metadata:
    """Raises ValueError for what is no metadata.xml."""
    said: dict[str, str] = {}
    for path, element in _elements(content):
        if path[:1] != ("recording",):
            raise ValueError("no metadata of a recording")
        if path in _SAID:
            said.setdefault("/".join(path[1:]), (element.text or "").strip())
        if path == ("recording", "meeting"):
            said.setdefault("meeting", element.get("name") or "")
    if not said:
        raise ValueError("metadata without any statement")
    titles = (said.get(name) for name in ("meta/meetingName", "meta/name", "meeting"))
    return Metadata(
        title=next(filter(None, map(_line, titles)), None),
        began_at=_moment(said.get("start_time")),
        duration_seconds=_positive(said.get("playback/duration"), 1000),
        state=said.get("state", ""),
        is_published=said.get("published", "").lower() != "false",
    )


_SAID = frozenset(
    ("recording", *path)
    for path in (
        ("state",),
        ("published",),
        ("start_time",),
        ("meta", "meetingName"),
        ("meta", "name"),
        ("playback", "duration"),
    )
)


def read_shapes(content: bytes) -> tuple[SlideChange, ...]:
    """Which slide is shown from when on, in order of time, by shapes.svg.

    An image may be shown several times. As in BigBlueButton's player, a slide stays until the next one
    comes. Raises ValueError for what is damaged, or has more changes than any meeting.
    """
    found: list[SlideChange] = []
    is_drawing = False
    for path, element in _elements(content):
        is_drawing = is_drawing or path[:1] == ("svg",)
        if path != ("svg", "image"):
            continue
        source = element.get(_XLINK) or element.get("href") or element.get("data-href") or ""
        found += [_change(at, source) for at in _times(element.get("in"))]
        if len(found) > MOST_SLIDE_CHANGES:
            raise ValueError("more changes of slides than a meeting has")
    if not is_drawing:
        raise ValueError("no drawing")
    return _one_at_a_time(found)


def read_deskshare(content: bytes) -> tuple[Sharing, ...]:
    """When a screen was shared, by deskshare.xml, joined where it was shared on. Raises ValueError."""
    found: list[Sharing] = []
    for path, element in _elements(content):
        if path == ("recording", "event"):
            start, end = (_times(element.get(name)) for name in ("start_timestamp", "stop_timestamp"))
            if start and end and end[0] > start[0]:
                found.append(Sharing(start[0], end[0]))
        if len(found) > MOST_SLIDE_CHANGES:
            raise ValueError("more shared screens than a meeting has")
    return _joined(found)


def sharings_by_slides(changes: tuple[SlideChange, ...]) -> tuple[Sharing, ...]:
    """When a screen was shared, by the place holders that stand for it among the slides."""
    ends = [each.start_seconds for each in changes[1:]] + [LONGEST_SECONDS]
    return _joined(
        [Sharing(each.start_seconds, end) for each, end in zip(changes, ends, strict=True) if each.is_screen]
    )


def read_slide_texts(content: bytes) -> Mapping[SlideKey, str]:
    """What stands on the slides, by presentation_text.json; what is none of it is passed over.

    Raises ValueError for what is no JSON.
    """
    try:
        said = json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    texts: dict[SlideKey, str] = {}
    for presentation, slides in _items(said):
        for name, text in _items(slides):
            number = _SLIDE_NAME.fullmatch(name)
            if number and isinstance(text, str) and len(texts) < MOST_TEXTS:
                texts[SlideKey(presentation, int(number[1]))] = plain_text(text)
    return texts


def read_caption_languages(content: bytes) -> tuple[str, ...]:
    """The languages in which somebody typed captions, by captions.json, as they stand in the files' names.

    Servers name them `locale`, those with uploaded captions `lang`. Raises ValueError for what is no JSON.
    """
    try:
        said = json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    rows = said[:MOST_LANGUAGES] if isinstance(said, list) else []
    named = [
        each.get("locale") or each.get("lang")
        for each in rows
        if isinstance(each, dict) and not is_by_machine(str(each.get("source") or ""))
    ]
    return tuple(dict.fromkeys(each for each in named if isinstance(each, str) and _LOCALE.fullmatch(each)))


def caption_file(language: str) -> str:
    """Where the captions of a language lie below the recording's folder."""
    return f"caption_{language}.vtt"


def plain_text(text: str) -> str:
    """A slide's text: lines without what cannot be printed, and not endless."""
    lines = (_printable(line) for line in text[: 4 * LONGEST_SLIDE_TEXT].splitlines())
    return "\n".join(line for line in lines if line)[:LONGEST_SLIDE_TEXT]


def _elements(content: bytes) -> Iterator[tuple[tuple[str, ...], Element]]:
    """Each element when it ends, with the names on the way to it. Raises ValueError."""
    path: list[str] = []
    root: Element | None = None
    try:
        for event, element in iterparse(io.BytesIO(content), events=("start", "end")):
            if event == "start":
                root = element if root is None else root
                path.append(str(element.tag).rpartition("}")[2])
                if len(path) > _DEEPEST:
                    raise ValueError("nested too deeply")
                continue
            yield tuple(path), element
            path.pop()
            element.clear()  # what was read is not needed any more
            if len(path) == 1 and root is not None:
                root.clear()
    except (ParseError, DefusedXmlException) as error:
        raise ValueError(f"no XML that may be read: {type(error).__name__}") from error


def _change(at: float, source: str) -> SlideChange:
    slide = _SLIDE.fullmatch(source)
    if _SCREEN.fullmatch(source):
        return SlideChange(at, None, is_screen=True)
    if slide is None or not _PLAIN_NAME.fullmatch(slide[1]):
        return SlideChange(at, None)
    return SlideChange(at, SlideKey(slide[1], int(slide[2])), slide[3])


def _one_at_a_time(changes: list[SlideChange]) -> tuple[SlideChange, ...]:
    """In order; of those at one moment, the one that is named last."""
    return tuple({each.start_seconds: each for each in sorted(changes, key=_start)}.values())


def _start(stretch: SlideChange | Sharing) -> float:
    return stretch.start_seconds


def _joined(sharings: list[Sharing]) -> tuple[Sharing, ...]:
    """In order, without overlaps; of more than any meeting has, the last ones become one."""
    joined: list[Sharing] = []
    for each in sorted(sharings, key=_start):
        if joined and (each.start_seconds <= joined[-1].end_seconds or len(joined) == MOST_SHARINGS):
            last = joined.pop()
            each = Sharing(last.start_seconds, max(last.end_seconds, each.end_seconds))
        joined.append(each)
    return tuple(joined)


def _times(text: str | None) -> list[float]:
    """Seconds of the recording, several with spaces between; what is none is passed over."""
    numbers = map(_number, (text or "")[: LONGEST_TITLE * 100].split())
    return [max(0.0, each) for each in numbers if each is not None and each <= LONGEST_SECONDS]


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _positive(text: str | None, parts: int) -> float | None:
    number = _number((text or "")[:LONGEST_TITLE])
    return number / parts if number and number > 0 else None


def _moment(milliseconds: str | None) -> datetime | None:
    seconds = _positive(milliseconds, 1000)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def _line(text: str | None) -> str | None:
    """On one line, without what cannot be printed."""
    return _printable(text or "")[:LONGEST_TITLE].strip() or None


def _printable(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in composed(text)).split())


def _items(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []
