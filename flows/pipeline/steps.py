"""The steps of the pipeline as Prefect tasks: retries, caching and persisted results.

Each wraps one function of `tasks/`. Expensive results are cached under the hash
of their content, the settings that shape them and the tool's version; a result
whose files are gone is made anew. Settings with secrets are read here, on the
machine that works, and never travel as parameters.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from prefect import task
from prefect.context import TaskRunContext
from prefect.futures import PrefectFuture

from config.settings import Settings
from flows.composition import models_folder, resources
from flows.orchestration.step_retries import RETRYING
from flows.pipeline.glossary_terms import known_terms
from flows.pipeline.language_model_titles import worded_by_model
from flows.prefect_names import COMPOSED, MARKED
from flows.reporting.progress import PartialProgress, show_lines, step_progress
from tasks.archive.upload_store import Uploads
from tasks.fetching.fetch_step import FetchLimits, FetchProgress, fetch
from tasks.media.ffmpeg import ffmpeg_version
from tasks.media.sandboxed_media import compose_picture, inspect_media, mark_chapters, transcode
from tasks.processes.watchdog import ended_after
from tasks.recognition.transcribe import (
    TranscriptionOptions,
    WindowText,
    engine_version,
    transcribe_window,
    transcript_of,
    windows_of,
)
from tasks.recognition.whisper_model import model_location
from transcripts.chapters.chapter_detection import Chaptering, work_out_chapters
from transcripts.media.media_values import Cut, Fetched, Inspection, LocalFile, Media
from transcripts.media.source_texts import SourceTexts
from transcripts.media.track_choice import TrackWish
from transcripts.model import Chapter, Slide, Stage, Transcript
from transcripts.records.slides import titled_by_slides
from transcripts.sources.file_names import read_file_name
from transcripts.sources.source_url import SourceUrl
from transcripts.speech.meeting_terms import meeting_terms
from transcripts.speech.quality import Heard, quality_lines, quality_of
from transcripts.speech.windows import Window

# What takes longer in a library hangs: so much for any call, and so many times the length of what is heard.
LONGEST_CALL_SECONDS, SLOWEST_HEARING_RATE = 3600.0, 60.0
GIGABYTE = 1_000_000_000
QUALITY_ARTIFACT = "verschriftung"

logger = logging.getLogger("mitschnitt.steps")

Result = TypeVar("Result", Fetched, Media, SourceTexts)


CACHED: dict[str, Any] = {"persist_result": True, "result_serializer": "json"}


def with_files(step: Callable[..., Result], again: Callable[..., Result], *arguments: Any) -> Result:
    """Run a cached step; when the files its result names are gone, run it `again` without the cache."""
    result = step(*arguments)
    if all(file.is_present() for file in files_of(result)):
        return result
    logger.info("Results of an earlier run are missing on this machine; repeating the step.")
    return again(*arguments)


def files_of(result: Fetched | Media | SourceTexts) -> list[LocalFile]:
    """The files of the work folder that a result names."""
    if isinstance(result, Fetched):
        return [*result.files, *(each.file for each in result.captions)]
    if isinstance(result, SourceTexts):
        return [each.file for each in result.tracks] + list(filter(None, [result.chapters_file]))
    return [file for file in (result.audio, result.speech, result.video, result.poster) if file]


def cache_key(name: str, *parts: object) -> str:
    """A cache key over all that shapes a result."""
    return f"{name}-{sha256(repr(parts).encode()).hexdigest()}"


def _fetch_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    settings = resources().settings
    # The day of the recording depends on the zone, and which captions are fetched on the language.
    asked = (settings.network.timezone, settings.transcription.language)
    return cache_key("fetch", parameters["source"].fingerprint, str(parameters["folder"]), *asked)


def _receive_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    return cache_key("receive", parameters["upload_id"], str(parameters["folder"]))


def _compose_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    fetched: Fetched = parameters["fetched"]
    return cache_key(
        "compose", fetched.sha256, fetched.presentation, ffmpeg_version(), str(parameters["folder"])
    )


def _transcode_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    asked = (parameters["loudness_lufs"], parameters["cut"], parameters["wish"])
    shaping = (parameters["fetched"].sha256, *asked, ffmpeg_version())
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
    settings = resources().settings
    limits = settings.fetch
    there_bytes = sum(each.stat().st_size for each in folder.glob("*") if each.is_file())
    if there_bytes:
        logger.info("Resuming after %d bytes of an earlier attempt.", there_bytes)
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
                timezone=settings.network.timezone,
                language=settings.transcription.language,
            ),
            report,
        )


@task(name="receive", cache_key_fn=_receive_key, **RETRYING, **CACHED)
def receive_step(upload_id: str, folder: Path) -> Fetched:
    """Get an uploaded file out of the archive's storage into `folder`."""
    uploads = Uploads(resources().storage)
    upload = uploads.read(upload_id)
    with step_progress("Datei holen", "bytes", upload.size_bytes, Stage.FETCHED) as advance:
        file = uploads.download(upload, folder / "upload", advance)
        captions = uploads.download_captions(upload, folder)
    named = read_file_name(upload.file_name, resources().settings.network.zone)
    return Fetched(
        files=(file,),
        title=named.title,
        recorded_on=named.day,
        extractor="upload",
        is_file_name=named.is_title_guessed,
        is_day_guessed=named.is_day_guessed,
        captions=captions,
    )


