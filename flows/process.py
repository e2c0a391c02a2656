"""The flow from a recording's URL to a published, announced record.

Each step is a Prefect task that can die at any instant and be run again: a new
run of the same URL goes on behind the last finished step.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, task
from pydantic import BaseModel

from config.settings import Settings
from flows.announcing import announce_record, hold
from flows.delivering import Occasion
from flows.places import current_imprint, current_settings, current_storage, recording_folder, secret_key
from flows.progress import step_progress
from flows.request import ProcessRequest
from flows.steps import (
    RETRYING,
    ChapterResult,
    chapter_step,
    fetch_step,
    inspect_step,
    mark_step,
    receive_step,
    transcode_step,
    transcribe,
    transcription_options,
    with_files,
)
from flows.telling import tell_trouble
from flows.turns import transcription_turn
from tasks.archive import choose_id, find_by_content, find_by_url, read_recording
from tasks.folder_lock import locked
from tasks.publishing import Published, publish
from tasks.uploads import Uploads
from transcripts.errors import PermanentError, StepError
from transcripts.ledger import FIRST, LedgerEntry
from transcripts.media import Cut, Fetched, Inspection, Media
from transcripts.model import AgendaOutcome, Recording, Source, Stage, Transcript
from transcripts.record import Record
from transcripts.source_url import SourceUrl

FLOW_NAME = "process"
# 5 to 160 s apart: long enough for the claim of a writer that died on another machine to grow stale.
PATIENT_RETRIES = 6
# The codes that say the fetched file itself is bad: a later try must fetch it anew.
BAD_FILE_CODES = {"not_media", "no_audio", "truncated", "damaged"}


class ProcessOutcome(BaseModel):
    """Where the record is, and whether it was there before."""

    record_id: str
    existed: bool
    stage: Stage
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
        tell_trouble(error)
        raise


def make_record(request: ProcessRequest) -> ProcessOutcome:
    """The way itself, for the flows that go it. Raises StepError."""
    settings = current_settings()
    source = request.source(secret_key(settings))
    folder = recording_folder(settings, source)
    with locked(folder):
        return _make_record(request, source, folder)


def _make_record(request: ProcessRequest, source: SourceUrl, folder: Path) -> ProcessOutcome:
    known = find_by_url(current_storage(), source.fingerprint)
    if known is None:
        fetched = _fetched(request, source, folder / "source")
        known = find_by_content(current_storage(), fetched.sha256)
    if known is None:
        published = archive_step(_record(request, source, fetched, folder))
    else:
        published = Published(known, existed=True)
    outcome = _finished(published.recording, request, existed=published.existed)
    if request.upload is not None:
        Uploads(current_storage()).remove(request.upload)
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _fetched(request: ProcessRequest, source: SourceUrl, folder: Path) -> Fetched:
    if request.upload is not None:
        again = receive_step.with_options(refresh_cache=True)
        return with_files(receive_step, again, request.upload, folder)
    return with_files(fetch_step, fetch_step.with_options(refresh_cache=True), source, folder)


def _finished(recording: Recording, request: ProcessRequest, *, existed: bool) -> ProcessOutcome:
    """Announce or hold what is archived: an earlier run may have died in between."""
    entry = None
    if recording.stage is Stage.HELD or (request.hold and recording.stage is not Stage.ANNOUNCED):
        entry = hold(recording.id, Occasion(FIRST))
    elif recording.stage is not Stage.ANNOUNCED:
        entry = announce_record(recording.id)
    return ProcessOutcome(
        record_id=recording.id,
        existed=existed,
        stage=read_recording(current_storage(), recording.id).stage,
        announcement=entry,
        agenda_outcomes=recording.agenda_outcomes,
    )


def _record(request: ProcessRequest, source: SourceUrl, fetched: Fetched, folder: Path) -> Record:
    settings = current_settings()
    media = _media_of(fetched, folder, settings, request.cut)
    about = "\n".join((request.title or fetched.title or "", *request.agenda))
    options = transcription_options(settings, about)
    at_once = settings.transcription.windows_at_once
    with transcription_turn():
        transcript = transcribe(media.speech, media.duration_seconds, options, at_once)
    found = chapter_step(transcript, request.agenda, request.chapters)
    marking = mark_step.with_options(refresh_cache=True)
    media = with_files(mark_step, marking, media, found.chapters, folder / "published")
    recording = _recording(request, source, fetched, media, transcript, found)
    return Record(recording, transcript, found.chapters, media)


def _media_of(fetched: Fetched, folder: Path, settings: Settings, cut: Cut) -> Media:
    """Inspect and transcode; a bad file is thrown away, so that the next try fetches it anew."""
    again = transcode_step.with_options(refresh_cache=True)
    try:
        inspection: Inspection = inspect_step(fetched)
        target, loudness = folder / "media", settings.media.loudness_lufs
        return with_files(transcode_step, again, fetched, inspection, target, loudness, cut)
    except PermanentError as error:
        if error.code in BAD_FILE_CODES:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _recording(
    request: ProcessRequest,
    source: SourceUrl,
    fetched: Fetched,
    media: Media,
    transcript: Transcript,
    found: ChapterResult,
) -> Recording:
    """Title and date as asked for, else as the source says, else what is known."""
    title = request.title or fetched.title or "Aufzeichnung"
    is_held = request.hold or current_settings().announcement.release == "held"
    day = request.recorded_on or fetched.recorded_on or datetime.now(UTC).astimezone().date()
    return Recording(
        id=choose_id(current_storage(), day, title),
        title=title,
        recorded_on=day,
        language=transcript.language,
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
        # Held from the first moment on: nobody may see it before its release.
        stage=Stage.HELD if is_held else Stage.ARCHIVED,
    )


@task(name="archive", **(RETRYING | {"retries": PATIENT_RETRIES}))
def archive_step(record: Record) -> Published:
    """Store the record; it is visible when all of it is there."""
    with step_progress("Ablegen", "bytes", None, Stage.ARCHIVED) as advance:
        return publish(current_storage(), record, current_imprint(), advance)
