"""The rule of attempts: a whole day of a source that is down, on a clock that is steered."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from flows.jobs.job_chain import patience_of
from flows.orchestration.retry_policy import INTERRUPTED, Attempt, Patience, by_hand

DAY = Patience((1, 5, 15, 60), 24)
MORNING = datetime(2026, 11, 19, 8, tzinfo=UTC)


def a_day(patience: Patience, takes: timedelta) -> list[datetime]:
    """When each attempt begins at a source that stays down; one takes so long to fail."""
    attempt, starts_at, begun = Attempt(), MORNING, []
    while True:
        begun.append(starts_at)
        following = patience.after_failure(attempt, "server_error", starts_at + takes)
        if following is None:
            return begun
        attempt, starts_at = following.attempt, following.starts_at


def test_a_day_of_a_server_that_is_down_costs_27_attempts_with_the_documented_pauses() -> None:
    begun = a_day(DAY, takes=timedelta(0))
    pauses = [(after - before) / timedelta(minutes=1) for before, after in pairwise(begun)]
    assert pauses == [1, 5, 15] + [60] * 23
    assert len(begun) == DAY.most_tries == 27
    assert begun[-1] - begun[0] <= timedelta(hours=24)


def test_the_settings_that_ship_are_those_of_the_documentation() -> None:
    assert patience_of(Settings()) == DAY


def test_what_the_other_side_asks_for_is_the_least_pause_and_never_shortens_one() -> None:
    asked = DAY.after_failure(Attempt(), "server_error", MORNING, timedelta(minutes=40))
    assert asked is not None
    assert asked.starts_at == MORNING + timedelta(minutes=40)
    impatient = DAY.after_failure(Attempt(tries=4), "server_error", MORNING, timedelta(seconds=1))
    assert impatient is not None
    assert impatient.starts_at == MORNING + timedelta(hours=1)


def test_a_run_whose_worker_died_goes_on_at_once_and_one_that_kills_its_worker_not_for_ever() -> None:
    attempt, pauses = Attempt(), []
    while (following := DAY.after_interruption(attempt, MORNING)) is not None:
        pauses.append((following.starts_at - MORNING) / timedelta(minutes=1))
        attempt = following.attempt
        assert attempt.follows == INTERRUPTED
    assert pauses[:5] == [0, 1, 5, 15, 60]
    assert len(pauses) == DAY.most_tries - 1


def test_a_worker_that_is_told_to_stop_costs_no_try() -> None:
    following = DAY.after_stop(Attempt(number=4, tries=3), MORNING)
    assert following.attempt == Attempt(number=5, tries=3, follows=INTERRUPTED)
    assert following.starts_at == MORNING


def test_a_person_who_asks_gives_it_a_whole_day_again() -> None:
    assert by_hand(Attempt(number=27, tries=27, follows="server_error")) == Attempt(number=28)


@given(
    pauses=st.lists(st.floats(0.05, 1440), min_size=1, max_size=8),
    hours=st.floats(0.01, 336),
    takes=st.floats(0, 300),
)
def test_attempts_come_to_an_end_and_never_sooner_than_their_pause(
    pauses: list[float], hours: float, takes: float
) -> None:
    patience = Patience(pauses, hours)
    if patience.most_tries > 500:
        return
    begun = a_day(patience, timedelta(seconds=takes))
    assert len(begun) == patience.most_tries
    least = timedelta(minutes=min(pauses)) - timedelta(milliseconds=1)
    assert all(after - before >= least for before, after in pairwise(begun))


@pytest.mark.parametrize("hours", [0.001, 1, 24, 336])
def test_there_is_always_a_first_try(hours: float) -> None:
    assert Patience((60,), hours).most_tries >= 1


def test_the_last_attempt_comes_after_a_mail_was_given_up_so_that_its_ledger_says_failed() -> None:
    begun = a_day(DAY, takes=timedelta(0))
    assert begun[-1] - begun[0] > timedelta(hours=Settings().announcement.retry_hours)
