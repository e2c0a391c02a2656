"""Transcribing window by window: what is done stays done, also when the process is killed."""

import signal
import time
from dataclasses import replace
from pathlib import Path

from tests.flows.workplace import Workplace
from tests.media_samples import MEETING, make, meeting_clip
from transcripts.model import Transcript

PATIENCE_SECONDS = 240


def window_results(workplace: Workplace) -> dict[str, int]:
    """The persisted windows, with the time at which each was written."""
    folder = workplace.folder / "work/prefect/results"
    return {file.name: file.stat().st_mtime_ns for file in folder.glob("window-*")}


def two_windows(target: Path) -> Path:
    """A minute of speech, a long silence, and another minute."""
    speech = "aresample=16000,aformat=channel_layouts=mono"
    return make(
        target,
        *("-t", "60", "-i", str(MEETING)),
        *("-f", "lavfi", "-t", "400", "-i", "anullsrc=r=16000:cl=mono"),
        *("-ss", "56", "-t", "60", "-i", str(MEETING)),
        "-filter_complex",
        f"[0:a]{speech}[first];[2:a]{speech}[second];[first][1:a][second]concat=n=3:v=0:a=1",
    )


def killed_after_the_first_window(workplace: Workplace, sound: Path) -> dict[str, int]:
    process = workplace.start("transcribe", str(sound), "--output", "out")
    for _ in range(PATIENCE_SECONDS * 20):
        if window_results(workplace):
            break
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return window_results(workplace)


def test_a_killed_transcription_goes_on_at_the_next_window_and_ends_the_same(
    workplace: Workplace, tmp_path: Path
) -> None:
    sound = two_windows(tmp_path / "sound.wav")
    done = killed_after_the_first_window(workplace, sound)
    assert len(done) == 1
    assert not (workplace.folder / "out").exists(), "nothing half-done is written"

    answer = workplace.run("transcribe", str(sound), "--output", "out")
    assert answer.status == 0, answer.err
    after = window_results(workplace)
    assert len(after) == 2
    assert done.items() <= after.items(), "the first window is not decoded again"

    undisturbed = replace(workplace, folder=tmp_path / "undisturbed")
    undisturbed.folder.mkdir()
    assert undisturbed.run("transcribe", str(sound), "--output", "out").status == 0
    transcripts = [each.folder / "out/transcript.json" for each in (workplace, undisturbed)]
    assert transcripts[0].read_bytes() == transcripts[1].read_bytes()
    assert len(Transcript.model_validate_json(transcripts[0].read_bytes()).segments) > 10


def test_a_finished_transcription_leaves_no_sound_behind(workplace: Workplace, tmp_path: Path) -> None:
    meeting_clip(tmp_path / "clip.mp4", 0, 12)
    assert workplace.run("transcribe", str(tmp_path / "clip.mp4"), "--output", "out").status == 0
    assert list((workplace.folder / "work/transcriptions").iterdir()) == []
