"""Writes down a window of a recording: fast where the model is sure, carefully where it is not.

The window's speech is cut at pauses into chunks. Chunks of like length are decoded
in batches, the longest first, by several workers of one thread each: on a CPU that
is faster than one worker of several threads. What the model left undone is decoded
in further rounds, what looks like a known fault once more in other ways
(`tasks.recognition.redecoding`). Batches depend on the sound alone, so the same window gives the same
words on any number of threads.
"""

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.feature_extractor import FeatureExtractor

from tasks.audio.speech_audio import SAMPLE_RATE_HZ, Samples
from tasks.recognition.decoder import DecodedChunk, PaddedChunk, Whisper, decode_chunks, lengthened, padded
from tasks.recognition.freed_memory import keep_freed_memory
from tasks.recognition.redecoding import MOST_ROUNDS, Decoding, best_decoding, heard
from tasks.recognition.sequential_decoding import in_sequence
from tasks.recognition.vector_width import use_wide_vectors
from transcripts.errors.recognition_errors import ModelUnknownError, ModelUnreachableError
from transcripts.model import Note, Word
from transcripts.speech.merged_readings import surer
from transcripts.speech.recognition_checks import doubts, without_credits, without_invented_doubles
from transcripts.speech.windows import Chunk, SpeechSpan, Window, plan_chunks
from transcripts.speech.word_times import within_speech

# As fast as 8, with three quarters of the room for what the decoder keeps of the sound.
BATCH_SIZE = 6
# Silence of up to 3 s more behind a chunk, which costs the encoder less than a batch of its own.
LARGEST_SPREAD_FRAMES = 300
MOST_WORKERS = 4
# The multilingual Whisper models that were measured on short inputs, by the width of their encoder.
WIDTHS_MEASURED_ON_SHORT_INPUTS = frozenset({512})
# Below this over a whole window, the model is guessing (a robotic or muffled voice): what was said
# before helps it then, so the window is decoded in sequence too. Clear voices lie above -0.35.
LOGPROB_OF_A_HARD_VOICE = -0.4
# Then chunks may be as long as the model can hear, less the silence that tells it where speech ends.
LONGEST_CHUNK_OF_A_HARD_VOICE_SECONDS = 28.0

# With fewer words than this share of the fast decoding's, the sequential one passed over something.
SMALLEST_SHARE_OF_WORDS = 0.9

# Hears what share of a window's speech is written down.
Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A loaded model and how many chunk batches it decodes at once."""

    whisper: Whisper
    workers: int
    sequential: WhisperModel


@dataclass(frozen=True, slots=True)
class DecodedWindow:
    """The words of a window and what is doubtful about them; times in seconds from the window's start."""

    words: tuple[Word, ...]
    notes: tuple[Note, ...]


def load_recogniser(
    model_location: str, device: str, compute_type: str, threads: int = 0, short_inputs: bool | None = None
) -> Recogniser:
    """Load a model folder or a name known to faster-whisper; 0 threads: as many as there are cores.

    `short_inputs` decides whether the encoder is given less than 30 s; None: where
    the model was measured so. Raises ModelUnknownError;
    ModelUnreachableError when its name cannot be looked up just now.
    """
    keep_freed_memory()
    use_wide_vectors()
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
        raise ModelUnknownError(model=Path(model_location).name) from error
    except OSError as error:
        raise ModelUnreachableError(model=Path(model_location).name) from error
    short = was_measured_on_short_inputs(loaded.model) if short_inputs is None else short_inputs
    features = FeatureExtractor(**loaded.feat_kwargs)
    return Recogniser(Whisper(loaded.model, loaded.hf_tokenizer, features, short), workers, loaded)


def was_measured_on_short_inputs(model: ctranslate2.models.Whisper) -> bool:
    """Whether this is a model of which we know that short inputs cost no words."""
    silence = np.zeros((1, model.n_mels, 100), np.float32)
    encoded = model.encode(ctranslate2.StorageView.from_array(silence), to_cpu=True)
    return bool(model.is_multilingual) and encoded.shape[-1] in WIDTHS_MEASURED_ON_SHORT_INPUTS


def decode_window(
    recogniser: Recogniser,
    samples: Samples,
    spans: Sequence[SpeechSpan],
    language: str,
    hotwords: str = "",
    report: Report | None = None,
) -> DecodedWindow:
    """The words spoken in a window's 16 kHz mono sound, and what stayed doubtful about them.

    `spans` is the speech in it, in seconds from its start. No speech: no words.
    `report` hears after each batch what share of the speech is written down.
    """
    window = Window(0.0, len(samples) / SAMPLE_RATE_HZ, tuple(spans))
    if not spans:
        return DecodedWindow((), ())
    hearing = _in_chunks(recogniser, samples, plan_chunks(window), spans, language, hotwords, report)
    if hearing.avg_logprob < LOGPROB_OF_A_HARD_VOICE:
        longer = plan_chunks(window, LONGEST_CHUNK_OF_A_HARD_VOICE_SECONDS)
        hearing = _in_chunks(recogniser, samples, longer, spans, language, hotwords, None)
        hearing = _in_sequence(recogniser, samples, spans, language, hotwords, hearing)
    return DecodedWindow(without_credits(without_invented_doubles(hearing.words)), hearing.doubts)


