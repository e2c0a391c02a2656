"""An agenda that comes after the recording: which chapters it changes, shown first and undone as one.

Chapters that a person set stay, in time and title; the machine's give way to those that the agenda
makes of the text as it stands now, corrections included. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from transcripts.agendas.agenda_values import Agenda
from transcripts.chapters.chapter_detection import work_out_chapters
from transcripts.chapters.edited_chapters import merge_chapters
from transcripts.corrections.correction_log import ChapterEdit, ChapterPlace
from transcripts.corrections.overlay import SAME_SECONDS, Overlaid
from transcripts.errors.correction_errors import AgendaNotSpokenOfError, CorrectionNothingError
from transcripts.model import AgendaOutcome, Chapter


class Fate(StrEnum):
    """What becomes of a chapter."""

    STAYS = "stays"
    NEW = "new"
    GOES = "goes"


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """A chapter of before or after, and what becomes of it."""

    place: ChapterPlace
    fate: Fate


@dataclass(frozen=True, slots=True)
class LaterAgenda:
    """What the agenda would change: `lines` are all chapters in order of time, those that go among them."""

    edits: tuple[ChapterEdit, ...]
    lines: tuple[ChapterLine, ...]
    outcomes: tuple[AgendaOutcome, ...]

    def checked(self) -> tuple[ChapterEdit, ...]:
        """The edits, at least one. Raises AgendaNotSpokenOfError, CorrectionNothingError."""
        if self.found_nothing:
            raise AgendaNotSpokenOfError()
        if not self.edits:
            raise CorrectionNothingError()
        return self.edits

    @property
    def found_nothing(self) -> bool:
        """Whether none of the items was spoken of: then no chapter changes."""
        return all(each.outcome == "skipped" for each in self.outcomes)


def with_agenda(now: Overlaid, agenda: Agenda) -> LaterAgenda:
    """The changes that the agenda makes to a record's chapters; none where none of its items is found.

    An agenda that came earlier gives way as the machine's chapters do.
    """
    found = work_out_chapters(now.transcript, agenda.titles)
    result = LaterAgenda((), tuple(_lines(now.chapters, now.chapters)), found.outcomes)
    if result.found_nothing:
        return result
    wanted = merge_chapters(now.chapters, found.chapters)
    edits = tuple(_edits(now.chapters, wanted))
    return LaterAgenda(edits, tuple(_lines(now.chapters, wanted)), found.outcomes)


def _edits(before: Sequence[Chapter], after: Sequence[Chapter]) -> Iterator[ChapterEdit]:
    """First what goes or is renamed in its place, then what is new: no time is taken when its turn comes."""
    named_anew = {id(new): old for new in after if (old := _at(before, new.start_seconds))}
    renamed = {id(old) for old in named_anew.values()}
    for old in before:
        if id(old) not in renamed:
            yield ChapterEdit(before=_place(old), after=None)
    for new in after:
        old = named_anew.get(id(new))
        if old is None or old.title != new.title:
            before_it = _place(old) if old else None
            yield ChapterEdit(before=before_it, after=_place(new), origin=new.origin)


def _lines(before: Sequence[Chapter], after: Sequence[Chapter]) -> Iterator[ChapterLine]:
    old, new = [_place(each) for each in before], [_place(each) for each in after]
    gone = [ChapterLine(each, Fate.GOES) for each in old if each not in new]
    kept = [ChapterLine(each, Fate.STAYS if each in old else Fate.NEW) for each in new]
    yield from sorted((*gone, *kept), key=lambda line: (line.place.start_seconds, line.fate != Fate.GOES))


def _at(chapters: Sequence[Chapter], seconds: float) -> Chapter | None:
    return next((each for each in chapters if abs(each.start_seconds - seconds) < SAME_SECONDS), None)


def _place(chapter: Chapter) -> ChapterPlace:
    return ChapterPlace(start_seconds=chapter.start_seconds, title=chapter.title)
