"""Transcribing window by window: what is done stays done, also when the process is killed."""

import signal
import time
from pathlib import Path

from tests.flows.conftest import ProcessedSample
from tests.flows.workplace import Workplace, transcript_of
from tests.media_samples import MEETING, meeting_clip
from transcripts.model import Transcript

PATIENCE_SECONDS = 120


def window_results(workplace: Workplace) -> dict[str, int]:
    """The persisted windows, with the time at which each was written."""
    folder = workplace.folder / "work/prefect/results"
    return {file.name: file.stat().st_mtime_ns for file in folder.glob("window-*")}


def killed_after_the_first_window(workplace: Workplace) -> dict[str, int]:
    process = workplace.start("transcribe", str(MEETING), "--output", "out")
    for _ in range(PATIENCE_SECONDS * 20):
        if window_results(workplace):
            break
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return window_results(workplace)


def test_a_killed_transcription_goes_on_at_the_next_window_and_ends_the_same(
    workplace: Workplace, processed_sample: ProcessedSample
) -> None:
    done = killed_after_the_first_window(workplace)
    assert len(done) == 1
    assert not (workplace.folder / "out").exists(), "nothing half-done is written"

    answer = workplace.run("transcribe", str(MEETING), "--output", "out")
    assert answer.status == 0, answer.err
    after = window_results(workplace)
    assert len(after) == 2
    assert done.items() <= after.items(), "the first window is not decoded again"

    transcript = (workplace.folder / "out/transcript.json").read_bytes()
    undisturbed = transcript_of(processed_sample.record)
    assert Transcript.model_validate_json(transcript).segments == undisturbed.segments


def test_a_finished_transcription_leaves_no_sound_behind(workplace: Workplace, tmp_path: Path) -> None:
    meeting_clip(tmp_path / "clip.mp4", 0, 12)
    assert workplace.run("transcribe", str(tmp_path / "clip.mp4"), "--output", "out").status == 0
    assert list((workplace.folder / "work/transcriptions").iterdir()) == []
