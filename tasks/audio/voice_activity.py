"""Finds where someone speaks, with the Silero detector that faster-whisper brings.

Its output is one probability for each 32 ms. The detector is fed block by block
(faster-whisper's own call wants the whole recording at once), so three hours need no
more room than five minutes.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
from faster_whisper.vad import get_vad_model

from tasks.audio.speech_audio import SAMPLE_RATE_HZ, Samples, read_blocks
from transcripts.speech.windows import SpeechSpan

FRAME_SAMPLES = 512
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE_HZ
# The detector sees the end of the last frame beside each frame.
CONTEXT_SAMPLES = 64
BLOCK_SAMPLES = 5_000 * FRAME_SAMPLES
BLOCKS_AT_ONCE = 2
# 16 s; the detector forgets sooner.
RUN_UP_FRAMES = 500
MEMORY_SIZE = 128
# Silero's defaults: speech begins above the one and ends below the other.
SPEECH_BEGINS = 0.5
SPEECH_ENDS = 0.35
SHORTEST_PAUSE_SECONDS = 0.1
SHORTEST_SPEECH_SECONDS = 0.1


def find_speech(audio: Samples) -> list[SpeechSpan]:
    """Where someone speaks in 16 kHz mono `audio`, in seconds from its start."""
    blocks = (audio[start : start + BLOCK_SAMPLES] for start in range(0, len(audio), BLOCK_SAMPLES))
    return _spans(speech_probabilities(blocks), len(audio) / SAMPLE_RATE_HZ)


def find_speech_in_file(path: Path) -> list[SpeechSpan]:
    """Where someone speaks in a 16 kHz mono 16-bit WAV file, read block by block."""
    return find_speech_in_blocks(read_blocks(path, BLOCK_SAMPLES))


def find_speech_in_blocks(blocks: Iterable[Samples]) -> list[SpeechSpan]:
    """Where someone speaks in 16 kHz mono sound that comes in blocks of `BLOCK_SAMPLES`, the last shorter."""
    return _spans(speech_probabilities(blocks), None)


def speech_probabilities(blocks: Iterable[Samples]) -> Iterator[float]:
    """How likely someone speaks in each 32 ms. All blocks but the last hold whole frames.

    Blocks are heard two at a time, on two cores; each begins with the end of the one before
    it, which brings the detector's memory to where it would be. So memory stays flat, and
    the same sound gives the same numbers on any number of cores.
    """
    stretches = _with_run_up(blocks)
    with ThreadPoolExecutor(BLOCKS_AT_ONCE) as pool:
        while several := list(islice(stretches, BLOCKS_AT_ONCE)):
            for probabilities in pool.map(_probabilities_after_run_up, several):
                yield from probabilities


def _with_run_up(blocks: Iterable[Samples]) -> Iterator[tuple[Samples, int]]:
    """Each block behind the end of the one before, and how many frames that is."""
    before = np.zeros(0, np.float32)
    for block in blocks:
        yield np.concatenate([before, block]), len(before) // FRAME_SAMPLES
        before = block[-RUN_UP_FRAMES * FRAME_SAMPLES :]


def _probabilities_after_run_up(stretch: tuple[Samples, int]) -> list[float]:
    samples, run_up_frames = stretch
    padded = np.pad(samples, (0, -len(samples) % FRAME_SAMPLES))
    frames = padded.reshape(-1, FRAME_SAMPLES)
    ends = np.concatenate([np.zeros((1, CONTEXT_SAMPLES), np.float32), frames[:-1, -CONTEXT_SAMPLES:]])
    memory = np.zeros((1, 1, MEMORY_SIZE), np.float32)
    output, _, _ = get_vad_model().session.run(
        None, {"input": np.concatenate([ends, frames], axis=1), "h": memory, "c": memory}
    )
    return [float(probability) for probability in output.ravel()[run_up_frames:]]


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
