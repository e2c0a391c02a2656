"""The flow from a recording's URL to a published, announced record.

Each step is a Prefect task that can die at any instant and be run again: a new
run of the same URL goes on behind the last finished step.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from prefect import flow, task
from pydantic import BaseModel

from config.settings import Settings
from flows.announcing.recording_announcements import announce_record, hold
from flows.announcing.upcoming_meetings import meeting_title
from flows.composition import Resources, recording_folder, resources
from flows.delivery.deliver_once import Occasion
from flows.jobs.process_request import ProcessRequest
from flows.local_clock import clock_of
from flows.orchestration.step_retries import RETRYING
from flows.organiser_mails.failure_notices import notify_of_held_recording
from flows.pipeline.glossary_terms import learned_terms
from flows.pipeline.source_text_steps import kept_of_source, source_texts_step, spoken_text
from flows.pipeline.steps import (
    chapter_step,
    compose_step,
    fetch_step,
    inspect_step,
    mark_step,
    receive_step,
    transcode_step,
    transcribe,
    transcription_options,
    with_files,
)
from flows.pipeline.transcription_slot import transcription_slot
from flows.reporting.progress import step_progress
from flows.reporting.run_artifacts import leave_error
from flows.upkeep.work_folder_cleanup import tidy_work_folder
from tasks.archive.next_version import Replacement
from tasks.archive.publishing import Published, publish, replace_content
from tasks.archive.record_store import choose_id, find_by_content, find_by_url, read_ledger, read_recording
from tasks.archive.upload_store import Uploads
from tasks.clock import utc_now
from tasks.media.creation_date import made_on
from tasks.storage.folder_lock import locked
from tasks.storage.work_folder import (
    COMPOSED,
    MEDIA,
    PUBLISHED,
    SOURCE,
    TEXTS,
    discard,
    drop_drafts,
    keep_original,
)
from transcripts.captions.choice import Spoken
from transcripts.chapters.chapter_detection import Chaptering
from transcripts.chapters.of_source import source_chapters
from transcripts.errors.error_kinds import PermanentError, StepError
from transcripts.errors.media_errors import BadFileError
from transcripts.hold_reasons import DAY_GUESSED, HoldReason
from transcripts.mail.ledger import FIRST, LedgerEntry
from transcripts.media.media_values import Fetched, Inspection, LocalFile, Media
from transcripts.media.source_texts import SourceTexts
from transcripts.media.track_choice import TrackWish
from transcripts.model import AgendaOutcome, Recording, Slide, Source, Stage
from transcripts.records.record import Record
from transcripts.records.slides import kept_slides
from transcripts.sources.source_url import SourceUrl
from transcripts.sources.title_and_day import Circumstances, Given, named
from transcripts.speech.quality import doubtful_recognition
from transcripts.wording.error_wording import Again
from transcripts.wording.hold_wording import hold_lines

logger = logging.getLogger("mitschnitt.flows")

FLOW_NAME = "process"
# 5 to 160 s apart: long enough for the claim of a writer that died on another machine to grow stale.
PATIENT_RETRIES = 6


class ProcessOutcome(BaseModel):
    """Where the record is, and whether it was there before."""

    record_id: str
    existed: bool
    stage: Stage
    hold_reasons: tuple[HoldReason, ...] = ()
    announcement: LedgerEntry | None = None
    agenda_outcomes: tuple[AgendaOutcome, ...] = ()


@flow(name=FLOW_NAME, flow_run_name="{request.label}", persist_result=False)
def process(request: ProcessRequest) -> ProcessOutcome:
    """From the URL to the announced record; leads to the existing record if there is one.

    Raises StepError; its German explanation is left as an artifact of the run.
    """
    try:
        return make_record(request)
    except StepError as error:
        leave_error(error, Again.BY_HAND)
        raise


def make_record(request: ProcessRequest) -> ProcessOutcome:
    """The way itself, for the flows that go it. Raises StepError."""
    here = resources()
    source = request.source(here.secret)
    folder = recording_folder(here.settings, source)
    tidy_work_folder(here.settings, here.storage, utc_now())
    with locked(folder):
        drop_drafts(folder)
        return _make_record(here, request, source, folder)


def _make_record(here: Resources, request: ProcessRequest, source: SourceUrl, folder: Path) -> ProcessOutcome:
    known = find_by_url(here.storage, source.fingerprint)
    if known is not None and known.stage is Stage.HELD and request.again:
        fetched = _fetched(here, request, source, folder)
        known = _made_again(here, known, _record(here, request, source, fetched, folder))
    if known is None:
        fetched = _fetched(here, request, source, folder)
        logger.info("Fetched %d bytes in %d files.", _size_bytes(fetched.files), len(fetched.files))
        known = find_by_content(here.storage, fetched.sha256)
    if known is None:
        published = archive_step(_record(here, request, source, fetched, folder))
    else:
        logger.info("The archive has this recording already: %s.", known.id)
        published = Published(known, existed=True)
    outcome = _finished(here, published.recording, request, existed=published.existed)
    if request.upload is not None:
        Uploads(here.storage).remove(request.upload)
    if outcome.stage is Stage.HELD and published.recording.source.url_fingerprint == source.fingerprint:
        keep_original(folder, utc_now())
    else:
        discard(folder)
    return outcome


def _made_again(here: Resources, known: Recording, record: Record) -> Recording:
    """A record that waits for its release, with all of it made anew; its address and corrections stay.

    What was released meanwhile stays as the person saw it.
    """
    if (now := read_recording(here.storage, known.id)).stage is not Stage.HELD:
        return now
    codes = {each.code for each in record.recording.hold_reasons}
    day = known.recorded_on if DAY_GUESSED in codes else record.recording.recorded_on
    new = Replacement(
        made_by=here.imprint.writer,
        transcript=record.transcript,
        chapters=record.chapters,
        media=record.media_files(),
        of_source=record.of_source,
        recording=record.recording.model_copy(update={"recorded_on": day}),
    )
    with step_progress("Ablegen", "bytes", None, Stage.ARCHIVED) as advance:
        replace_content(here.storage, known.id, new, here.imprint, advance)
    return read_recording(here.storage, known.id)


@contextmanager
def _failing_for_good(here: Resources, request: ProcessRequest, folder: Path) -> Iterator[None]:
    """What is refused, or cannot be read, leaves nothing behind: a later try must fetch it anew."""
    try:
        yield
    except PermanentError as error:
        discard(folder)
        if request.upload is not None and isinstance(error, BadFileError):
            Uploads(here.storage).remove(request.upload)
        raise


def _fetched(here: Resources, request: ProcessRequest, source: SourceUrl, folder: Path) -> Fetched:
    with _failing_for_good(here, request, folder):
        if request.upload is not None:
            again = receive_step.with_options(refresh_cache=True)
            return with_files(receive_step, again, request.upload, folder / SOURCE)
        fetching = fetch_step.with_options(refresh_cache=True)
        return with_files(fetch_step, fetching, source, folder / SOURCE)


def _finished(
    here: Resources, recording: Recording, request: ProcessRequest, *, existed: bool
) -> ProcessOutcome:
    """Announce or hold what is archived: an earlier run may have died in between."""
    entry, is_released = None, _was_released(here, recording)
    is_wished = request.hold and recording.stage is Stage.ARCHIVED and not is_released
    if recording.stage is Stage.HELD or is_wished:
        why = [each.code for each in recording.open_reasons] or ["as was wished"]
        logger.info("%s is held until it is released: %s.", recording.id, ", ".join(why))
        entry = hold(here, recording.id, Occasion(FIRST))
    elif recording.stage is not Stage.ANNOUNCED:
        entry = announce_record(here, recording.id, is_released=is_released)
    recording = read_recording(here.storage, recording.id)
    reasons = recording.open_reasons if recording.stage is Stage.HELD else ()
    if recording.stage is Stage.HELD:
        lines = "\n".join(hold_lines(reasons))
        notify_of_held_recording(here.settings, here.storage, recording.id, recording.title, lines)
    return ProcessOutcome(
        record_id=recording.id,
        existed=existed,
        stage=recording.stage,
        hold_reasons=reasons,
        announcement=entry,
        agenda_outcomes=recording.agenda_outcomes,
    )


def _was_released(here: Resources, recording: Recording) -> bool:
    """Whether it was held, and a person released it.

    What had a reason was held from the first moment on, and what is held has its mail prepared.
    """
    if recording.stage is not Stage.ARCHIVED:
        return False
    return bool(recording.hold_reasons or read_ledger(here.storage, recording.id).entries)


def _record(
    here: Resources, request: ProcessRequest, source: SourceUrl, fetched: Fetched, folder: Path
) -> Record:
    settings = here.settings
    prepared = _prepared(here, request, fetched, folder)
    media = prepared.media
    titles = (request.title or fetched.title or "", *request.agenda)
    options = transcription_options(settings, titles, request.terms, learned_terms(here.storage))
    at_once = settings.transcription.windows_at_once
    files = [each for each in (media.video, media.audio) if each]
    logger.info("%.0f s in %d bytes of video and sound.", media.duration_seconds, _size_bytes(files))
    with transcription_slot(settings):
        heard = transcribe(media.speech, media.duration_seconds, options, at_once)
    spoken = spoken_text(heard, prepared.texts, request.cut, settings.transcription.language)
    slides = kept_slides(fetched.presentation, request.cut, media.duration_seconds)
    title = request.title or fetched.title or ""
    of_source = source_chapters(prepared.texts.chapters, request.cut, media.duration_seconds)
    transcript = spoken.heard.transcript
    found = chapter_step(transcript, request.agenda, request.chapters, slides, title, of_source)
    marking = mark_step.with_options(refresh_cache=True)
    marked = with_files(mark_step, marking, media, found.chapters, folder / PUBLISHED)
    recording = _recording(here, request, source, fetched, media, spoken, found, slides)
    return Record(recording, transcript, found.chapters, marked, kept_of_source(spoken, prepared.texts))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What is published, and what the source has in writing."""

    media: Media
    texts: SourceTexts


