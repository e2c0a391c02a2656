"""Has Whisper write down chunks of sound: features, encoder, beam search, word times.

It works on CTranslate2's Whisper with faster-whisper's features and tokenizer.
What it does otherwise than faster-whisper, each for speed and each measured:

- A chunk is padded to a little over its own length, not to 30 s, for the encoder's
  cost falls with it. (The positional embeddings are simply cut off. A model that
  was not measured so gets its 30 s: see `Whisper.short_inputs`.)
- Chunks pass the encoder one by one, which is as fast as together and needs less
  room; chunks of one padded length are then decoded together.
- What is padded is silence as the model knows it from its training (openai/whisper pads
  sound with zeros before it takes features; faster-whisper pads features with zeros,
  which is a noise to the model).
- The number of tokens is capped by the length of the speech, so that a loop ends soon.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ctranslate2
import numpy as np
import numpy.typing as npt
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_compression_ratio, get_suppressed_tokens, merge_punctuations

from tasks.audio.speech_audio import SAMPLE_RATE_HZ, Samples
from transcripts.model import Word
from transcripts.speech.windows import Chunk, SpeechSpan, speech_between

FRAMES_PER_SECOND = 100
SECONDS_PER_TIMESTAMP = 0.02
FULL_FRAMES = 3000
# Features lie within 8 powers of ten below the loudest, and are divided by 4.
FEATURE_RANGE = 8.0 / 4.0
BUCKET_FRAMES = 100
SHORTEST_ALIGNED_FRAMES = 20
# For each token of these chunks, the model holds the probability of all that there are.
ALIGNED_AT_ONCE = 2
# Silence after the last word, in which the model recognises the end.
TAIL_FRAMES = 100
# The fastest German speech has about 8 tokens a second, timestamps included.
TOKENS_PER_SECOND = 9.0
SPARE_TOKENS = 16
MOST_TOKENS = 224
MOST_HOTWORD_TOKENS = 223
MAX_LENGTH = 448
# Speech that short after the last timestamp is a breath, or belongs to the last word.
SHORTEST_REST_SECONDS = 0.4
TIMESTAMP_SLACK_SECONDS = 0.2
WITHOUT_SPACES = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
PREPENDED = "\"'“¿([{-„‚"
APPENDED = "\"'.。,，!！?？:：”)]}、“‘"

Features = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Whisper:
    """A loaded model with what belongs to it. `short_inputs`: it was measured on less than 30 s."""

    model: Any
    tokenizer: Any
    features: FeatureExtractor
    short_inputs: bool

    def speaking(self, language: str) -> Tokenizer:
        """The tokenizer that opens transcripts in this language."""
        return Tokenizer(self.tokenizer, self.model.is_multilingual, task="transcribe", language=language)


@dataclass(frozen=True, slots=True)
class Search:
    """How the decoder looks for the most probable text; 0: any phrase may be repeated."""

    beam_size: int = 5
    no_repeat_tokens: int = 0


DEFAULT_SEARCH = Search()


@dataclass(frozen=True, slots=True)
class PaddedChunk:
    """A chunk as the encoder takes it; `frames` of the features are sound, the rest is silence."""

    chunk: Chunk
    features: Features
    frames: int

    @property
    def padded_frames(self) -> int:
        return int(self.features.shape[1])


@dataclass(frozen=True, slots=True)
class DecodedChunk:
    """What the model wrote down of a chunk, and how sure it was of it.

    `avg_logprob`, `compression_ratio` and `no_speech_probability` mean what they do
    in openai/whisper. `rest` is the part of the chunk which the model left for another go.
    """

    chunk: Chunk
    words: tuple[Word, ...]
    avg_logprob: float
    compression_ratio: float
    no_speech_probability: float
    was_cut_off: bool
    rest: Chunk | None

    @property
    def spans(self) -> tuple[SpeechSpan, ...]:
        """The speech that the model dealt with: what it left for another go is not in it."""
        end = self.rest.start_seconds if self.rest else self.chunk.end_seconds
        return speech_between(self.chunk.spans, self.chunk.start_seconds, end)


def padded(whisper: Whisper, samples: Samples, chunk: Chunk, whole: bool = False) -> PaddedChunk:
    """The chunk's log-mel features, padded to a multiple of 1 s, or `whole`: to 30 s.

    `samples` is the window's sound; times in `chunk` count from its start.
    """
    first, last = round(chunk.start_seconds * SAMPLE_RATE_HZ), round(chunk.end_seconds * SAMPLE_RATE_HZ)
    features = whisper.features(samples[first:last])[:, :-1][:, :FULL_FRAMES]
    frames = int(features.shape[1])
    length = FULL_FRAMES
    if whisper.short_inputs and not whole:
        length = min(FULL_FRAMES, math.ceil((frames + TAIL_FRAMES) / BUCKET_FRAMES) * BUCKET_FRAMES)
    return lengthened(PaddedChunk(chunk, features, frames), length)


def lengthened(chunk: PaddedChunk, frames: int) -> PaddedChunk:
    """The chunk with silence behind it, up to so many frames."""
    features = chunk.features
    out = np.full((features.shape[0], frames), features.max() - FEATURE_RANGE, np.float32)
    out[:, : chunk.frames] = features[:, : chunk.frames]
    return replace(chunk, features=out)


def decode_chunks(
    whisper: Whisper,
    chunks: Sequence[PaddedChunk],
    language: str,
    hotwords: str = "",
    search: Search = DEFAULT_SEARCH,
) -> list[DecodedChunk]:
    """Decode chunks of one padded length together; the words' times count from the window's start."""
    tokenizer = whisper.speaking(language)
    encoded = _encoded(whisper, chunks)
    results = _generated(whisper, tokenizer, encoded, chunks, hotwords, search)
    rests = [
        _rest(chunk.chunk, result.sequences_ids[0], tokenizer)
        for chunk, result in zip(chunks, results, strict=True)
    ]
    words = _aligned(whisper, tokenizer, encoded, chunks, results, rests)
    return [
        _judged(chunk, result, tokenizer, spoken, rest)
        for chunk, result, spoken, rest in zip(chunks, results, words, rests, strict=True)
    ]


def _encoded(whisper: Whisper, chunks: Sequence[PaddedChunk]) -> Features:
    """One chunk at a time through the encoder, the outputs stacked: (chunks, positions, width)."""
    outputs = [
        np.array(whisper.model.encode(ctranslate2.StorageView.from_array(chunk.features[None]), to_cpu=True))
        for chunk in chunks
    ]
    return np.concatenate(outputs)


def _generated(
    whisper: Whisper,
    tokenizer: Tokenizer,
    encoded: Features,
    chunks: Sequence[PaddedChunk],
    hotwords: str,
    search: Search,
) -> Any:
    prompt = _prompt(tokenizer, hotwords)
    most = max(_most_tokens(chunk.chunk) for chunk in chunks)
    return whisper.model.generate(
        ctranslate2.StorageView.from_array(encoded),
        [prompt] * len(chunks),
        beam_size=search.beam_size,
        no_repeat_ngram_size=search.no_repeat_tokens,
        max_length=_max_length(prompt, most),
        return_scores=True,
        return_no_speech_prob=True,
        suppress_blank=True,
        suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
    )


def _prompt(tokenizer: Tokenizer, hotwords: str) -> list[int]:
    """As faster-whisper's `get_prompt`: hotwords stand where the preceding text would."""
    opening: list[int] = list(tokenizer.sot_sequence)
    if not hotwords.strip():
        return opening
    terms: list[int] = tokenizer.encode(" " + hotwords.strip())
    return [tokenizer.sot_prev, *terms[:MOST_HOTWORD_TOKENS], *opening]


