"""Writes the transcript as a text to read, with chapters as headings."""

from collections.abc import Iterator, Sequence
from textwrap import fill

from transcripts.captions.paragraphs import by_chapter, paragraphs
from transcripts.model import Chapter, Segment, Transcript
from transcripts.wording.german_formats import format_clock

TEXT_WIDTH = 80


def write_text(transcript: Transcript, chapters: Sequence[Chapter] = ()) -> str:
    """Paragraphs of at most 80 columns under the chapters' headings; who speaks is named where they begin."""
    blocks: list[str] = []
    for chapter, segments in by_chapter(transcript.segments, chapters):
        if chapter is not None:
            blocks.append(_heading(chapter))
        blocks += _paragraph_blocks(segments)
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _heading(chapter: Chapter) -> str:
    heading = f"{format_clock(chapter.start_seconds)}  {' '.join(chapter.title.split())}"
    return f"{heading}\n{'-' * len(heading)}"


def _paragraph_blocks(segments: Sequence[Segment]) -> Iterator[str]:
    previous: str | None = None
    for sentences in paragraphs(each for each in segments if each.text.strip()):
        speaker = sentences[0].speaker
        text = " ".join(each.text.strip() for each in sentences)
        named = f"{speaker}: {text}" if speaker is not None and speaker != previous else text
        yield fill(named, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
        previous = speaker
