"""The flow from a media file to its transcript, without archive and announcement."""

import shutil
from pathlib import Path

from prefect import flow, task

from flows.places import current_settings
from flows.steps import cache_key, inspect_step, transcribe, transcription_options
from tasks.transcode import extract_speech
from transcripts.media import Fetched, Inspection, LocalFile
from transcripts.model import Transcript


@flow(name="transcribe", persist_result=False)
def transcribe_file(media: Path) -> Transcript:
    """The transcript of a local media file. Raises StepError."""
    settings = current_settings()
    file = LocalFile.of(media)
    folder = settings.work.dir.resolve() / "transcriptions" / cache_key("media", file.sha256)[-16:]
    inspection: Inspection = inspect_step(Fetched(files=(file,)))
    speech = speech_step(file, inspection, folder)
    options = transcription_options(settings, about=media.stem)
    at_once = settings.transcription.windows_at_once
    transcript = transcribe(speech, inspection.duration_seconds, options, at_once)
    shutil.rmtree(folder, ignore_errors=True)
    return transcript


@task(name="speech")
def speech_step(file: LocalFile, inspection: Inspection, folder: Path) -> LocalFile:
    """The sound as the recogniser wants it."""
    return extract_speech(file.path, inspection, folder / "speech.wav")
