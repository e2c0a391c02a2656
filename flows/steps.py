"""The steps of the pipeline as Prefect tasks: retries, caching and persisted results.

Each wraps one function of `tasks/`. Expensive results are cached under the hash
of their content, the settings that shape them and the tool's version; a result
whose files are gone is made anew. Settings with secrets are read here, on the
machine that works, and never travel as parameters.
"""

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from prefect import Task, task
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import TaskRunContext
from prefect.futures import PrefectFuture
from prefect.tasks import exponential_backoff
from pydantic import BaseModel, ConfigDict

from config.settings import Settings, glossary_text
from flows.places import current_settings, current_storage, models_folder
from flows.prefect_names import MARKED
from flows.progress import PartialProgress, step_progress, tell
from flows.telling import tell_trouble
from flows.titles import worded_by_model
from tasks.chapter_marks import mark_chapters
from tasks.fetch import FetchLimits, FetchProgress, fetch
from tasks.ffmpeg_program import ffmpeg_version
from tasks.inspection import inspect_media
from tasks.transcode import transcode
from tasks.transcribe import (
    TranscriptionOptions,
    WindowText,
    engine_version,
    transcribe_window,
    transcript_of,
    windows_of,
)
from tasks.uploads import Uploads
from tasks.whisper_model import model_location
from transcripts.chapters import work_out_chapters
from transcripts.errors import TemporaryError
from transcripts.glossary import parse_glossary, relevant_terms
from transcripts.media import Cut, Fetched, Inspection, LocalFile, Media
from transcripts.model import AgendaOutcome, Chapter, Stage, Summary, Transcript
from transcripts.quality import quality_lines, quality_of
from transcripts.source_url import SourceUrl
from transcripts.windows import Window

RETRIES = 4
RETRY_DELAYS = exponential_backoff(backoff_factor=5)  # 5, 10, 20, 40 s
GIGABYTE = 1_000_000_000
QUALITY_ARTIFACT = "verschriftung"

Result = TypeVar("Result", Fetched, Media)


