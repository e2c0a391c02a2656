"""Finds where someone speaks, with the Silero detector that faster-whisper brings.

Its output is one probability for each 32 ms. The detector is fed block by block
with its memory carried over (faster-whisper's own call wants the whole recording
at once), so three hours need no more room than five minutes.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from faster_whisper.vad import get_vad_model

from tasks.speech_audio import SAMPLE_RATE_HZ, Samples, read_blocks
from transcripts.windows import SpeechSpan

FRAME_SAMPLES = 512
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE_HZ
# The detector sees the end of the last frame beside each frame.
CONTEXT_SAMPLES = 64
FRAMES_PER_BLOCK = 5_000
# Silero's defaults: speech begins above the one and ends below the other.
SPEECH_BEGINS = 0.5
SPEECH_ENDS = 0.35
SHORTEST_PAUSE_SECONDS = 0.1
SHORTEST_SPEECH_SECONDS = 0.1


def find_speech(audio: Samples) -> list[SpeechSpan]:
    """Where someone speaks in 16 kHz mono `audio`, in seconds from its start."""
    size = FRAMES_PER_BLOCK * FRAME_SAMPLES
    blocks = (audio[start : start + size] for start in range(0, len(audio), size))
    return _spans(speech_probabilities(blocks), len(audio) / SAMPLE_RATE_HZ)


def find_speech_in_file(path: Path) -> list[SpeechSpan]:
    """Where someone speaks in a 16 kHz mono 16-bit WAV file, read block by block."""
    return _spans(speech_probabilities(read_blocks(path, FRAMES_PER_BLOCK * FRAME_SAMPLES)), None)


def speech_probabilities(blocks: Iterable[Samples]) -> Iterator[float]:
    """How likely someone speaks in each 32 ms. All blocks but the last hold whole frames."""
    session = get_vad_model().session
    hidden = np.zeros((1, 1, 128), np.float32)
    cell = np.zeros((1, 1, 128), np.float32)
    context = np.zeros(CONTEXT_SAMPLES, np.float32)
    for block in blocks:
        padded = np.pad(block, (0, -len(block) % FRAME_SAMPLES))
        frames = padded.reshape(-1, FRAME_SAMPLES)
        ends = np.concatenate([context[None], frames[:-1, -CONTEXT_SAMPLES:]])
        output, hidden, cell = session.run(
            None, {"input": np.concatenate([ends, frames], axis=1), "h": hidden, "c": cell}
        )
        context = frames[-1, -CONTEXT_SAMPLES:]
        yield from (float(probability) for probability in output.ravel())


def _spans(probabilities: Iterable[float], duration_seconds: float | None) -> list[SpeechSpan]:
    """Speech by two thresholds: a pause counts when the probability stays low for 0.1 s."""
    spans: list[SpeechSpan] = []
    start: float | None = None
    quiet_since: float | None = None
    now = 0.0
    for index, probability in enumerate(probabilities):
        now = index * FRAME_SECONDS
        if probability >= SPEECH_BEGINS:
            start, quiet_since = (now if start is None else start), None
        elif start is not None and probability < SPEECH_ENDS:
            quiet_since = now if quiet_since is None else quiet_since
            if now - quiet_since >= SHORTEST_PAUSE_SECONDS:
                spans.append(SpeechSpan(start, quiet_since))
                start, quiet_since = None, None
    if start is not None:
        end = now + FRAME_SECONDS if duration_seconds is None else duration_seconds
        spans.append(SpeechSpan(start, quiet_since or end))
    return [span for span in spans if span.duration_seconds >= SHORTEST_SPEECH_SECONDS]
