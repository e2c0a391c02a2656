"""`mitschnitt chapters`: transcripts in, chapter files out; chapters that a person set are kept.

Without Prefect, for it only reads and writes files. The rule for what a person
set is that of `transcripts.chapters_by_hand`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from config.settings import Settings
from flows.titles import worded_by_model
from transcripts.chapter_formats import read_chapters_text
from transcripts.chapters import work_out_chapters
from transcripts.chapters_by_hand import merge_chapters
from transcripts.errors import PermanentError
from transcripts.model import AgendaOutcome, Chapter, Summary, Transcript

_CHAPTERS = TypeAdapter(tuple[Chapter, ...])


@dataclass(frozen=True, slots=True)
class ChapterFile:
    """The chapters of one transcript, what became of its agenda, and a summary where one was asked for."""

    chapters: tuple[Chapter, ...]
    outcomes: tuple[AgendaOutcome, ...]
    summary: Summary | None


def chapters_of(
    transcript: Transcript,
    agenda: Sequence[str],
    settings: Settings,
    earlier: Sequence[Chapter] = (),
    by_hand: str | None = None,
) -> ChapterFile:
    """The chapters of a transcript.

    `by_hand` is the text of an edited `chapters.txt`: it then says which chapters
    there are, and lines that are not those of `earlier`, or else of the machine, are
    a person's. Without it, a person's among the `earlier` ones stay as they are.
    Raises PermanentError `chapters_line`.
    """
    found = work_out_chapters(transcript, agenda)
    if by_hand is not None:
        return ChapterFile(read_chapters_text(by_hand, earlier or found.chapters), found.outcomes, None)
    chapters, summary = worded_by_model(found.chapters, transcript, settings)
    return ChapterFile(merge_chapters(earlier, chapters), found.outcomes, summary)


def read_chapters(path: Path) -> tuple[Chapter, ...]:
    """The chapters of a `chapters.json`, none where there is no such file. Raises `chapters_unreadable`."""
    if not path.exists():
        return ()
    try:
        return _CHAPTERS.validate_json(path.read_bytes())
    except ValidationError as error:
        raise PermanentError("chapters_unreadable", path=str(path)) from error
