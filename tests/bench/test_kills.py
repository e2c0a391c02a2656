"""The judgement on killed transcriptions: it fails when a promise is broken, and only then."""

from pathlib import Path

import pytest

from bench.kills import Attempt, Totals, Workplaces, attempt, judge
from tests.media_samples import meeting_clip
from tests.prefect_server import running_prefect_server

UNDISTURBED = Attempt(60.0, True, begun=5, kept_before=0, newly_kept=5, kept_anew=0)
KILLED = Attempt(20.0, False, begun=3, kept_before=0, newly_kept=2, kept_anew=0)
REST = Attempt(40.0, True, begun=3, kept_before=2, newly_kept=3, kept_anew=0)


def totals(*attempts: Attempt, transcript: bytes = b"same") -> Totals:
    return Totals(attempts, (transcript,))


def test_one_window_a_kill_and_the_same_bytes_are_as_promised(capsys: pytest.CaptureFixture[str]) -> None:
    judge(UNDISTURBED, b"same", totals(KILLED, REST))
    assert "1 in all, at most 1 for a kill" in capsys.readouterr().out


def test_a_kill_that_costs_two_windows_is_told() -> None:
    costly = Attempt(20.0, False, begun=3, kept_before=0, newly_kept=1, kept_anew=0)
    with pytest.raises(SystemExit, match="cost more"):
        judge(UNDISTURBED, b"same", totals(costly, REST))


def test_a_kept_window_that_is_decoded_again_is_told() -> None:
    again = Attempt(40.0, True, begun=3, kept_before=2, newly_kept=3, kept_anew=1)
    with pytest.raises(SystemExit, match="cost more"):
        judge(UNDISTURBED, b"same", totals(KILLED, again))


def test_another_transcript_is_told() -> None:
    with pytest.raises(SystemExit, match="cost more"):
        judge(UNDISTURBED, b"same", totals(KILLED, REST, transcript=b"other"))


@pytest.mark.parametrize("begun", [0, 4])
def test_an_undisturbed_end_must_show_as_many_windows_begun_as_kept(begun: int) -> None:
    strange = Attempt(40.0, True, begun, kept_before=2, newly_kept=3, kept_anew=0)
    with pytest.raises(SystemExit, match="begun and kept differ"):
        judge(UNDISTURBED, b"same", totals(KILLED, strange))


def test_begun_windows_are_counted_and_those_taken_from_kept_results_are_not(tmp_path: Path) -> None:
    clip = meeting_clip(tmp_path / "clip.mp4", 0, 12)
    (tmp_path / "prefect").mkdir()
    with running_prefect_server(tmp_path / "prefect") as address:
        workplace = Workplaces(tmp_path, address).fresh()
        first, second = attempt(workplace, clip, None), attempt(workplace, clip, None)
        killed = attempt(workplace, clip, 0.5)
    assert (first.finished, first.begun, first.newly_kept) == (True, 1, 1)
    assert (second.finished, second.begun, second.kept_before, second.newly_kept) == (True, 0, 1, 0)
    assert (killed.finished, killed.begun, killed.kept_anew) == (False, 0, 0)
