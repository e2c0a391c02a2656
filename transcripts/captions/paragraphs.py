"""Where a text begins a new paragraph, and which chapter a sentence is of: for pages and files alike."""

from collections.abc import Iterable, Iterator, Sequence

from transcripts.model import Chapter, Segment

PAUSE_SECONDS = 1.5
PARAGRAPH_SENTENCES = 5
SENTENCE_ENDS = (".", "?", "!", "…", ".“", "?“", "!“")


def by_chapter(
    segments: Sequence[Segment], chapters: Iterable[Chapter]
) -> Iterator[tuple[Chapter | None, tuple[Segment, ...]]]:
    """The sentences of each chapter in the order of time; first, with None, what was said before them all.

    A sentence belongs where the middle of it lies.
    """
    ordered = sorted(chapters, key=lambda chapter: chapter.start_seconds)
    starts = [float("-inf"), *(chapter.start_seconds for chapter in ordered), float("inf")]
    for place, chapter in enumerate([None, *ordered]):
        spoken = tuple(each for each in segments if starts[place] <= _middle(each) < starts[place + 1])
        if chapter is not None or spoken:
            yield chapter, spoken


def paragraphs(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Sentences that read as one."""
    groups: list[list[Segment]] = []
    for segment in segments:
        if not groups or _starts_paragraph(groups[-1], segment):
            groups.append([])
        groups[-1].append(segment)
    return groups


def _middle(segment: Segment) -> float:
    return (segment.start_seconds + segment.end_seconds) / 2


def _starts_paragraph(paragraph: list[Segment], segment: Segment) -> bool:
    """A pause, another voice, or enough sentences; never in the middle of a sentence for length alone.

    A sentence that people took out is only an address: it starts nothing.
    """
    if not segment.text.strip():
        return False
    last = paragraph[-1]
    if segment.speaker != last.speaker or segment.start_seconds - last.end_seconds > PAUSE_SECONDS:
        return True
    return len(paragraph) >= PARAGRAPH_SENTENCES and last.text.rstrip().endswith(SENTENCE_ENDS)
