"""The one loop of all that runs beside: it meets everything, says it once, and goes on."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from tasks.processes.supervised_loop import LONGEST_PAUSE_SECONDS, SupervisedLoop
from tests.steered_clock import START, SteeredClock
from tests.troubles import SECRET, TROUBLES, name_of
from transcripts.duties.duty import Duty, is_overdue
from transcripts.errors.error_kinds import StepError
from transcripts.errors.storage_errors import StorageUnreachableError

DUTY = Duty("probe", "Probe", "jede Minute", "Nachsehen.", tolerance=timedelta(minutes=5))


class Work:
    """What is to be done; raises `trouble` while there is one."""

    def __init__(self) -> None:
        self.trouble: BaseException | None = None
        self.done = 0

    def __call__(self) -> bool:
        if self.trouble is not None:
            raise self.trouble
        self.done += 1
        return True


def loop_of(work: Callable[[], bool], clock: SteeredClock) -> SupervisedLoop:
    return SupervisedLoop(DUTY.key, work, lambda: 60.0, grace=DUTY.tolerance, clock=clock)


@pytest.mark.parametrize("trouble", TROUBLES, ids=name_of)
def test_whatever_it_meets_it_goes_on_red_meanwhile_and_green_after(
    trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    clock, work = SteeredClock(), Work()
    loop = loop_of(work, clock)
    assert loop.attempt()
    work.trouble = trouble
    assert not loop.attempt()
    assert loop.state.trouble is not None
    if not isinstance(trouble, StepError):
        assert is_overdue(DUTY, loop.state, clock.now()), "nobody foresaw that: its light is red at once"
    clock.pass_by(timedelta(minutes=6))
    assert not loop.attempt()
    assert is_overdue(DUTY, loop.state, clock.now())
    assert loop.state.last_done == START
    work.trouble = None
    assert loop.attempt()
    assert not is_overdue(DUTY, loop.state, clock.now())
    assert loop.state.trouble is None
    assert loop.state.last_done == clock.now()
    assert SECRET not in caplog.text


@pytest.mark.parametrize("trouble", TROUBLES, ids=name_of)
def test_its_thread_survives(trouble: Exception) -> None:
    clock, work = SteeredClock(), Work()
    work.trouble = trouble
    loop = loop_of(work, clock)
    loop.start()
    wait_for(lambda: len(clock.waits) >= 3)
    work.trouble = None
    wait_for(lambda: work.done >= 2)
    loop.stop()
    assert loop.state.trouble is None


def test_pauses_grow_to_a_bound_and_begin_anew_after_a_success() -> None:
    clock, work = SteeredClock(), Work()
    tried: list[float] = []

    def sometimes() -> bool:
        tried.append(clock.seconds)
        if len(tried) in (10, 13):
            return work()
        if len(tried) == 14:
            loop.stopping.set()
        raise ValueError

    loop = loop_of(sometimes, clock)
    loop.start()
    wait_for(lambda: len(tried) >= 14)
    loop.stop()
    pauses = [b - a for a, b in pairwise(tried)]
    assert pauses[:9] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert max(pauses) == LONGEST_PAUSE_SECONDS
    assert pauses[9:] == [60, 1, 2, 60], "its usual pause, and then the growing ones from their beginning"


def test_a_trouble_is_logged_once_with_its_cause_and_place_and_another_one_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    work = Work()
    loop = loop_of(work, SteeredClock())
    cause = OSError(28, SECRET)

    def away() -> bool:
        try:
            raise cause
        except OSError as error:
            raise StorageUnreachableError(place=SECRET) from error

    work.trouble = ValueError(SECRET)
    for _ in range(5):
        loop.attempt()
    (unforeseen,) = caplog.records
    assert unforeseen.levelno == logging.ERROR
    assert "ValueError in __call__" in unforeseen.message
    assert "test_supervised_loop.py" in unforeseen.message, "the places on the way to it"
    caplog.clear()
    foreseen = loop_of(away, SteeredClock())
    for _ in range(5):
        foreseen.attempt()
    (warning,) = caplog.records
    assert "storage_unreachable in away" in warning.message
    assert "OSError ENOSPC in away" in warning.message
    caplog.clear()
    work.trouble = None
    loop.attempt()
    assert [each.message for each in caplog.records] == ["probe has recovered"]
    work.trouble = ValueError(SECRET)
    loop.attempt()
    assert len(caplog.records) == 2, "it is news again"
    assert SECRET not in caplog.text


def test_a_trouble_that_is_foreseen_may_last_a_while() -> None:
    clock, work = SteeredClock(), Work()
    work.trouble = StorageUnreachableError()
    loop = loop_of(work, clock)
    loop.attempt()
    assert not is_overdue(DUTY, loop.state, clock.now())
    clock.pass_by(timedelta(minutes=4))
    loop.attempt()
    assert not is_overdue(DUTY, loop.state, clock.now())
    clock.pass_by(timedelta(minutes=1))
    assert is_overdue(DUTY, loop.state, clock.now()), "since its first failure"


def test_one_that_hangs_or_has_died_goes_red() -> None:
    clock, work = SteeredClock(), Work()
    loop = loop_of(work, clock)
    loop.attempt()
    clock.pass_by(timedelta(minutes=5, seconds=59))
    assert not is_overdue(DUTY, loop.state, clock.now())
    clock.pass_by(timedelta(seconds=1))
    assert is_overdue(DUTY, loop.state, clock.now())


def test_where_there_was_nothing_to_do_an_earlier_trouble_stays() -> None:
    answers: list[Exception | bool] = [ValueError(), False, True]

    def sometimes() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    loop = loop_of(sometimes, SteeredClock())
    loop.attempt()
    loop.attempt()
    assert loop.state.trouble is not None
    loop.attempt()
    assert loop.state.trouble is None


def test_it_is_stopped_at_once_while_it_rests_and_while_it_waits_after_a_failure() -> None:
    for trouble in (None, ValueError()):
        work = Work()
        work.trouble = trouble
        loop = SupervisedLoop("probe", work, lambda: 3600.0)  # with the real clock
        loop.start()
        wait_for(lambda loop=loop: loop.state.last_done or loop.state.trouble)  # type: ignore[misc]
        loop.stop(patience_seconds=None)  # does not come back before the hour is over, if it waits for that


def test_it_can_be_woken_and_begun_again() -> None:
    work, due = Work(), [3600.0]
    loop = SupervisedLoop("probe", work, lambda: due[0])
    for _ in range(2):
        due[0] = 3600.0
        before = work.done
        loop.start(at_once=True)
        due[0] = 0.0
        loop.wake()
        wait_for(lambda before=before: work.done >= before + 2)  # type: ignore[misc]
        loop.stop(patience_seconds=None)


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)
