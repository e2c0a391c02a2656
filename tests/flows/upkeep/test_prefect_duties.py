"""Whether what Prefect starts does happen: asked of a real server, whose scheduler a test can do without."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from flows.duties import RETRIES, ScheduledDuty
from flows.orchestration.prefect_http import prefect_client
from flows.upkeep.prefect_duties import GRACE, START_GRACE, PrefectDuties
from tests.steered_clock import SteeredClock
from transcripts.duties.duty import (
    FAILED,
    LATE,
    NEVER_SEEN,
    NO_FUTURE_RUN,
    NO_WORKER,
    NOT_DEPLOYED,
    PAUSED,
    PREFECT_AWAY,
    Duty,
    DutyReport,
    report,
)

TOLERANCE = timedelta(minutes=20)
HOURLY = timedelta(hours=1)
_numbers = count()


@dataclass
class Place:
    """A deployment of its own, its pool, and what is known of its duty."""

    api: httpx.Client
    name: str
    deployment_id: str
    clock: SteeredClock
    duties: PrefectDuties
    duty: Duty
    runs: list[str] = field(default_factory=list)

    def post(self, path: str, **about: Any) -> Any:
        return made(self.api, path, about)

    def delete(self, path: str) -> None:
        made(self.api, path, None, "DELETE")

    def look(self, after: timedelta = timedelta(0)) -> DutyReport:
        self.clock.pass_by(after)
        self.duties.look()
        while code_of(self.report()) == PREFECT_AWAY:  # its database had no time
            self.duties.look()
        return self.report()

    def report(self) -> DutyReport:
        return report(self.duty, self.duties.states[self.duty], self.clock.now())

    def run(self, starts_in: timedelta, state: str = "SCHEDULED") -> str:
        """A run as the scheduler makes it, and what became of it."""
        due = (datetime.now(UTC) + starts_in).isoformat()
        scheduled = {"type": "SCHEDULED", "name": "Scheduled", "state_details": {"scheduled_time": due}}
        path = f"deployments/{self.deployment_id}/create_flow_run"
        run = str(self.post(path, state=scheduled)["id"])
        if state != "SCHEDULED":
            self.post(f"flow_runs/{run}/set_state", state={"type": state}, force=True)
        return run

    def work(self) -> None:
        """A worker says that it is there."""
        self.post(f"work_pools/{self.name}/workers/heartbeat", name="rechner", heartbeat_interval_seconds=600)


@pytest.fixture
def place(idle_prefect_server: str) -> Iterator[Place]:
    """A schedule as it should be: made known, active, with a worker, a good run and one to come."""
    with prefect_client(idle_prefect_server) as api:
        yield made_place(api)


def made(api: httpx.Client, path: str, about: dict[str, Any] | None, method: str = "POST") -> Any:
    """What the server answers, as soon as its database has time for it."""
    while (answer := api.request(method, path, json=about)).status_code == httpx.codes.SERVICE_UNAVAILABLE:
        time.sleep(0.2)
    return answer.raise_for_status().json() if answer.content else None


def made_place(api: httpx.Client) -> Place:
    name = f"probe{next(_numbers)}"
    flow = made(api, "flows/", {"name": name})["id"]
    made(api, "work_pools/", {"name": name, "type": "mitschnitt"})
    schedule = {"schedule": {"interval": HOURLY.total_seconds()}, "active": True}
    about = {"name": "stuendlich", "flow_id": flow, "work_pool_name": name, "schedules": [schedule]}
    deployment = made(api, "deployments/", about)["id"]
    duty = Duty(name, "Probe", "jede Stunde", "Nachsehen.", TOLERANCE)
    clock = SteeredClock(datetime.now(UTC))
    duties = PrefectDuties(api, [ScheduledDuty(duty, f"{name}/stuendlich", HOURLY)], (), clock)
    place = Place(api, name, deployment, clock, duties, duty)
    place.work()
    place.run(timedelta(minutes=-1), "COMPLETED")
    place.runs.append(place.run(timedelta(minutes=30)))
    return place


def code_of(report: DutyReport) -> str | None:
    return report.state.trouble.code if report.state.trouble else None


def test_what_goes_well_is_green_and_says_when_it_was_done_and_is_due(place: Place) -> None:
    found = place.look()
    assert (found.is_overdue, code_of(found)) == (False, None)
    assert found.state.last_done is not None
    assert abs(found.state.last_done - place.clock.now()) < timedelta(minutes=5)
    assert found.state.next_due is not None
    assert timedelta(minutes=20) < found.state.next_due - place.clock.now() < timedelta(minutes=40)
    assert not place.look(after=timedelta(minutes=10)).is_overdue


def test_an_active_schedule_without_a_run_to_come_is_dead_after_three_minutes(place: Place) -> None:
    assert not place.look().is_overdue
    place.delete(f"flow_runs/{place.runs[0]}")
    found = place.look(after=timedelta(seconds=30))
    assert (found.is_overdue, code_of(found)) == (False, NO_FUTURE_RUN)
    assert not place.look(after=GRACE - timedelta(seconds=1)).is_overdue
    found = place.look(after=timedelta(seconds=1))
    assert (found.is_overdue, code_of(found)) == (True, NO_FUTURE_RUN)
    assert place.api.get("health").json() is True, "the server says that all is well"
    place.run(timedelta(minutes=50))
    assert not place.look().is_overdue


def test_a_gap_of_a_moment_is_no_outage_and_does_not_count_for_the_next_one(place: Place) -> None:
    place.delete(f"flow_runs/{place.runs[0]}")
    place.look()
    place.look(after=timedelta(minutes=2))
    run = place.run(timedelta(minutes=50))
    assert code_of(place.look()) is None
    place.delete(f"flow_runs/{run}")
    assert not place.look(after=timedelta(minutes=2)).is_overdue


def test_a_schedule_that_somebody_halted_is_red(place: Place) -> None:
    place.post(f"deployments/{place.deployment_id}/pause_deployment")
    found = place.look()
    assert (found.is_overdue, code_of(found)) == (True, PAUSED)
    place.post(f"deployments/{place.deployment_id}/resume_deployment")
    assert code_of(place.look()) != PAUSED


def test_a_schedule_of_which_every_part_is_inactive_is_red(place: Place) -> None:
    path = f"deployments/{place.deployment_id}/schedules"
    (schedule,) = place.api.get(path).json()
    made(place.api, f"{path}/{schedule['id']}", {"active": False}, "PATCH")
    found = place.look()
    assert (found.is_overdue, code_of(found)) == (True, PAUSED)


def test_a_run_that_nobody_takes_is_late_and_after_a_while_red(place: Place) -> None:
    place.run(timedelta(minutes=-5))
    found = place.look()
    assert (found.is_overdue, code_of(found)) == (False, LATE)
    found = place.look(after=timedelta(minutes=16))
    assert (found.is_overdue, code_of(found)) == (True, LATE)


@pytest.mark.parametrize("state", ["FAILED", "CRASHED"])
def test_a_run_that_failed_is_red_until_one_goes_well(place: Place, state: str) -> None:
    place.run(timedelta(0), state)
    first = place.look()
    assert (first.is_overdue, code_of(first)) == (True, FAILED)
    place.run(timedelta(0), state)
    again = place.look(after=timedelta(minutes=15))
    assert again.overdue_since is not None
    assert again.overdue_since < place.clock.now() - timedelta(minutes=14), "since the first of them"
    assert again.state.last_done == first.state.last_done
    place.run(timedelta(0), "COMPLETED")
    found = place.look()
    assert (found.is_overdue, code_of(found)) == (False, None)


def test_a_run_that_never_ends_is_red_when_it_should_have(place: Place) -> None:
    place.run(timedelta(0), "RUNNING")
    place.delete(f"flow_runs/{place.runs[0]}")
    place.run(timedelta(hours=3))
    assert not place.look(after=timedelta(minutes=75)).is_overdue
    found = place.look(after=timedelta(minutes=10))
    assert (found.is_overdue, code_of(found)) == (True, LATE)


def test_a_pool_without_a_worker_is_red(idle_prefect_server: str) -> None:
    with prefect_client(idle_prefect_server) as api:
        place = made_place(api)
        place.delete(f"work_pools/{place.name}/workers/rechner")
        found = place.look()
        assert (found.is_overdue, code_of(found)) == (False, NO_WORKER)
        found = place.look(after=GRACE)
        assert (found.is_overdue, code_of(found)) == (True, NO_WORKER)
        place.work()
        assert not place.look().is_overdue


def test_what_was_never_made_known_is_red_when_there_was_time_enough(
    idle_prefect_server: str,
) -> None:
    duty, clock = Duty("neu", "Neu", "nie", "Nachsehen.", TOLERANCE), SteeredClock()
    with prefect_client(idle_prefect_server) as api:
        duties = PrefectDuties(api, [ScheduledDuty(duty, "gibt/es-nicht", HOURLY)], [RETRIES], clock)
        for passed, is_red in ((timedelta(0), False), (START_GRACE, True)):
            clock.pass_by(passed)
            duties.look()
            reports = [report(each, state, clock.now()) for each, state in duties.states.items()]
            assert [code_of(each) for each in reports] == [NOT_DEPLOYED, NEVER_SEEN]
            assert [each.is_overdue for each in reports] == [is_red, is_red]


def test_a_server_that_is_away_is_the_trouble_of_all_and_what_was_known_stays_known(place: Place) -> None:
    known = place.look().state.last_done
    away = PrefectDuties(
        prefect_client("http://127.0.0.1:9/api"),
        [ScheduledDuty(place.duty, f"{place.name}/stuendlich", HOURLY)],
        [RETRIES],
        place.clock,
    )
    away.states = {**away.states, **place.duties.states}
    for passed, is_red in ((timedelta(0), False), (GRACE, True)):
        place.clock.pass_by(passed)
        away.look()
        reports = [report(each, state, place.clock.now()) for each, state in away.states.items()]
        assert {code_of(each) for each in reports} == {PREFECT_AWAY}
        assert {each.is_overdue for each in reports} == {is_red}
        assert away.states[place.duty].last_done == known