def is_temporary(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether a failed task is to be tried again: only what time can mend. Says meanwhile what it is."""
    error = state.result(raise_on_failure=False)
    if not isinstance(error, TemporaryError):
        return False
    tell_trouble(error)
    return True


RETRYING: dict[str, Any] = {
    "retries": RETRIES,
    "retry_delay_seconds": RETRY_DELAYS,
    "retry_condition_fn": is_temporary,
}
CACHED: dict[str, Any] = {"persist_result": True, "result_serializer": "json"}


def with_files(step: Callable[..., Result], again: Callable[..., Result], *arguments: Any) -> Result:
    """Run a cached step; when the files its result names are gone, run it `again` without the cache."""
    result = step(*arguments)
    return result if all(file.is_present() for file in files_of(result)) else again(*arguments)


def files_of(result: Fetched | Media) -> list[LocalFile]:
    """The files of the work folder that a result names."""
    if isinstance(result, Fetched):
        return list(result.files)
    return [file for file in (result.audio, result.speech, result.video, result.poster) if file]


def cache_key(name: str, *parts: object) -> str:
    """A cache key over all that shapes a result."""
    return f"{name}-{sha256(repr(parts).encode()).hexdigest()}"


def _fetch_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    return cache_key("fetch", parameters["source"].fingerprint, str(parameters["folder"]))


def _receive_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    return cache_key("receive", parameters["upload_id"], str(parameters["folder"]))


def _transcode_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    cut: Cut = parameters["cut"]
    shaping = (parameters["fetched"].sha256, parameters["loudness_lufs"], cut, ffmpeg_version())
    return cache_key("transcode", *shaping, str(parameters["folder"]))


def _window_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    options: TranscriptionOptions = parameters["options"]
    shaping = (options.model, options.settings(), engine_version())
    return cache_key("window", parameters["speech"].sha256, parameters["window"], *shaping)


def _mark_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    media: Media = parameters["media"]
    contents = (media.audio.sha256, media.video.sha256 if media.video else None, media.duration_seconds)
    chapters = [chapter.model_dump_json() for chapter in parameters["chapters"]]
    return cache_key("mark", *contents, chapters, ffmpeg_version(), str(parameters["folder"]))


@task(name="fetch", cache_key_fn=_fetch_key, **RETRYING, **CACHED)
def fetch_step(source: SourceUrl, folder: Path) -> Fetched:
    """Download the recording into `folder`."""
    limits = current_settings().fetch
    with step_progress("Aufnahme laden", "bytes", None, Stage.FETCHED) as advance:

        def report(progress: FetchProgress) -> None:
            advance(progress.received_bytes, progress.total_bytes)

        return fetch(
            source,
            folder,
            FetchLimits(
                allow_hosts=limits.allow_hosts,
                max_duration_seconds=limits.max_duration_hours * 3600,
                max_size_bytes=int(limits.max_size_gb * GIGABYTE),
            ),
            report,
        )


@task(name="receive", cache_key_fn=_receive_key, **RETRYING, **CACHED)
def receive_step(upload_id: str, folder: Path) -> Fetched:
    """Get an uploaded file out of the archive's storage into `folder`."""
    uploads = Uploads(current_storage())
    upload = uploads.read(upload_id)
    with step_progress("Datei holen", "bytes", upload.size_bytes, Stage.FETCHED) as advance:
        return Fetched(files=(uploads.download(upload, folder / "upload", advance),), extractor="upload")


@task(name="inspect")
def inspect_step(fetched: Fetched) -> Inspection:
    """See what the downloaded files hold."""
    limit_seconds = current_settings().fetch.max_duration_hours * 3600
    return inspect_media([file.path for file in fetched.files], limit_seconds)


@task(name="transcode", cache_key_fn=_transcode_key, **RETRYING, **CACHED)
def transcode_step(
    fetched: Fetched, inspection: Inspection, folder: Path, loudness_lufs: float, cut: Cut
) -> Media:
    """Make video, audio, poster and the recogniser's input of what the cut leaves."""
    total = max(0.0, inspection.duration_seconds - cut.start_seconds - cut.end_seconds) or None
    paths = [file.path for file in fetched.files]
    with step_progress("Video und Ton aufbereiten", "seconds", total, Stage.TRANSCODED) as advance:
        return transcode(paths, inspection, folder, loudness_lufs, advance, cut)


def transcribe(
    speech: LocalFile, duration_seconds: float, options: TranscriptionOptions, windows_at_once: int
) -> Transcript:
    """Turn speech into text, a window a task: a killed run goes on at the windows where it died."""
    found: list[WindowText] = []
    windows = windows_step(speech)
    with step_progress("Sprache erkennen", "seconds", duration_seconds, Stage.TRANSCRIBED) as advance:
        report = PartialProgress([window.duration_seconds for window in windows], duration_seconds, advance)
        submitted = (
            window_step.submit(speech, window, options, partial(report.part_done, number))
            for number, window in enumerate(windows)
        )
        for number, text in enumerate(_results(submitted, windows_at_once)):
            found.append(text)
            report.part_done(number, 1.0)  # kept results have reported nothing
    transcript = transcript_of(found, duration_seconds, options)
    tell(quality_lines(quality_of(transcript)), QUALITY_ARTIFACT, "Wie gut die Aufnahme verstanden wurde")
    return transcript


def _results(submitted: Iterator[PrefectFuture[WindowText]], at_once: int) -> Iterator[WindowText]:
    """Results in order; as `submitted` is drawn from, never more than `at_once` are under way."""
    running = deque(islice(submitted, at_once))
    while running:
        yield running.popleft().result()
        running.extend(islice(submitted, 1))


@task(name="windows")
def windows_step(speech: LocalFile) -> tuple[Window, ...]:
    """Find where someone speaks, and cut the recording into windows at silence."""
    return windows_of(speech.path)


@task(name="transcribe", cache_key_fn=_window_key, **RETRYING, **CACHED)
def window_step(
    speech: LocalFile, window: Window, options: TranscriptionOptions, report: Callable[[float], None]
) -> WindowText:
    """Turn one window's speech into words; `report` hears what share of it is done."""
    location = model_location(options.model, models_folder(current_settings()))
    return transcribe_window(speech.path, window, location, options, report)


class ChapterResult(BaseModel):
    """Chapters, what became of the agenda, and a summary where a model was asked for one."""

    model_config = ConfigDict(frozen=True)

    chapters: tuple[Chapter, ...]
    outcomes: tuple[AgendaOutcome, ...] = ()
    summary: Summary | None = None


@task(name="chapter")
def chapter_step(
    transcript: Transcript, agenda: tuple[str, ...], by_hand: tuple[Chapter, ...] = ()
) -> ChapterResult:
    """Find the chapters, along the agenda if there is one; let the configured endpoint word their titles.

    Chapters `by_hand` are the chapters, as they are.
    """
    with step_progress("Kapitel finden", "seconds", None, Stage.CHAPTERED):
        found = work_out_chapters(transcript, agenda)
        chapters, summary = worded_by_model(by_hand or found.chapters, transcript, current_settings())
        return ChapterResult(chapters=chapters, outcomes=found.outcomes, summary=summary)


@task(name="mark", cache_key_fn=_mark_key, **RETRYING, **CACHED)
def mark_step(media: Media, chapters: tuple[Chapter, ...], folder: Path) -> Media:
    """Write the chapters into video and sound, so that players show them."""
    with step_progress("Kapitel in Video und Ton schreiben", "seconds", None, MARKED):
        return mark_chapters(media, chapters, folder)


def transcription_options(settings: Settings, about: str) -> TranscriptionOptions:
    """The recogniser's options as configured; `about` (title and agenda) chooses from a long glossary."""
    chosen = settings.transcription
    return TranscriptionOptions(
        model=chosen.model,
        language=chosen.language,
        device=chosen.device,
        compute_type=chosen.compute_type,
        threads=chosen.threads,
        terms=relevant_terms(parse_glossary(glossary_text(settings)), about),
        short_inputs=chosen.short_inputs,
    )