def _in_chunks(
    recogniser: Recogniser,
    samples: Samples,
    chunks: Sequence[Chunk],
    spans: Sequence[SpeechSpan],
    language: str,
    hotwords: str,
    report: Report | None,
) -> Decoding:
    """The window chunk by chunk, what is doubtful decoded again."""
    decoded = _in_batches(recogniser, samples, chunks, language, hotwords, report)
    return heard(_without_doubt(recogniser, samples, decoded, language), spans, language)


def _in_sequence(
    recogniser: Recogniser,
    samples: Samples,
    spans: Sequence[SpeechSpan],
    language: str,
    hotwords: str,
    otherwise: Decoding,
) -> Decoding:
    """The window in sequence, mended by `otherwise` where it failed; that alone if it passed over speech."""
    good, failed = in_sequence(recogniser.sequential, samples, spans, language, hotwords)
    instead = [word for word in otherwise.words if _lies_in(word, failed)]
    words = sorted([*good, *instead], key=lambda word: word.start_seconds)
    if len(words) < SMALLEST_SHARE_OF_WORDS * len(otherwise.words):
        return otherwise
    clipped = within_speech(surer(words, otherwise.words), spans)
    return replace(otherwise, words=clipped, doubts=doubts(clipped, spans, language))


def _lies_in(word: Word, spans: Sequence[SpeechSpan]) -> bool:
    middle = (word.start_seconds + word.end_seconds) / 2
    return any(span.start_seconds <= middle < span.end_seconds for span in spans)


def _without_doubt(
    recogniser: Recogniser, samples: Samples, decoded: Sequence[DecodedChunk], language: str
) -> list[DecodedChunk]:
    """What is doubtful is decoded again in other ways, several chunks at once."""

    def settle(each: DecodedChunk) -> tuple[DecodedChunk, ...]:
        if not heard([each], each.spans, language).doubts:
            return (each,)
        return best_decoding(recogniser.whisper, samples, each, language).chunks

    with ThreadPoolExecutor(recogniser.workers) as pool:
        return [each for settled in pool.map(settle, decoded) for each in settled]


def _in_batches(
    recogniser: Recogniser,
    samples: Samples,
    chunks: Sequence[Chunk],
    language: str,
    hotwords: str,
    report: Report | None,
) -> list[DecodedChunk]:
    """Decode all chunks, several batches at once."""
    speech_seconds = sum(chunk.speech_seconds for chunk in chunks)
    written_seconds = 0.0
    done: list[DecodedChunk] = []
    with ThreadPoolExecutor(recogniser.workers) as pool:
        ready = list(pool.map(lambda chunk: padded(recogniser.whisper, samples, chunk), chunks))
        for decoded in pool.map(
            lambda batch: _in_rounds(recogniser.whisper, samples, batch, language, hotwords), batches(ready)
        ):
            done += decoded
            written_seconds += sum(span.duration_seconds for each in decoded for span in each.spans)
            if report:
                report(min(1.0, written_seconds / speech_seconds))
    return done


def _in_rounds(
    whisper: Whisper, samples: Samples, batch: Sequence[PaddedChunk], language: str, hotwords: str
) -> list[DecodedChunk]:
    """Decode a batch, then what the model left of it, until nothing is left."""
    done: list[DecodedChunk] = []
    todo = [list(batch)]
    for _ in range(MOST_ROUNDS):
        decoded = [each for some in todo for each in decode_chunks(whisper, some, language, hotwords)]
        done += decoded
        rests = [padded(whisper, samples, each.rest) for each in decoded if each.rest]
        if not rests:
            break
        todo = batches(rests)
    return done


def batches(chunks: Sequence[PaddedChunk]) -> list[list[PaddedChunk]]:
    """Chunks of like length, padded to one, the longest first.

    An even number of batches of about equal size, so that two cores are busy to the end;
    more where lengths differ by more than `LARGEST_SPREAD_FRAMES`.
    """
    in_order = sorted(chunks, key=lambda each: (-each.padded_frames, -each.chunk.speech_seconds))
    size = math.ceil(len(in_order) / (2 * math.ceil(len(in_order) / (2 * BATCH_SIZE))))
    found: list[list[PaddedChunk]] = []
    for chunk in in_order:
        longest = found[-1][0].padded_frames if found else 0
        if found and len(found[-1]) < size and longest - chunk.padded_frames <= LARGEST_SPREAD_FRAMES:
            found[-1].append(lengthened(chunk, longest))
        else:
            found.append([chunk])
    return found
