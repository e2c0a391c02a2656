"""Decodes again, in other ways, the stretch that looks like a known fault; the better result wins.

The ways, in this order: the speech without words alone, where that is all that is
missing; padded to 30 s; cut closer to the speech; parted at the longest pause;
without beams and without repeating a phrase. None has the glossary. No way draws
lots (as Whisper's higher temperatures do), since the same sound must give the same words.

The rule: the first result with nothing doubtful wins. If there is none, the one with the
fewest doubts wins, among those the most probable, and its doubts go into the transcript.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tasks.audio.speech_audio import Samples
from tasks.recognition.decoder import DEFAULT_SEARCH, DecodedChunk, Search, Whisper, decode_chunks, padded
from transcripts.model import Note, Word
from transcripts.speech.joined_stretches import joined
from transcripts.speech.recognition_checks import IMPROBABLE, LOOP, SPEECH_WITHOUT_WORDS, doubts, merged
from transcripts.speech.windows import Chunk, SpeechSpan, halves, speech_between
from transcripts.speech.word_times import within_speech

# Sequential decoding never needs more than a few seeks in 30 s; this ends what would not end.
MOST_ROUNDS = 6
# openai/whisper's signs of a failed decoding: improbable text, text that repeats itself, silence.
LOWEST_LOGPROB = -1.0
HIGHEST_COMPRESSION_RATIO = 2.4
HIGHEST_NO_SPEECH_PROBABILITY = 0.6
CLOSE_SECONDS = 0.1
WITHOUT_REPETITION = Search(beam_size=1, no_repeat_tokens=4)


@dataclass(frozen=True, slots=True)
class Decoding:
    """Some chunks decoded one way, in the order of time, and what is doubtful about their words."""

    chunks: tuple[DecodedChunk, ...]
    words: tuple[Word, ...]
    doubts: tuple[Note, ...]

    @property
    def avg_logprob(self) -> float:
        """The mean over the speech."""
        speech = sum(each.chunk.speech_seconds for each in self.chunks) or 1.0
        return sum(each.avg_logprob * each.chunk.speech_seconds for each in self.chunks) / speech


def heard(chunks: Sequence[DecodedChunk], spans: Sequence[SpeechSpan], language: str) -> Decoding:
    """The words of some chunks, and what is doubtful about them in the light of the speech in `spans`."""
    in_order = tuple(sorted(chunks, key=lambda each: each.chunk.start_seconds))
    words = within_speech(joined(each.words for each in in_order if not is_silence(each)), spans)
    found = [*doubts(words, spans, language), *(note for each in in_order for note in _failures(each))]
    return Decoding(in_order, words, merged(found))


def is_silence(decoded: DecodedChunk) -> bool:
    """openai/whisper's rule: probably no speech, and no text that it believes in."""
    improbable = decoded.avg_logprob < LOWEST_LOGPROB
    return improbable and decoded.no_speech_probability > HIGHEST_NO_SPEECH_PROBABILITY


def best_decoding(whisper: Whisper, samples: Samples, decoded: DecodedChunk, language: str) -> Decoding:
    """The best of a doubtful decoding and of what the other ways give."""
    best = heard([decoded], decoded.spans, language)
    for chunks in _other_ways(whisper, samples, best, language):
        if not best.doubts:
            break
        best = max(best, heard(chunks, decoded.spans, language), key=_quality)
    return best


def _quality(hearing: Decoding) -> tuple[int, float]:
    return -len(hearing.doubts), hearing.avg_logprob


def _other_ways(
    whisper: Whisper, samples: Samples, first: Decoding, language: str
) -> Iterator[Sequence[DecodedChunk]]:
    decoded = first.chunks[0]
    if {note.cause for note in first.doubts} == {SPEECH_WITHOUT_WORDS}:
        gaps = _gaps(first)
        for whole in (False, True):
            yield [_filled(decoded, _alone(whisper, samples, gaps, language, whole=whole))]
        return
    spans = decoded.spans
    same = Chunk(decoded.chunk.start_seconds, decoded.chunk.end_seconds, spans)
    close = Chunk(
        max(same.start_seconds, spans[0].start_seconds - CLOSE_SECONDS),
        min(same.end_seconds, spans[-1].end_seconds + CLOSE_SECONDS),
        spans,
    )
    yield _alone(whisper, samples, [same], language, whole=True)
    yield _alone(whisper, samples, [close], language)
    yield _alone(whisper, samples, halves(same), language)
    yield _alone(whisper, samples, [same], language, search=WITHOUT_REPETITION)


def _gaps(hearing: Decoding) -> list[Chunk]:
    """The speech without words, as chunks; what lies between two of them joins them if no word does."""
    decoded = hearing.chunks[0]
    edges: list[tuple[float, float]] = []
    for note in hearing.doubts:
        start = edges[-1][1] if edges else 0.0
        if edges and not any(start <= word.start_seconds < note.start_seconds for word in hearing.words):
            edges[-1] = (edges[-1][0], note.end_seconds)
        else:
            edges.append((note.start_seconds, note.end_seconds))
    return [_around(start, end, decoded) for start, end in edges]


def _around(start_seconds: float, end_seconds: float, decoded: DecodedChunk) -> Chunk:
    return Chunk(
        max(decoded.chunk.start_seconds, start_seconds - CLOSE_SECONDS),
        min(decoded.chunk.end_seconds, end_seconds + CLOSE_SECONDS),
        speech_between(decoded.spans, start_seconds, end_seconds),
    )


def _filled(decoded: DecodedChunk, found: Sequence[DecodedChunk]) -> DecodedChunk:
    """The decoding with the words found in its gaps, where they are good ones."""
    good = [each for each in found if each.words and not is_silence(each) and not list(_failures(each))]
    words = sorted((*decoded.words, *(word for each in good for word in each.words)), key=_start)
    return replace(decoded, words=tuple(words))


def _start(word: Word) -> float:
    return word.start_seconds


def _alone(
    whisper: Whisper,
    samples: Samples,
    chunks: Sequence[Chunk],
    language: str,
    whole: bool = False,
    search: Search = DEFAULT_SEARCH,
) -> list[DecodedChunk]:
    """One chunk after the other, each with what the model left of it."""
    found: list[DecodedChunk] = []
    for chunk in chunks:
        todo: Chunk | None = chunk
        for _ in range(MOST_ROUNDS):
            if todo is None:
                break
            found += decode_chunks(whisper, [padded(whisper, samples, todo, whole)], language, "", search)
            todo = found[-1].rest
    return found


def _failures(decoded: DecodedChunk) -> Iterator[Note]:
    """What the model's own figures say about a decoding."""
    start, end = decoded.chunk.start_seconds, decoded.chunk.end_seconds
    if decoded.words and decoded.avg_logprob < LOWEST_LOGPROB and not is_silence(decoded):
        yield Note(cause=IMPROBABLE, start_seconds=start, end_seconds=end)
    if decoded.was_cut_off or decoded.compression_ratio > HIGHEST_COMPRESSION_RATIO:
        yield Note(cause=LOOP, start_seconds=start, end_seconds=end)
