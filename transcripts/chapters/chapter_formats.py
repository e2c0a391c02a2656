"""Chapters in the formats of players and podcasts, and as the text file that people edit.

Pure. Podlove Simple Chapters 1.2 (podlove.org/simple-chapters, XML and its JSON
form), the podcast namespace's JSON chapters 1.2.0 (Podcastindex-org), and
`chapters.txt`: a line each, "00:12:30 Was ein Bürgerrat kostet". The WebVTT
track is written by `captions`.
"""

import json
import re
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from transcripts.errors.input_errors import ChaptersLineError
from transcripts.model import Chapter
from transcripts.wording.german_formats import format_clock

PODLOVE_NAMESPACE = "http://podlove.org/simple-chapters"
LEAD_IN_TITLE = "Vor dem Beginn"

_LINE = re.compile(
    r"^(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,2}):(?P<seconds>\d{2}(?:[.,]\d{1,3})?)(?:\s+[-–—])?\s+(?P<title>\S.*)$"
)
_METADATA_MARK = re.compile(r"[=;#\\]")


def write_podlove_xml(chapters: Sequence[Chapter]) -> str:
    """The chapters as a document of Podlove Simple Chapters."""
    lines = [
        f"  <psc:chapter start={quoteattr(_npt(chapter.start_seconds))} title={quoteattr(_title(chapter))} />"
        for chapter in chapters
    ]
    opening = f'<psc:chapters version="1.2" xmlns:psc="{PODLOVE_NAMESPACE}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', opening, *lines, "</psc:chapters>\n"])


def write_podlove_json(chapters: Sequence[Chapter]) -> str:
    """The chapters as Podlove's players read them: a list of starts ("00:12:30.250") and titles."""
    rows = [{"start": _npt(chapter.start_seconds), "title": _title(chapter)} for chapter in chapters]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def write_podcast_json(chapters: Sequence[Chapter]) -> str:
    """The chapters as the podcast namespace's `application/json+chapters`, version 1.2.0."""
    rows = [{"startTime": round(chapter.start_seconds, 3), "title": _title(chapter)} for chapter in chapters]
    return json.dumps({"version": "1.2.0", "chapters": rows}, ensure_ascii=False, indent=1) + "\n"


def write_chapters_text(chapters: Sequence[Chapter]) -> str:
    """The chapters to edit: clock and title, a line each."""
    return "".join(f"{_clock(chapter.start_seconds)} {_title(chapter)}\n" for chapter in chapters)


def write_ffmetadata(chapters: Sequence[Chapter], duration_seconds: float) -> str:
    """The chapters as ffmpeg takes them in (ffmpeg-formats, "Metadata"), each lasting until the next.

    MP4's chapter track knows no gap: what comes before the first gets one too.
    """
    by_start = {_milliseconds(one.start_seconds): one for one in chapters}
    if by_start and min(by_start) > 0:
        by_start[0] = Chapter(start_seconds=0.0, title=LEAD_IN_TITLE)
    starts = sorted(by_start)
    blocks = [";FFMETADATA1\n"]
    for start, end in zip(starts, [*starts[1:], _milliseconds(duration_seconds)], strict=True):
        title = _METADATA_MARK.sub(r"\\\g<0>", _title(by_start[start]))
        times = f"START={start}\nEND={max(end, start + 1)}"
        blocks.append(f"[CHAPTER]\nTIMEBASE=1/1000\n{times}\ntitle={title}\n")
    return "".join(blocks)


def read_chapters_text(text: str, made_by_machine: Sequence[Chapter] = ()) -> tuple[Chapter, ...]:
    """The chapters of an edited `chapters.txt`, in order of time.

    A line equal to one that was exported from `made_by_machine` is still the
    machine's; every other one is a person's. Blank lines and lines that start
    with "#" are passed over. Raises ChaptersLineError with the number
    of a line that is no time with a title, or that repeats a time.
    """
    exported = {
        write_chapters_text([chapter]).strip(): chapter
        for chapter in made_by_machine
        if chapter.origin != "human"
    }
    found: dict[float, Chapter] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        chapter = exported.get(line) or _by_hand(line, number)
        if chapter.start_seconds in found:
            raise ChaptersLineError(line=str(number))
        found[chapter.start_seconds] = chapter
    return tuple(found[start] for start in sorted(found))


def _by_hand(line: str, number: int) -> Chapter:
    match = _LINE.match(line)
    if (
        match is None
        or (int(match["minutes"]) > 59 and match["hours"])
        or float(_point(match["seconds"])) >= 60
    ):
        raise ChaptersLineError(line=str(number))
    minutes = 60 * int(match["hours"] or 0) + int(match["minutes"])
    start = round(60 * minutes + float(_point(match["seconds"])), 3)
    return Chapter(start_seconds=start, title=" ".join(match["title"].split()), origin="human")


def _point(number: str) -> str:
    return number.replace(",", ".")


def _title(chapter: Chapter) -> str:
    return " ".join(chapter.title.split())


def _npt(seconds: float) -> str:
    """Normal Play Time, "HH:MM:SS.mmm" (RFC 2326)."""
    whole, rest = divmod(_milliseconds(seconds), 1000)
    return f"{format_clock(whole)}.{rest:03d}"


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))


def _clock(seconds: float) -> str:
    """The clock with as many digits as the start needs, so that reading back gives the same start."""
    exact = _npt(seconds)
    return exact.removesuffix(".000")
