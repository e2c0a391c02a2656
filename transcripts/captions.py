"""Writes captions, the reading text and chapter tracks in the formats players and people read.

Pure: cues, a transcript or chapters in, the whole file's text out, to be stored
as UTF-8. How a transcript becomes cues is for `transcripts.cues`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill

from transcripts.cues import Cue
from transcripts.formats import format_clock
from transcripts.model import Chapter, Segment, Transcript

TEXT_WIDTH = 80
PARAGRAPH_PAUSE_SECONDS = 1.2
MIN_PARAGRAPH_CHARACTERS = 300
MAX_PARAGRAPH_CHARACTERS = 900
CHANGE_OF_SUBJECT_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class _Paragraph:
    speaker: str | None
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)


def write_vtt(cues: Iterable[Cue]) -> str:
    """The cues as WebVTT (W3C, "WebVTT: The Web Video Text Tracks Format", section 4).

    A cue's id is its sentence's id and its number within the sentence, "s0007.2",
    so it lives as long as the sentence's address; without a sentence's id it is the
    cue's number.
    """
    blocks = ["WEBVTT\n"]
    shown: dict[str, int] = {}
    for number, cue in enumerate(cues, start=1):
        sentence = cue.segment_ids[0] if cue.segment_ids else ""
        shown[sentence] = shown.get(sentence, 0) + 1
        identifier = f"{sentence}.{shown[sentence]}" if sentence else str(number)
        text = "\n".join(_escaped(line) for line in cue.lines)
        blocks.append(f"{identifier}\n{_interval(cue.start_seconds, cue.end_seconds)}\n{text}\n")
    return "\n".join(blocks)


def write_srt(cues: Iterable[Cue]) -> str:
    """The cues as SubRip: numbered from 1, with commas in the times; lacking escapes, "-->" becomes "→"."""
    return "\n".join(
        f"{number}\n{_interval(cue.start_seconds, cue.end_seconds, mark=',')}\n"
        + "\n".join(line.replace("-->", "→") for line in cue.lines)
        + "\n"
        for number, cue in enumerate(cues, start=1)
    )


def write_text(transcript: Transcript, chapters: Sequence[Chapter] = ()) -> str:
    """The transcript to read: paragraphs of at most 80 columns under the chapters' headings.

    A paragraph ends with its speaker's turn or chapter, and else at a rest once it is
    long enough to be one. A speaker who is known is named where they begin. Each
    sentence belongs to the chapter in which its middle lies.
    """
    ordered = sorted(chapters, key=lambda chapter: chapter.start_seconds)
    blocks: list[str] = []
    for place in range(-1, len(ordered)):
        if place >= 0:
            blocks.append(_heading(ordered[place]))
        segments = [one for one in transcript.segments if _chapter_place(one, ordered) == place]
        blocks += _paragraph_blocks(segments)
    return "\n\n".join(blocks) + "\n" if blocks else ""


def write_chapters_vtt(chapters: Iterable[Chapter], duration_seconds: float) -> str:
    """The chapters as a WebVTT track of kind "chapters": each lasts until the next, the last to the end.

    Of chapters that start at the same time only the last is written, as a cue must
    last; a chapter that starts at or after the end lasts a second.
    """
    by_start = {round(chapter.start_seconds, 3): chapter for chapter in chapters}
    starts = sorted(by_start)
    blocks = ["WEBVTT\n"]
    for index, start in enumerate(starts):
        is_last = index + 1 == len(starts)
        end = (duration_seconds if duration_seconds > start else start + 1) if is_last else starts[index + 1]
        title = _escaped(_one_line(by_start[start].title))
        blocks.append(f"{index + 1}\n{_interval(start, end)}\n{title}\n")
    return "\n".join(blocks)


def _interval(start_seconds: float, end_seconds: float, mark: str = ".") -> str:
    return f"{_timestamp(start_seconds, mark)} --> {_timestamp(end_seconds, mark)}"


def _timestamp(seconds: float, mark: str) -> str:
    milliseconds = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}{mark}{milliseconds % 1000:03d}"


def _escaped(text: str) -> str:
    """Text as WebVTT cue text; without ">" there is no "-->" either."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _heading(chapter: Chapter) -> str:
    heading = f"{format_clock(chapter.start_seconds)}  {_one_line(chapter.title)}"
    return f"{heading}\n{'-' * len(heading)}"


def _chapter_place(segment: Segment, chapters: Sequence[Chapter]) -> int:
    """The index of the chapter the segment belongs to; -1 before the first."""
    middle = (segment.start_seconds + segment.end_seconds) / 2
    return sum(chapter.start_seconds <= middle for chapter in chapters) - 1


def _paragraph_blocks(segments: Sequence[Segment]) -> Iterator[str]:
    previous: str | None = None
    for paragraph in _paragraphs(segments):
        is_new = paragraph.speaker is not None and paragraph.speaker != previous
        text = f"{paragraph.speaker}: {paragraph.text}" if is_new else paragraph.text
        yield fill(text, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
        previous = paragraph.speaker


def _paragraphs(segments: Sequence[Segment]) -> Iterator[_Paragraph]:
    held: list[Segment] = []
    for segment in segments:
        if not segment.text.strip():
            continue
        if held and _starts_paragraph(held, segment):
            yield _Paragraph(held[0].speaker, tuple(held))
            held = []
        held.append(segment)
    if held:
        yield _Paragraph(held[0].speaker, tuple(held))


def _starts_paragraph(held: Sequence[Segment], following: Segment) -> bool:
    pause = following.start_seconds - held[-1].end_seconds
    if following.speaker != held[-1].speaker or pause >= CHANGE_OF_SUBJECT_SECONDS:
        return True
    characters = sum(len(segment.text) + 1 for segment in held)
    if characters >= MAX_PARAGRAPH_CHARACTERS:
        return True
    return characters >= MIN_PARAGRAPH_CHARACTERS and pause >= PARAGRAPH_PAUSE_SECONDS
