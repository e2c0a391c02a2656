"""The recogniser on the sample meeting, with the real model: complete, timely, silent where nobody speaks."""

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bench.transcription.scoring import at_gap
from bench.transcription.scoring import plain as plain_words
from tasks.audio.speech_audio import SAMPLE_RATE_HZ, Samples, duration_seconds, read_samples
from tasks.audio.voice_activity import find_speech, find_speech_in_file
from tasks.recognition.decoder import PaddedChunk
from tasks.recognition.recogniser import DecodedWindow, Recogniser, batches, decode_window, load_recogniser
from tasks.recognition.whisper_model import default_model_folder
from tests.media_samples import MEETING, make
from transcripts.errors.error_kinds import PermanentError
from transcripts.model import Word
from transcripts.speech.windows import Chunk, SpeechSpan

# The first three turns of the sample, and when they begin, in seconds from its start.
CLIP_SECONDS = 68.5
TURNS = {0.08: "guten", 31.46: "heute", 55.68: "dann"}


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return default_model_folder(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def recogniser(model_folder: Path) -> Recogniser:
    return load_recogniser(str(model_folder), "cpu", "int8", threads=2)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sound") / "clip.wav"
    return make(target, "-t", str(CLIP_SECONDS), "-i", str(MEETING), "-ac", "1", "-ar", "16000")


@pytest.fixture(scope="module")
def samples(clip: Path) -> Samples:
    return read_samples(clip, 0.0, CLIP_SECONDS)


@pytest.fixture(scope="module")
def spans(samples: Samples) -> list[SpeechSpan]:
    return find_speech(samples)


@pytest.fixture(scope="module")
def decoded(recogniser: Recogniser, samples: Samples, spans: list[SpeechSpan]) -> DecodedWindow:
    return decode_window(recogniser, samples, spans, "de")


def plain(text: str) -> str:
    return text.lower().strip(".,?!")


def test_nothing_said_is_lost(decoded: DecodedWindow) -> None:
    said = " ".join(plain(word.text) for word in decoded.words)
    for phrase in (
        "freue mich dass heute wieder so viele menschen",
        "schaltet bitte die kamera aus",
        "vier punkte auf der tagesordnung",
        "das nächste treffen und sammeln themen",
        "arbeitet in der verwaltung einer gemeinde",
    ):
        assert phrase in said


def test_first_words_of_turns_begin_when_they_are_spoken(decoded: DecodedWindow) -> None:
    for start_seconds, first in TURNS.items():
        near = [word for word in decoded.words if abs(word.start_seconds - start_seconds) < 0.15]
        assert first in [plain(word.text) for word in near], start_seconds


def test_words_are_in_order_and_lie_in_speech(decoded: DecodedWindow, spans: list[SpeechSpan]) -> None:
    starts = [word.start_seconds for word in decoded.words]
    assert starts == sorted(starts)
    for word in decoded.words:
        assert any(
            word.start_seconds < span.end_seconds + 0.05 and word.end_seconds > span.start_seconds - 0.05
            for span in spans
        ), word


def test_a_word_with_a_hyphen_or_a_thousands_point_stays_one_word(decoded: DecodedWindow) -> None:
    assert any("9.000" in word.text for word in decoded.words)


def test_the_number_of_threads_changes_no_byte(
    model_folder: Path, samples: Samples, decoded: DecodedWindow
) -> None:
    single = load_recogniser(str(model_folder), "cpu", "int8", threads=1)
    assert decode_window(single, samples, find_speech(samples), "de") == decoded


def test_a_glossary_corrects_names(recogniser: Recogniser, samples: Samples, spans: list[SpeechSpan]) -> None:
    start = samples[: 13 * SAMPLE_RATE_HZ]
    near = [span for span in spans if span.end_seconds < 12.6]
    words = decode_window(recogniser, start, near, "de", hotwords="Netzwerktreffen Bürgerräte").words
    assert "Netzwerktreffen Bürgerräte" in " ".join(word.text for word in words)


def test_a_model_that_was_not_measured_is_given_thirty_seconds(model_folder: Path) -> None:
    assert load_recogniser(str(model_folder), "cpu", "int8").whisper.short_inputs
    assert not load_recogniser(str(model_folder), "cpu", "int8", short_inputs=False).whisper.short_inputs


def test_an_unknown_model_is_a_permanent_error() -> None:
    with pytest.raises(PermanentError) as raised:
        load_recogniser("no-such-model", "cpu", "int8")
    assert raised.value.code == "model_unknown"


def chord(seconds: float) -> Samples:
    times = np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    notes = [np.sin(2 * np.pi * pitch * times) * np.exp(-3 * (times % 0.5)) for pitch in (262, 330, 392)]
    sound: Samples = (0.2 * np.sum(notes, axis=0)).astype(np.float32)
    return sound


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(np.zeros(20 * SAMPLE_RATE_HZ, np.float32), id="silence"),
        pytest.param(
            np.random.default_rng(1).normal(0, 0.05, 20 * SAMPLE_RATE_HZ).astype(np.float32), id="noise"
        ),
        pytest.param(chord(20), id="music"),
    ],
)
def test_where_nobody_speaks_no_word_is_written(recogniser: Recogniser, sound: Samples) -> None:
    assert decode_window(recogniser, sound, find_speech(sound), "de").words == ()


