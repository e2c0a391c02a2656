"""Writes down a window of a recording: fast where the model is sure, carefully where it is not.

The window's speech is cut at pauses into chunks. Chunks of like length are decoded
in batches, the longest first, by several workers of one thread each: on a CPU that
is faster than one worker of several threads. What the model left undone is decoded
in further rounds, what it is unsure of once more by itself. Batches depend on the
sound alone, so the same window gives the same words on any number of threads.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.feature_extractor import FeatureExtractor

from tasks.decoder import DecodedChunk, PaddedChunk, Whisper, decode_chunks, padded
from tasks.sequential import in_sequence
from tasks.speech_audio import SAMPLE_RATE_HZ, Samples
from transcripts.errors import PermanentError, TemporaryError
from transcripts.model import Word
from transcripts.stretches import joined
from transcripts.windows import Chunk, SpeechSpan, Window, halves, plan_chunks
from transcripts.word_times import within_speech

BATCH_SIZE = 8
MOST_WORKERS = 4
# Sequential decoding never needs more than a few seeks in 30 s; this ends what would not end.
MOST_ROUNDS = 6
# The multilingual Whisper models that were measured on short inputs, by the width of their encoder.
WIDTHS_MEASURED_ON_SHORT_INPUTS = frozenset({512})
# openai/whisper's signs of a failed decoding: improbable text, text that repeats itself, silence.
LOWEST_LOGPROB = -1.0
HIGHEST_COMPRESSION_RATIO = 2.4
HIGHEST_NO_SPEECH_PROBABILITY = 0.6
# Below this over a whole window, the model is guessing (a robotic or muffled voice): what was said
# before helps it then, so the window is decoded in sequence. Clear voices lie above -0.35.
LOGPROB_OF_A_HARD_VOICE = -0.4
# Speech of this length has words in it.
WORDLESS_SPEECH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A loaded model and how many chunk batches it decodes at once."""

    whisper: Whisper
    workers: int
    sequential: WhisperModel


@dataclass(frozen=True, slots=True)
class DecodedWindow:
    """The words of a window and how each of its chunks went; times in seconds from the window's start."""

    words: tuple[Word, ...]
    chunks: tuple[DecodedChunk, ...]


