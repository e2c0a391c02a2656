"""The chapters of a meeting: from its agenda where there is one, else from what is said.

The entry to the pure core of the chapter step. The agenda's items are looked
for in the transcript (`agenda`); without one, or when none of it was spoken of,
changes of topic make the chapters (`topics`) and the words said make their
titles (`titles`).
"""

from collections.abc import Sequence

from transcripts.agenda import align, clean_item, parse_agenda
from transcripts.model import Chapter, Segment, Transcript
from transcripts.moderation import Opening, is_bare_thanks, openings
from transcripts.titles import ChapterText, make_titles
from transcripts.topics import topic_starts

__all__ = ["find_chapters", "parse_agenda"]

FIRST_SECONDS = 5.0
"""Speech that starts this early starts with the recording."""
SHORTEST_PRELUDE_SECONDS = 20.0
"""Less than this before the first agenda item belongs to that item."""


def find_chapters(transcript: Transcript, agenda: Sequence[str] = ()) -> tuple[Chapter, ...]:
    """The chapters in order of time, the first starting with the first speech; none where nobody speaks.

    Agenda items that were not taken up are left out. What is said before the
    first of them becomes a chapter of its own, titled from speech.
    """
    segments = sorted(
        (one for one in transcript.segments if one.text.strip()), key=lambda one: one.start_seconds
    )
    if not segments:
        return ()
    turns = openings([segment.text for segment in segments])
    items = [item for item in map(clean_item, agenda) if item]
    return _from_agenda(items, segments, turns) or _from_speech(segments, turns)


def _from_agenda(
    items: Sequence[str], segments: Sequence[Segment], turns: Sequence[Opening]
) -> tuple[Chapter, ...]:
    findings = align(items, segments, turns)
    if not findings:
        return ()
    starts = [_with_thanks(finding.segment, segments) for finding in findings]
    prelude = segments[starts[0]].start_seconds - segments[0].start_seconds
    before: tuple[Chapter, ...] = ()
    if prelude >= SHORTEST_PRELUDE_SECONDS:
        title = _titles([0, *starts], segments, turns)[0]
        before = (Chapter(start_seconds=_first_start(segments), title=title, origin="speech"),)
    else:
        starts[0] = 0
    chapters = (
        Chapter(start_seconds=_start(start, segments), title=items[finding.item], origin="agenda")
        for start, finding in zip(starts, findings, strict=True)
    )
    return (*before, *chapters)


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
        seconds = segments[end - 1].end_seconds - segments[start].start_seconds
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
