"""A decoding that went wrong is mended by the real model; what cannot be mended is noted."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tasks.audio.speech_audio import SAMPLE_RATE_HZ, Samples, read_samples
from tasks.audio.voice_activity import find_speech
from tasks.recognition.decoder import DecodedChunk, Whisper, decode_chunks, padded
from tasks.recognition.recogniser import load_recogniser
from tasks.recognition.redecoding import best_decoding, heard
from tasks.recognition.whisper_model import default_model_folder
from tests.media_samples import MEETING, make
from transcripts.model import Word
from transcripts.speech.windows import Chunk

# The second turn of the sample: what the meeting is about.
START_SECONDS, END_SECONDS = 31.0, 55.0


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Whisper:
    folder = default_model_folder(tmp_path_factory.mktemp("models"))
    return load_recogniser(str(folder), "cpu", "int8", threads=2).whisper


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    clip: Path = tmp_path_factory.mktemp("sound") / "clip.wav"
    make(
        clip,
        "-ss",
        str(START_SECONDS),
        "-to",
        str(END_SECONDS),
        "-i",
        str(MEETING),
        "-ac",
        "1",
        "-ar",
        "16000",
    )
    return read_samples(clip, 0.0, END_SECONDS - START_SECONDS)


@pytest.fixture(scope="module")
def good(whisper: Whisper, samples: Samples) -> DecodedChunk:
    spans = tuple(find_speech(samples))
    chunk = Chunk(0.0, len(samples) / SAMPLE_RATE_HZ, spans)
    return decode_chunks(whisper, [padded(whisper, samples, chunk)], "de")[0]


def text_of(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


def over(chunk: Chunk, text: str) -> tuple[Word, ...]:
    """A text spread evenly over the chunk's speech."""
    tokens = text.split()
    step = (chunk.end_seconds - chunk.start_seconds) / len(tokens)
    return tuple(
        Word(text=token, start_seconds=round(index * step, 2), end_seconds=round((index + 1) * step, 2))
        for index, token in enumerate(tokens)
    )


def test_a_good_decoding_is_not_doubted(good: DecodedChunk) -> None:
    assert heard([good], good.spans, "de").doubts == ()


@pytest.mark.parametrize(
    "invented",
    [
        pytest.param("Untertitel im Auftrag des ZDF für funk, 2017", id="credits"),
        pytest.param("Wir sprechen über das Losverfahren. " * 12, id="loop"),
        pytest.param(
            "and then we have to talk about the budget for this year and that is it " * 2, id="english"
        ),
        pytest.param("heute haben wir vier punkte auf der tagesordnung " * 3, id="no capitals"),
    ],
)
def test_a_known_fault_is_decoded_again_and_the_speech_found(
    whisper: Whisper, samples: Samples, good: DecodedChunk, invented: str
) -> None:
    faulty = replace(good, words=over(good.chunk, invented), avg_logprob=-0.2)
    assert heard([faulty], faulty.spans, "de").doubts != ()
    hearing = best_decoding(whisper, samples, faulty, "de")
    assert hearing.doubts == ()
    assert "Tagesordnung" in text_of(hearing.words)
    assert "Kosten eines Bürgerrates" in text_of(hearing.words)


def test_only_the_speech_without_words_is_decoded_again(
    whisper: Whisper, samples: Samples, good: DecodedChunk
) -> None:
    middle = [word for word in good.words if not 8.0 < word.start_seconds < 16.0]
    holed = replace(good, words=tuple(middle))
    hearing = best_decoding(whisper, samples, holed, "de")
    assert hearing.doubts == ()
    kept = [word for word in hearing.chunks[0].words if word in holed.words]
    assert kept == middle, "what was there is kept as it was"
    assert len(hearing.words) >= len(good.words) - 2


def test_what_stays_doubtful_is_noted_with_its_time(whisper: Whisper, good: DecodedChunk) -> None:
    noise = np.random.default_rng(7).normal(0, 0.1, round(24 * SAMPLE_RATE_HZ)).astype(np.float32)
    holed = replace(good, words=tuple(word for word in good.words if word.end_seconds < 8.0))
    hearing = best_decoding(whisper, noise, holed, "de")
    assert [note.cause for note in hearing.doubts] == ["speech_without_words"] * len(hearing.doubts)
    assert hearing.doubts
    assert all(note.start_seconds >= 7.0 for note in hearing.doubts)
    assert hearing.words == heard([holed], holed.spans, "de").words, "nothing is invented into the noise"


def test_improbable_text_and_text_that_was_cut_off_are_doubted(good: DecodedChunk) -> None:
    improbable = heard([replace(good, avg_logprob=-1.2)], good.spans, "de")
    assert [note.cause for note in improbable.doubts] == ["improbable"]
    assert [note.cause for note in heard([replace(good, was_cut_off=True)], good.spans, "de").doubts] == [
        "loop"
    ]


def test_text_that_the_model_itself_takes_for_silence_is_left_out(good: DecodedChunk) -> None:
    silent = replace(good, avg_logprob=-1.2, no_speech_probability=0.9)
    assert heard([silent], good.spans, "de").words == ()
