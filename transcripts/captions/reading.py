"""Reads captions that came with a recording: WebVTT and SubRip, however carelessly they were written.

Pure, and linear in the length of what is read, which is foreign. Both formats are blocks of lines with a
line of times at their head; what is no such block (headings, notes, styles, numbers) is passed over. What
people would not say is left out: marks, sounds in brackets, and who speaks, since that names people.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

from transcripts.composed_text import composed
from transcripts.media.source_texts import GivenCue
from transcripts.model import LONGEST_SECONDS

LARGEST_BYTES = 8 * 2**20
MOST_CUES, MOST_WORDS = 20_000, 250_000
LONGEST_LINE, LONGEST_CUE = 1_000, 2_000
# Captions that scroll show a line again when it moves up.
_TOUCHING_SECONDS = 0.1
_LONGEST_HEAD = 200

_LINES = re.compile(r"\r\n|\r|\n")
_TIME = r"(-?)(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMES = re.compile(rf"\s{{0,9}}{_TIME}\s{{0,9}}-->\s{{0,9}}{_TIME}(?![\d:.,])")
_MARK = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,200}\}|\[[^\[\]]{0,200}\]|[♪♫]")
_SOUND = re.compile(r"\([^()]{0,200}\)")
_LEAD = re.compile(r"(?:(?:-{1,2}|–|—|>>)\s?)?(?:[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ .-]{1,40}:(?:\s|$))?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


class CaptionsError(ValueError):
    """What cannot be taken for captions; its text is the reason, in words of ours."""


@dataclass(frozen=True, slots=True)
class ReadCaptions:
    """The cues in the order of time, none reaching into the next; so many others made no sense."""

    cues: tuple[GivenCue, ...]
    dropped: int = 0


@dataclass(slots=True)
class _Block:
    """Lines below a line of times."""

    start_seconds: float
    end_seconds: float
    lines: list[str] = field(default_factory=list)

    @property
    def makes_sense(self) -> bool:
        return 0 <= self.start_seconds < self.end_seconds <= LONGEST_SECONDS

    def cue(self) -> GivenCue:
        text = " ".join(filter(None, map(_spoken, self.lines)))[:LONGEST_CUE].strip()
        return GivenCue(start_seconds=self.start_seconds, end_seconds=self.end_seconds, text=text)


def read_captions(content: bytes) -> ReadCaptions:
    """What a file of captions says. Raises CaptionsError for what is none, or more than any meeting has."""
    if len(content) > LARGEST_BYTES:
        raise CaptionsError("too large")
    found: list[GivenCue] = []
    dropped = 0
    for block in _blocks(_LINES.split(_decoded(content))):
        if not block.makes_sense:
            dropped += 1
            continue
        found.append(block.cue())
        if len(found) > MOST_CUES:
            raise CaptionsError("too many cues")
    cues = tuple(_one_after_another(each for each in found if each.text))
    if not cues:
        raise CaptionsError("no cues")
    if sum(len(each.text.split()) for each in cues) > MOST_WORDS:
        raise CaptionsError("too many words")
    return ReadCaptions(cues, dropped)


def _decoded(content: bytes) -> str:
    """Text of today, or as Windows wrote it here. Raises CaptionsError for what is no text."""
    named = next((name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), None)
    for encoding in (named,) if named else ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _UNPRINTABLE.search(text):
            return composed(text)
    raise CaptionsError("unknown encoding")


def _blocks(lines: Iterable[str]) -> Iterator[_Block]:
    block: _Block | None = None
    for line in lines:
        times = _TIMES.match(line[:_LONGEST_HEAD])
        if times is None:
            if block is not None and line.strip():
                block.lines.append(line[:LONGEST_LINE])
            elif block is not None and block.lines:
                yield block
                block = None
            continue
        if block is not None:
            if block.lines and block.lines[-1].strip().isdecimal():
                block.lines.pop()  # the number of the next one, where no empty line is between
            yield block
        block = _Block(_seconds(*times.groups()[:5]), _seconds(*times.groups()[5:]))
    if block is not None:
        yield block


def _seconds(sign: str, hours: str | None, minutes: str, seconds: str, rest: str | None) -> float:
    whole = 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds)
    found = whole + int((rest or "0").ljust(3, "0")) / 1000
    return -found - 0.001 if sign else found


def _spoken(line: str) -> str:
    """A line without marks, sounds and speakers."""
    text = unescape(_MARK.sub(" ", line))
    text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    text = text[_lead_length(text) :]
    return "" if _SOUND.fullmatch(text) else text


def _lead_length(text: str) -> int:
    lead = _LEAD.match(text)
    return lead.end() if lead else 0


def _one_after_another(cues: Iterable[GivenCue]) -> Iterator[GivenCue]:
    """In order, none longer than to the beginning of the next; what is shown on becomes one."""
    last: GivenCue | None = None
    for cue in sorted(cues, key=lambda each: each.start_seconds):
        if last is None:
            last = cue
        elif cue.text == last.text and cue.start_seconds <= last.end_seconds + _TOUCHING_SECONDS:
            end = max(last.end_seconds, cue.end_seconds)
            last = last.model_copy(update={"end_seconds": end})
        else:
            yield last.model_copy(update={"end_seconds": min(last.end_seconds, cue.start_seconds)})
            last = cue
    if last is not None:
        yield last
