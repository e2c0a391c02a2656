"""The chapters of a meeting: from its agenda where there is one, else from what is said.

The entry to the pure core of the chapter step. The agenda's items are looked
for in the transcript (`agenda`); without one, or when none of it was spoken of,
changes of topic make the chapters (`topics`) and the words said make their
titles (`titles`).
"""

from collections.abc import Sequence

from transcripts.agendas.agenda_reading import clean_item, parse_agenda
from transcripts.chapters.agenda import align
from transcripts.chapters.agenda_outcomes import agenda_outcomes, find_moved
from transcripts.chapters.chapter_titles import ChapterText, make_titles
from transcripts.chapters.moderator_phrases import Opening, is_bare_thanks, openings
from transcripts.chapters.topics import topic_starts
from transcripts.model import AgendaOutcome, Chapter, Segment, Summary, Transcript
from transcripts.values import Value

__all__ = ["Chaptering", "find_chapters", "parse_agenda", "work_out_chapters"]

FIRST_SECONDS = 5.0
"""Speech that starts this early starts with the recording."""
SHORTEST_PRELUDE_SECONDS = 20.0
"""Less than this before the first agenda item belongs to that item."""
LONG_ITEM_SECONDS = 1500.0
"""An agenda item longer than this gets chapters from speech within it."""


class Chaptering(Value):
    """The chapters of a meeting in order of time, what became of each item of its agenda, and its summary.

    There is a summary only where a language model was asked for one.
    """

    chapters: tuple[Chapter, ...] = ()
    outcomes: tuple[AgendaOutcome, ...] = ()
    summary: Summary | None = None


def find_chapters(transcript: Transcript, agenda: Sequence[str] = ()) -> tuple[Chapter, ...]:
    """The chapters in order of time, the first starting with the first speech; none where nobody speaks.

    Agenda items that were not taken up are left out. What is said before the
    first of them becomes a chapter of its own, titled from speech.
    """
    return work_out_chapters(transcript, agenda).chapters


def work_out_chapters(transcript: Transcript, agenda: Sequence[str] = ()) -> Chaptering:
    """The chapters as `find_chapters` gives them, with the outcome of each agenda item."""
    segments = sorted(
        (one for one in transcript.segments if one.text.strip()), key=lambda one: one.start_seconds
    )
    items = [item for line in agenda if (item := clean_item(line))]
    if not segments:
        return Chaptering(outcomes=tuple(AgendaOutcome(item=item, outcome="skipped") for item in items))
    turns = openings([segment.text for segment in segments])
    found = align(items, segments, turns)
    moved = find_moved(items, segments, turns, found)
    outcomes = agenda_outcomes(items, segments, turns, found, moved)
    opened = {finding.segment: items[finding.item] for finding in (*found, *moved)}
    chapters = _from_agenda(opened, segments, turns) if opened else _from_speech(segments, turns)
    return Chaptering(chapters=chapters, outcomes=outcomes)


def _from_agenda(
    opened: dict[int, str], segments: Sequence[Segment], turns: Sequence[Opening]
) -> tuple[Chapter, ...]:
    """A chapter for each item at the segment that opens it, and those from speech before and within them."""
    named = {_with_thanks(at, segments): opened[at] for at in sorted(opened)}
    first = min(named)
    if segments[first].start_seconds - segments[0].start_seconds < SHORTEST_PRELUDE_SECONDS:
        named[0] = named.pop(first)
    starts = sorted({0, *named, *_within_long_items(sorted(named), segments, turns)})
    titles = _titles(starts, segments, turns)
    return tuple(
        Chapter(start_seconds=_start(at, segments), title=named[at], origin="agenda")
        if at in named
        else Chapter(start_seconds=_start(at, segments), title=title, origin="speech")
        for at, title in zip(starts, titles, strict=True)
    )


def _within_long_items(
    starts: Sequence[int], segments: Sequence[Segment], turns: Sequence[Opening]
) -> list[int]:
    """Where topics change within items that are too long to find something in."""
    found: list[int] = []
    for start, end in zip(starts, [*starts[1:], len(segments)], strict=True):
        if segments[end - 1].end_seconds - segments[start].start_seconds > LONG_ITEM_SECONDS:
            found += [start + at for at in topic_starts(segments[start:end], turns[start:end])[1:]]
    return found


def _from_speech(segments: Sequence[Segment], turns: Sequence[Opening]) -> tuple[Chapter, ...]:
    openers = topic_starts(segments, turns)
    titles = _titles(openers, segments, turns)
    return tuple(
        Chapter(start_seconds=_start(_with_thanks(opener, segments), segments), title=title, origin="speech")
        for opener, title in zip(openers, titles, strict=True)
    )


def _titles(openers: Sequence[int], segments: Sequence[Segment], turns: Sequence[Opening]) -> list[str]:
    duration = max(1.0, segments[-1].end_seconds - segments[0].start_seconds)
    chapters = []
    for start, end in zip(openers, [*openers[1:], len(segments)], strict=True):
        until = segments[end].start_seconds if end < len(segments) else segments[-1].end_seconds
        seconds = until - segments[start].start_seconds
        texts = tuple(segment.text for segment in segments[start:end])
        has_overview = any(turn.is_read_out for turn in turns[start:end])
        chapters.append(ChapterText(texts, turns[start], seconds / duration, has_overview, seconds))
    return make_titles(chapters)


def _with_thanks(index: int, segments: Sequence[Segment]) -> int:
    """The segment before, where it is the moderator's thanks: nearer to this one than to the last."""
    if index < 2 or not is_bare_thanks(segments[index - 1].text):
        return index
    before = segments[index - 1].start_seconds - segments[index - 2].end_seconds
    after = segments[index].start_seconds - segments[index - 1].end_seconds
    return index - 1 if before > after else index


def _start(index: int, segments: Sequence[Segment]) -> float:
    return segments[index].start_seconds if index else _first_start(segments)


def _first_start(segments: Sequence[Segment]) -> float:
    start = segments[0].start_seconds
    return 0.0 if start < FIRST_SECONDS else start
