"""Writes captions and chapter tracks in the formats that players read.

Pure: cues or chapters in, the whole file's text out, to be stored
as UTF-8. How a transcript becomes cues is for `transcripts.captions.cues`.
"""

from collections.abc import Iterable

from transcripts.captions.cues import Cue
from transcripts.model import Chapter


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
    return " ".join(text.split())