def _prepared(here: Resources, request: ProcessRequest, fetched: Fetched, folder: Path) -> _Prepared:
    """Compose what came in parts, inspect and transcode; what was doubtful about the parts is the media's."""
    again = transcode_step.with_options(refresh_cache=True)
    with _failing_for_good(here, request, folder):
        if fetched.presentation is not None:
            composing = compose_step.with_options(refresh_cache=True)
            fetched = with_files(compose_step, composing, fetched, folder / COMPOSED)
        inspection: Inspection = inspect_step(fetched)
        wish = TrackWish(here.settings.transcription.language, request.track)
        asked = (here.settings.media.loudness_lufs, request.cut, wish)
        media = with_files(transcode_step, again, fetched, inspection, folder / MEDIA, *asked)
        media = media.model_copy(update={"hold_reasons": (*fetched.hold_reasons, *media.hold_reasons)})
    reading = source_texts_step.with_options(refresh_cache=True)
    return _Prepared(media, with_files(source_texts_step, reading, fetched, inspection, folder / TEXTS))


def _recording(
    here: Resources,
    request: ProcessRequest,
    source: SourceUrl,
    fetched: Fetched,
    media: Media,
    spoken: Spoken,
    found: Chaptering,
    slides: tuple[Slide, ...],
) -> Recording:
    """Title and date as asked for, else as is known, else a guess, for which it is held."""
    settings = here.settings
    about = named(Given(request.title, request.recorded_on), fetched, _circumstances(fetched, settings))
    doubtful = (*spoken.hold_reasons, *doubtful_recognition(spoken.heard))
    reasons = (*about.guesses, *media.hold_reasons, *doubtful)
    is_held = bool(reasons) or request.hold or settings.announcement.release == "held"
    return Recording(
        id=choose_id(here.storage, about.day, about.title),
        title=about.title,
        recorded_on=about.day,
        language=spoken.heard.transcript.language,
        duration_seconds=round(media.duration_seconds, 2),
        source=Source(
            url=source.public,
            url_fingerprint=source.fingerprint,
            sha256=fetched.sha256,
            extractor=fetched.extractor,
        ),
        agenda=request.agenda,
        agenda_outcomes=found.outcomes,
        summary=found.summary,
        slides=slides,
        source_captions=spoken.captions,
        # Held from the first moment on: nobody may see it before its release.
        stage=Stage.HELD if is_held else Stage.ARCHIVED,
        hold_reasons=reasons,
    )


def _circumstances(fetched: Fetched, settings: Settings) -> Circumstances:
    """What media, calendar and clock say."""
    return Circumstances(
        made_on=made_on([file.path for file in fetched.files], settings.network.zone),
        today=clock_of(settings).today,
        meeting_title=partial(meeting_title, settings),
    )


@task(name="archive", **(RETRYING | {"retries": PATIENT_RETRIES}))
def archive_step(record: Record) -> Published:
    """Store the record; it is visible when all of it is there."""
    here = resources()
    with step_progress("Ablegen", "bytes", None, Stage.ARCHIVED) as advance:
        published = publish(here.storage, record, here.imprint, advance)
    logger.info("%s is %s the archive.", published.recording.id, "already in" if published.existed else "in")
    return published


def _size_bytes(files: Iterable[LocalFile]) -> int:
    return sum(each.size_bytes for each in files)