def _most_tokens(chunk: Chunk) -> int:
    return min(MOST_TOKENS, int(chunk.speech_seconds * TOKENS_PER_SECOND) + SPARE_TOKENS)


def _max_length(prompt: Sequence[int], most_tokens: int) -> int:
    """CTranslate2 writes min(max_length / 2, max_length - prompt) tokens: neither may be below the cap."""
    return min(MAX_LENGTH, max(2 * most_tokens, len(prompt) + most_tokens))


def _rest(chunk: Chunk, tokens: Sequence[int], tokenizer: Tokenizer) -> Chunk | None:
    """What the model left undone: it ended with a timestamp, and speech goes on behind it.

    Whisper's sequential decoding seeks to the last timestamp for the same reason;
    batched decoders that do not are known to drop passages.
    """
    stamps = [token - tokenizer.timestamp_begin for token in tokens if token >= tokenizer.timestamp_begin]
    if not stamps or tokens[-1] < tokenizer.timestamp_begin or stamps[-1] == 0:
        return None
    reached = chunk.start_seconds + stamps[-1] * SECONDS_PER_TIMESTAMP
    left = [span for span in chunk.spans if span.end_seconds > reached + TIMESTAMP_SLACK_SECONDS]
    spans = speech_between(left, reached, chunk.end_seconds)
    if sum(span.duration_seconds for span in spans) < SHORTEST_REST_SECONDS:
        return None
    start = max(reached, spans[0].start_seconds - 0.3)
    return Chunk(start, chunk.end_seconds, spans)


