"""What people wrote about a recording where it came from: read, chosen from, and kept as it was."""

import logging
from pathlib import Path
from typing import Any

from prefect import task
from prefect.context import TaskRunContext

from flows.orchestration.step_retries import RETRYING
from flows.pipeline.steps import CACHED, cache_key
from flows.reporting.progress import show_lines
from tasks.media.ffmpeg import ffmpeg_version
from tasks.media.sandboxed_media import read_source_texts
from transcripts.archive import layout
from transcripts.captions.choice import Spoken, choose_text
from transcripts.captions.wording import captions_line
from transcripts.errors.error_kinds import PermanentError
from transcripts.media.media_values import Cut, Fetched, Inspection, LocalFile
from transcripts.media.source_texts import PassedOver, SourceTexts
from transcripts.media.track_choice import standard_language
from transcripts.speech.quality import Heard

CAPTIONS_ARTIFACT = "untertitel"
# Raised when the same files would be read in another way.
READING_VERSION = 1

logger = logging.getLogger("mitschnitt.steps")


def _texts_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    fetched: Fetched = parameters["fetched"]
    beside = [(each.file.sha256, each.language) for each in fetched.captions]
    shaping = (fetched.sha256, beside, fetched.chapters, READING_VERSION, ffmpeg_version())
    return cache_key("source texts", *shaping, str(parameters["folder"]))


@task(name="source texts", cache_key_fn=_texts_key, **RETRYING, **CACHED)
def source_texts_step(fetched: Fetched, inspection: Inspection, folder: Path) -> SourceTexts:
    """Read the captions and chapters that the source has; a copy of each is in `folder`.

    What is too much for the reader is passed over: the recording itself is as good without.
    """
    try:
        found = read_source_texts(fetched, inspection, folder)
    except PermanentError as error:
        found = SourceTexts(passed_over=(PassedOver(what="all", reason=error.code),))
    for each in found.passed_over:
        logger.warning("Of the source's texts, %s was passed over: %s.", each.what, each.reason)
    counts = (len(found.tracks), len(found.chapters))
    logger.info("The source has %d tracks of captions and %d chapters.", *counts)
    return found


def spoken_text(heard: Heard, texts: SourceTexts, cut: Cut, language: str) -> Spoken:
    """The text of the record: the captions' where they are right, else what was heard."""
    spoken = choose_text(heard, texts.tracks, cut, language)
    if spoken.captions is not None:
        figures = (spoken.captions.agreement, spoken.captions.coverage, spoken.captions.fullness)
        logger.info("The source's captions: %s (%.3f, %.3f, %.3f).", spoken.captions.outcome, *figures)
        show_lines([captions_line(spoken.captions)], CAPTIONS_ARTIFACT, "Untertitel der Quelle")
    return spoken


def kept_of_source(spoken: Spoken, texts: SourceTexts) -> dict[str, LocalFile]:
    """What the record keeps of it, by name: the captions that were looked at, and the list of chapters."""
    kept: dict[str, LocalFile] = {}
    if spoken.track is not None:
        ending = spoken.track.file.path.suffix[1:]
        language = standard_language(spoken.track.language)
        kept[layout.captions_of_source(language, ending)] = spoken.track.file
    if texts.chapters_file is not None:
        kept[layout.CHAPTERS_OF_SOURCE] = texts.chapters_file
    return kept
