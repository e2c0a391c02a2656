"""Whether what the recogniser writes of a piece of the sample meeting stands where it is said."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import gettempdir

from bench.transcription.scoring import Spoken, start_errors
from tasks.recognition.transcribe import TranscriptionOptions, transcribe_window, windows_of
from tasks.recognition.whisper_model import PACKAGED_MODEL, model_location
from tests.media_samples import MEETING

FROM_SECONDS, SECONDS = 30.0, 96.0
FAR_SECONDS = 0.1


def misplaced_captions(speech: Path) -> Iterator[str]:
    """What is wrong with the words that are recognised in a sound made of the meeting."""
    errors = start_errors(_turns(), list(_words(speech)))
    if errors.missing:
        yield f"captions: {errors.missing} of {errors.turns} turns have no beginning"
    if errors.percentile_95_seconds > FAR_SECONDS:
        yield f"captions: turns begin {1000 * errors.percentile_95_seconds:.0f} ms from where they are heard"


def _turns() -> list[Spoken]:
    """What is said from beginning to end in the piece, timed on it."""
    told = json.loads(MEETING.with_suffix(".json").read_text(encoding="utf-8"))["turns"]
    turns = [
        Spoken(each["text"], each["start_seconds"] - FROM_SECONDS, each["end_seconds"] - FROM_SECONDS)
        for each in told
    ]
    return [each for each in turns if each.start_seconds >= 0 and each.end_seconds < SECONDS]


def _words(speech: Path) -> Iterator[Spoken]:
    options = TranscriptionOptions(PACKAGED_MODEL, "de", "cpu", "int8", 2, ())
    for window in windows_of(speech):
        for word in transcribe_window(speech, window, _model(), options).words:
            yield Spoken(word.text, word.start_seconds, word.end_seconds)


@cache
def _model() -> str:
    return model_location(PACKAGED_MODEL, Path(gettempdir()) / "matrix-model")
