"""A recogniser in a process of its own, as the comparison runs it."""

from pathlib import Path

import pytest

from bench.transcription.engines import CPP_8_BIT, OURS, SEQUENTIAL, Models, engines_for, in_own_process
from bench.transcription.scoring import plain, start_errors
from bench.transcription.sounds import READING, sample
from tasks.recognition.whisper_model import default_model_folder


def test_an_engine_tells_what_it_heard_when_and_what_it_took(tmp_path: Path) -> None:
    models = Models(default_model_folder(tmp_path / "models"), {})
    reading = sample(READING, tmp_path, most_turns=2)
    run = in_own_process(OURS, models, reading.speech)
    assert "einen goldenen ring an den finger" in " ".join(plain(run.text))
    assert start_errors(reading.turns, run.spoken).median_seconds < 0.2
    assert 0 < run.seconds < 600
    assert (models.ctranslate2 / "model.bin").stat().st_size / 2**20 < run.peak_megabytes < 2000


def test_an_engine_that_fails_ends_the_comparison_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="in sequence failed"):
        in_own_process(SEQUENTIAL, Models(tmp_path / "no-model-here", {}), tmp_path / "no.wav")


def test_whisper_cpp_takes_part_only_with_weights_in_its_format() -> None:
    wanted = (OURS, CPP_8_BIT)
    assert engines_for(Models(Path("model"), {}), wanted) == [OURS]
    assert engines_for(Models(Path("model"), {CPP_8_BIT: Path("q8_0.bin")}), wanted) == [OURS, CPP_8_BIT]
