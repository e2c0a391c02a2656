"""The flow from a media file to its transcript, without archive and announcement."""

from pathlib import Path

from prefect import flow, task

from flows.composition import resources
from flows.pipeline.steps import cache_key, inspect_step, transcribe, transcription_options
from tasks.media.sandboxed_media import extract_speech
from tasks.recognition.transcribe import TranscriptionOptions
from tasks.storage.folder_lock import locked
from tasks.storage.work_folder import TRANSCRIPTIONS, discard
from transcripts.media.media_values import Fetched, Inspection, LocalFile
from transcripts.media.track_choice import TrackWish
from transcripts.model import Transcript


@flow(name="transcribe", persist_result=False)
def transcribe_file(media: Path, terms: tuple[str, ...] = ()) -> Transcript:
    """The transcript of a local media file; `terms` are names that are said in it. Raises StepError."""
    settings = resources().settings
    file = LocalFile.of(media)
    folder = settings.work.dir.resolve() / TRANSCRIPTIONS / cache_key("media", file.sha256)[-16:]
    options = transcription_options(settings, (media.stem,), terms)
    with locked(folder):
        try:
            return _transcribed(file, folder, options, settings.transcription.windows_at_once)
        finally:
            discard(folder)


def _transcribed(
    file: LocalFile, folder: Path, options: TranscriptionOptions, windows_at_once: int
) -> Transcript:
    inspection: Inspection = inspect_step(Fetched(files=(file,)))
    speech = speech_step(file, inspection, folder)
    return transcribe(speech, inspection.duration_seconds, options, windows_at_once).transcript


@task(name="speech")
def speech_step(file: LocalFile, inspection: Inspection, folder: Path) -> LocalFile:
    """The sound as the recogniser wants it."""
    wish = TrackWish(resources().settings.transcription.language)
    return extract_speech(file.path, inspection, folder / "speech.wav", wish)
