"""`mitschnitt chapters`: transcripts in, chapter files out; chapters that a person set are kept.

Without Prefect, for it only reads and writes files. The rule for what a person
set is that of `transcripts.chapters.edited_chapters`.
"""

from collections.abc import Sequence
from pathlib import Path

from config.settings import Settings
from flows.cli.input_files import given_document
from flows.pipeline.language_model_titles import worded_by_model
from transcripts.chapters.chapter_detection import Chaptering, work_out_chapters
from transcripts.chapters.chapter_formats import read_chapters_text
from transcripts.chapters.edited_chapters import merge_chapters
from transcripts.errors.input_errors import ChaptersUnreadableError
from transcripts.model import Chapter, Transcript
from transcripts.records.record import chapters_of as parse_chapters


def chapters_of(
    transcript: Transcript,
    agenda: Sequence[str],
    settings: Settings,
    earlier: Sequence[Chapter] = (),
    by_hand: str | None = None,
) -> Chaptering:
    """The chapters of a transcript.

    `by_hand` is the text of an edited `chapters.txt`: it then says which chapters
    there are, and lines that are not those of `earlier`, or else of the machine, are
    a person's. Without it, a person's among the `earlier` ones stay as they are.
    Raises ChaptersLineError.
    """
    found = work_out_chapters(transcript, agenda)
    if by_hand is not None:
        chapters = read_chapters_text(by_hand, earlier or found.chapters)
        return found.model_copy(update={"chapters": chapters})
    chapters, summary = worded_by_model(found.chapters, transcript, settings)
    return found.model_copy(update={"chapters": merge_chapters(earlier, chapters), "summary": summary})


def read_chapters(path: Path) -> tuple[Chapter, ...]:
    """The chapters of a `chapters.json`, none where there is no such file. Raises ChaptersUnreadableError."""
    if not path.exists():
        return ()
    return given_document(path, parse_chapters, ChaptersUnreadableError)