def _aligned(
    whisper: Whisper,
    tokenizer: Tokenizer,
    encoded: Features,
    chunks: Sequence[PaddedChunk],
    results: Sequence[Any],
    rests: Sequence[Chunk | None],
) -> list[tuple[Word, ...]]:
    """Word times by cross-attention and dynamic time warping, over the sound that was written down."""
    texts = [[token for token in result.sequences_ids[0] if token < tokenizer.eot] for result in results]
    frames = [
        _frames_until(chunk, rest.start_seconds) if rest else chunk.frames
        for chunk, rest in zip(chunks, rests, strict=True)
    ]
    alignments = [
        alignment
        for some in (slice(at, at + ALIGNED_AT_ONCE) for at in range(0, len(chunks), ALIGNED_AT_ONCE))
        for alignment in whisper.model.align(
            ctranslate2.StorageView.from_array(encoded[some]),
            tokenizer.sot_sequence,
            texts[some],
            frames[some],
            median_filter_width=7,
        )
    ]
    return [
        _words(tokenizer, text, alignment, chunk.chunk.start_seconds)
        for text, alignment, chunk in zip(texts, alignments, chunks, strict=True)
    ]


def _frames_until(chunk: PaddedChunk, end_seconds: float) -> int:
    frames = round((end_seconds - chunk.chunk.start_seconds) * FRAMES_PER_SECOND)
    return max(SHORTEST_ALIGNED_FRAMES, min(chunk.frames, frames))


def _words(tokenizer: Tokenizer, tokens: list[int], alignment: Any, start_seconds: float) -> tuple[Word, ...]:
    """Tokens joined to words, as faster-whisper's `find_alignment` does it."""
    texts, groups = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
    if len(groups) < 2:
        return ()
    edges = np.cumsum([0, *(len(group) for group in groups[:-1])])
    of_token = np.array([pair[0] for pair in alignment.alignments])
    of_frame = np.array([pair[1] for pair in alignment.alignments])
    times = of_frame[np.diff(of_token, prepend=-1).astype(bool)] * SECONDS_PER_TIMESTAMP + start_seconds
    timings = [
        {
            "word": text,
            "tokens": group,
            "start": float(times[first]),
            "end": float(times[last]),
            "probability": float(np.mean(alignment.text_token_probs[first:last])),
        }
        for text, group, first, last in zip(texts, groups, edges[:-1], edges[1:], strict=False)
    ]
    merge_punctuations(timings, PREPENDED, APPENDED)
    return joined_words(timings, tokenizer.language_code)


def joined_words(timings: Sequence[dict[str, Any]], language: str) -> tuple[Word, ...]:
    """faster-whisper parts "Baden-Württemberg" and "9.000" at the sign: a word begins with a space.

    Not so in languages that are written without spaces.
    """
    joined: list[dict[str, Any]] = []
    for timing in timings:
        if not timing["word"].strip():
            continue
        if joined and not timing["word"].startswith(" ") and language not in WITHOUT_SPACES:
            joined[-1] = _glued(joined[-1], timing)
        else:
            joined.append(timing)
    return tuple(_word(timing) for timing in joined)


def _glued(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return {
        "word": first["word"] + second["word"],
        "start": first["start"],
        "end": second["end"],
        "probability": min(first["probability"], second["probability"]),
    }


def _word(timing: dict[str, Any]) -> Word:
    return Word(
        text=timing["word"].strip(),
        start_seconds=round(float(timing["start"]), 2),
        end_seconds=round(float(timing["end"]), 2),
        probability=round(float(timing["probability"]), 3),
    )


def _judged(
    chunk: PaddedChunk, result: Any, tokenizer: Tokenizer, words: tuple[Word, ...], rest: Chunk | None
) -> DecodedChunk:
    tokens = result.sequences_ids[0]
    text = tokenizer.decode(tokens).strip()
    return DecodedChunk(
        chunk=chunk.chunk,
        words=words,
        # The score is the mean over the tokens; openai/whisper counts the end of text too.
        avg_logprob=round(result.scores[0] * len(tokens) / (len(tokens) + 1), 4),
        compression_ratio=round(get_compression_ratio(text), 4) if text else 0.0,
        no_speech_probability=round(result.no_speech_prob, 4),
        was_cut_off=len(tokens) >= _most_tokens(chunk.chunk) - 1,
        rest=rest,
    )