@task(name="compose", cache_key_fn=_compose_key, **RETRYING, **CACHED)
def compose_step(fetched: Fetched, folder: Path) -> Fetched:
    """Make one picture of the parts of a presentation."""
    stated_seconds = fetched.presentation.stated_seconds if fetched.presentation else None
    limit_seconds = resources().settings.fetch.max_duration_hours * 3600
    with step_progress(
        "Folien und Bildschirm zusammensetzen", "seconds", stated_seconds, COMPOSED
    ) as advance:
        return compose_picture(fetched, folder, limit_seconds, advance)


@task(name="inspect")
def inspect_step(fetched: Fetched) -> Inspection:
    """See what the downloaded files hold."""
    limit_seconds = resources().settings.fetch.max_duration_hours * 3600
    with ended_after(LONGEST_CALL_SECONDS):
        return inspect_media([file.path for file in fetched.files], limit_seconds)


@task(name="transcode", cache_key_fn=_transcode_key, **RETRYING, **CACHED)
def transcode_step(
    fetched: Fetched, inspection: Inspection, folder: Path, loudness_lufs: float, cut: Cut, wish: TrackWish
) -> Media:
    """Make video, audio, poster and the recogniser's input of what the cut leaves."""
    total = max(0.0, inspection.duration_seconds - cut.start_seconds - cut.end_seconds) or None
    paths = [file.path for file in fetched.files]
    with step_progress("Video und Ton aufbereiten", "seconds", total, Stage.TRANSCODED) as advance:
        return transcode(paths, inspection, folder, loudness_lufs, advance, cut, wish)


def transcribe(
    speech: LocalFile, duration_seconds: float, options: TranscriptionOptions, windows_at_once: int
) -> Heard:
    """Turn speech into text, a window a task: a killed run goes on at the windows where it died."""
    found: list[WindowText] = []
    windows = windows_step(speech)
    speech_seconds = sum(each.duration_seconds for each in windows)
    logger.info(
        "Speech in %.0f s of %.0f s; transcribing %d windows.", speech_seconds, duration_seconds, len(windows)
    )
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
    quality = quality_of(transcript)
    figures = (quality.words, quality.sentences, quality.unsure_words, len(quality.doubts))
    logger.info("Transcribed %d words in %d sentences; %d words and %d passages are uncertain.", *figures)
    show_lines(quality_lines(quality), QUALITY_ARTIFACT, "Wie gut die Aufnahme verstanden wurde")
    return Heard(transcript, sum(span.duration_seconds for each in windows for span in each.spans))


def _results(submitted: Iterator[PrefectFuture[WindowText]], at_once: int) -> Iterator[WindowText]:
    """Results in order; as `submitted` is drawn from, never more than `at_once` are under way."""
    running = deque(islice(submitted, at_once))
    while running:
        yield running.popleft().result()
        running.extend(islice(submitted, 1))


@task(name="windows")
def windows_step(speech: LocalFile) -> tuple[Window, ...]:
    """Find where someone speaks, and cut the recording into windows at silence."""
    with ended_after(LONGEST_CALL_SECONDS):
        return windows_of(speech.path)


@task(name="transcribe", cache_key_fn=_window_key, **RETRYING, **CACHED)
def window_step(
    speech: LocalFile, window: Window, options: TranscriptionOptions, report: Callable[[float], None]
) -> WindowText:
    """Turn one window's speech into words; `report` hears what share of it is done."""
    location = model_location(options.model, models_folder(resources().settings))
    with ended_after(LONGEST_CALL_SECONDS + SLOWEST_HEARING_RATE * window.duration_seconds):
        return transcribe_window(speech.path, window, location, options, report)


@task(name="chapter")
def chapter_step(
    transcript: Transcript,
    agenda: tuple[str, ...],
    by_hand: tuple[Chapter, ...] = (),
    slides: tuple[Slide, ...] = (),
    title: str = "",
    of_source: tuple[Chapter, ...] = (),
) -> Chaptering:
    """Find the chapters, along the agenda if there is one; let the configured endpoint word their titles.

    Chapters `by_hand` are the chapters, as they are, or else those `of_source`. `slides` name what began with
    one that was found; `title` is the meeting's, which names no part of it.
    """
    with step_progress("Kapitel finden", "seconds", None, Stage.CHAPTERED):
        found = work_out_chapters(transcript, agenda)
        by_people = by_hand or of_source
        count, by_whom = len(by_people or found.chapters), " set by hand" if by_hand else " of the source"
        logger.info("%d chapters%s; %d agenda items.", count, by_whom if by_people else "", len(agenda))
        named = titled_by_slides(found.chapters, slides, [title])
        chapters, summary = worded_by_model(by_people or named, transcript, resources().settings)
        return found.model_copy(update={"chapters": chapters, "summary": summary})


@task(name="mark", cache_key_fn=_mark_key, **RETRYING, **CACHED)
def mark_step(media: Media, chapters: tuple[Chapter, ...], folder: Path) -> Media:
    """Write the chapters into video and sound, so that players show them."""
    with step_progress("Kapitel in Video und Ton schreiben", "seconds", None, MARKED):
        return mark_chapters(media, chapters, folder)


def transcription_options(
    settings: Settings,
    titles: Sequence[str],
    given: Sequence[str] = (),
    learned: Sequence[tuple[str, int]] = (),
) -> TranscriptionOptions:
    """The recogniser's options as configured, with the terms of this meeting.

    `titles` are its own and those of its agenda, `given` the terms that somebody named, `learned`
    what was corrected in other recordings, with how often.
    """
    chosen = settings.transcription
    return TranscriptionOptions(
        model=chosen.model,
        language=chosen.language,
        device=chosen.device,
        compute_type=chosen.compute_type,
        threads=chosen.threads,
        terms=meeting_terms(given, titles, learned, known_terms(settings)),
        short_inputs=chosen.short_inputs,
    )