def load_recogniser(
    model_location: str, device: str, compute_type: str, threads: int = 0, short_inputs: bool | None = None
) -> Recogniser:
    """Load a model folder or a name known to faster-whisper; 0 threads: as many as there are cores.

    `short_inputs` decides whether the encoder is given less than 30 s; None: where
    the model was measured so. Raises PermanentError `model_unknown`; TemporaryError
    `model_unreachable` when its name cannot be looked up just now.
    """
    cores = threads or os.cpu_count() or 1
    workers = 1 if device == "cuda" else min(cores, MOST_WORKERS)
    try:
        loaded = WhisperModel(
            model_location,
            device=device,
            compute_type=compute_type,
            cpu_threads=max(1, cores // workers),
            num_workers=workers,
        )
    except ValueError as error:
        raise PermanentError("model_unknown", model=Path(model_location).name) from error
    except OSError as error:
        raise TemporaryError("model_unreachable", model=Path(model_location).name) from error
    short = was_measured_on_short_inputs(loaded.model) if short_inputs is None else short_inputs
    features = FeatureExtractor(**loaded.feat_kwargs)
    return Recogniser(Whisper(loaded.model, loaded.hf_tokenizer, features, short), workers, loaded)


def was_measured_on_short_inputs(model: ctranslate2.models.Whisper) -> bool:
    """Whether this is a model of which we know that short inputs cost no words."""
    silence = np.zeros((1, model.n_mels, 100), np.float32)
    encoded = model.encode(ctranslate2.StorageView.from_array(silence), to_cpu=True)
    return bool(model.is_multilingual) and encoded.shape[-1] in WIDTHS_MEASURED_ON_SHORT_INPUTS


def decode_window(
    recogniser: Recogniser, samples: Samples, spans: Sequence[SpeechSpan], language: str, hotwords: str = ""
) -> DecodedWindow:
    """The words spoken in a window's 16 kHz mono sound.

    `spans` is the speech in it, in seconds from its start. No speech: no words.
    """
    window = Window(0.0, len(samples) / SAMPLE_RATE_HZ, tuple(spans))
    decoded = _in_rounds(recogniser, samples, plan_chunks(window), language, hotwords)
    sure = [
        _carefully(recogniser, samples, each, language) if _is_unsure(each) else [each] for each in decoded
    ]
    chunks = sorted((each for redone in sure for each in redone), key=lambda each: each.chunk.start_seconds)
    words = joined(each.words for each in chunks if not _is_silence(each))
    if chunks and _average_logprob(chunks) < LOGPROB_OF_A_HARD_VOICE:
        words = in_sequence(recogniser.sequential, samples, spans, language, hotwords, words)
    return DecodedWindow(within_speech(words, spans), tuple(chunks))


def _in_rounds(
    recogniser: Recogniser, samples: Samples, chunks: Sequence[Chunk], language: str, hotwords: str
) -> list[DecodedChunk]:
    """Decode all chunks, then what the model left of them, until nothing is left."""
    done: list[DecodedChunk] = []
    todo = list(chunks)
    for _ in range(MOST_ROUNDS):
        found = _in_batches(recogniser, samples, todo, language, hotwords)
        done += found
        todo = [each.rest for each in found if each.rest]
        if not todo:
            break
    return done


def _in_batches(
    recogniser: Recogniser, samples: Samples, chunks: Sequence[Chunk], language: str, hotwords: str
) -> list[DecodedChunk]:
    ready = [padded(recogniser.whisper, samples, chunk) for chunk in chunks]
    with ThreadPoolExecutor(recogniser.workers) as pool:
        found = pool.map(
            lambda batch: decode_chunks(recogniser.whisper, batch, language, hotwords), batches(ready)
        )
        return [each for batch in found for each in batch]


def batches(chunks: Sequence[PaddedChunk], size: int = BATCH_SIZE) -> list[list[PaddedChunk]]:
    """Chunks of one padded length, at most `size` together, the longest first."""
    groups: list[list[PaddedChunk]] = []
    for chunk in sorted(chunks, key=lambda each: (-each.padded_frames, -each.chunk.speech_seconds)):
        if groups and len(groups[-1]) < size and groups[-1][0].padded_frames == chunk.padded_frames:
            groups[-1].append(chunk)
        else:
            groups.append([chunk])
    return groups


def _is_unsure(decoded: DecodedChunk) -> bool:
    wordless = not decoded.words and decoded.chunk.speech_seconds >= WORDLESS_SPEECH_SECONDS
    return wordless or decoded.was_cut_off or _is_failed(decoded)


def _is_failed(decoded: DecodedChunk) -> bool:
    return decoded.avg_logprob < LOWEST_LOGPROB or decoded.compression_ratio > HIGHEST_COMPRESSION_RATIO


def _is_silence(decoded: DecodedChunk) -> bool:
    """openai/whisper's rule: probably no speech, and no text that it believes in."""
    return (
        decoded.no_speech_probability > HIGHEST_NO_SPEECH_PROBABILITY and decoded.avg_logprob < LOWEST_LOGPROB
    )


def _carefully(
    recogniser: Recogniser, samples: Samples, unsure: DecodedChunk, language: str
) -> list[DecodedChunk]:
    """Once more without hotwords: padded to 30 s, and parted at its longest pause; the best of them.

    A decoding that neither fails nor is cut off beats one that does; then the more
    probable text wins.
    """
    whole = _alone(recogniser, samples, [unsure.chunk], language, whole=True)
    parted = _alone(recogniser, samples, halves(unsure.chunk), language, whole=False)
    return max([unsure], whole, parted, key=_quality)


def _alone(
    recogniser: Recogniser, samples: Samples, chunks: Sequence[Chunk], language: str, whole: bool
) -> list[DecodedChunk]:
    found: list[DecodedChunk] = []
    todo = list(chunks)
    for _ in range(MOST_ROUNDS):
        if not todo:
            break
        chunk = padded(recogniser.whisper, samples, todo.pop(0), whole)
        decoded = decode_chunks(recogniser.whisper, [chunk], language)[0]
        found.append(decoded)
        todo = [decoded.rest, *todo] if decoded.rest else todo
    return found


def _quality(decoded: Sequence[DecodedChunk]) -> tuple[bool, float]:
    return not any(_is_unsure(each) for each in decoded), _average_logprob(decoded)


def _average_logprob(decoded: Sequence[DecodedChunk]) -> float:
    speech = sum(each.chunk.speech_seconds for each in decoded) or 1.0
    return sum(each.avg_logprob * each.chunk.speech_seconds for each in decoded) / speech