def test_silence_amid_speech_gets_no_word(
    recogniser: Recogniser, samples: Samples, decoded: DecodedWindow
) -> None:
    cut = round(30.6 * SAMPLE_RATE_HZ)
    gap = np.zeros(30 * SAMPLE_RATE_HZ, np.float32)
    sound = np.concatenate([samples[:cut], gap, samples[cut:]])
    words = decode_window(recogniser, sound, find_speech(sound), "de").words
    assert not [word for word in words if word.end_seconds > 31.0 and word.start_seconds < 60.4]
    said, found = in_words(decoded.words), in_words(words)
    # A compound may be written apart in one of them: letters tell what was lost, words do not.
    assert abs(len("".join(said)) - len("".join(found))) <= 3
    before = in_words([word for word in decoded.words if word.end_seconds <= 31.0])
    around = at_gap(before, said[len(before) :], found)
    assert (around.invented, around.lost) == (0, 0)


def in_words(words: Sequence[Word]) -> list[str]:
    return plain_words(" ".join(word.text for word in words))


def test_speech_is_found_alike_in_a_file_and_in_memory(clip: Path, spans: list[SpeechSpan]) -> None:
    from_file = find_speech_in_file(clip)
    assert [span.start_seconds for span in from_file] == [span.start_seconds for span in spans]
    assert abs(from_file[0].start_seconds - 0.08) < 0.1


def test_sound_is_read_by_stretches(clip: Path, samples: Samples) -> None:
    assert duration_seconds(clip) == pytest.approx(CLIP_SECONDS, abs=0.05)
    stretch = read_samples(clip, 10.0, 11.5)
    assert np.array_equal(stretch, samples[160_000:184_000])
    with wave.open(str(clip)) as stream:
        assert stream.getframerate() == SAMPLE_RATE_HZ
    assert len(read_samples(clip, 1000.0, 1001.0)) == 0


def test_a_batch_holds_chunks_of_like_length_padded_to_one() -> None:
    ready = [_padded(frames) for frames in (2900, 600, 1500, 2700, 1400, 700, 1300, 2800)]
    found = batches(ready)
    assert [[each.frames for each in batch] for batch in found] == [
        [2900, 2800, 2700],
        [1500, 1400, 1300],
        [700, 600],
    ]
    assert all({each.padded_frames for each in batch} == {batch[0].frames} for batch in found)


def test_two_cores_get_an_even_number_of_batches_of_about_equal_size() -> None:
    assert [len(batch) for batch in batches([_padded(1000)] * 18)] == [5, 5, 5, 3]
    assert [len(batch) for batch in batches([_padded(1000)] * 5)] == [3, 2]


def _padded(frames: int) -> PaddedChunk:
    chunk = Chunk(0.0, frames / 100, (SpeechSpan(0.0, frames / 100),))
    return PaddedChunk(chunk, np.zeros((80, frames), np.float32), frames)
