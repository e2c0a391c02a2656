"""The sounds of the comparison: gaps lie between turns, repetitions are whole, quiet sounds are heard."""

from pathlib import Path

import numpy as np
import pytest

from bench.transcription.sounds import (
    GAP_SECONDS,
    READING,
    WITHOUT_SPEECH,
    Recording,
    repeated,
    sample,
    with_gap,
    without_speech,
)
from tasks.audio.speech_audio import read_samples


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return sample(READING, tmp_path_factory.mktemp("sounds"), most_turns=4)


def test_the_first_turns_end_behind_the_last_of_them(reading: Recording) -> None:
    assert len(reading.turns) == 4
    assert reading.turns[-1].end_seconds < reading.seconds < reading.turns[-1].end_seconds + 1


def test_a_gap_lies_between_two_turns_and_makes_the_sound_longer(reading: Recording, tmp_path: Path) -> None:
    gap = with_gap(reading, "silence", tmp_path)
    assert reading.turns[1].end_seconds < gap.start_seconds < reading.turns[2].start_seconds
    assert gap.recording.seconds == pytest.approx(reading.seconds + GAP_SECONDS, abs=0.05)
    inside = read_samples(gap.recording.speech, gap.start_seconds + 0.1, gap.end_seconds - 0.1)
    assert not inside.any()
    behind = read_samples(gap.recording.speech, gap.end_seconds, gap.recording.seconds)
    assert np.abs(behind).max() > 0.05, "speech goes on"


def test_repetitions_are_whole_and_their_text_too(reading: Recording, tmp_path: Path) -> None:
    twice = repeated(reading, 2 * reading.seconds, tmp_path)
    assert twice.seconds == pytest.approx(2 * reading.seconds, abs=0.05)
    assert twice.said == reading.said * 2


@pytest.mark.parametrize("name", [name for name in WITHOUT_SPEECH if name != "silence"])
def test_a_sound_without_speech_can_be_heard_and_is_not_clipped(name: str, tmp_path: Path) -> None:
    loudest = np.abs(read_samples(without_speech(name, 2, tmp_path), 0.0, 2.0)).max()
    assert 0.05 < loudest < 0.99
