"""ffmpeg as a program: one that comes no further is ended, and a person is told what to do."""

import os
from pathlib import Path

import ffmpeg
import pytest

from tasks.media.ffmpeg import local_input, run_ffmpeg
from tests.media_samples import silence
from transcripts.errors.error_kinds import PermanentError
from transcripts.wording.error_wording import explain


def test_one_that_comes_no_further_is_ended_and_said_to_be_stuck(tmp_path: Path) -> None:
    source = tmp_path / "never.mp4"
    os.mkfifo(source)  # nobody writes into it
    with pytest.raises(PermanentError) as caught:
        run_ffmpeg(ffmpeg.output(local_input(source), str(tmp_path / "a.wav")), 60, None, 1.0)
    assert caught.value.code == "conversion_stuck"
    assert "nicht voran" in explain(caught.value)


def test_one_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    silence(tmp_path / "a.mp4", 5)
    heard: list[float] = []
    graph = ffmpeg.output(local_input(tmp_path / "a.mp4")["a"], str(tmp_path / "a.wav"))
    run = run_ffmpeg(graph, 5, heard.append, 20.0)
    assert run.undecodable_packets == 0
    assert heard[-1] == pytest.approx(5, abs=0.2)
