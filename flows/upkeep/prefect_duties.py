"""The state of the duties that Prefect's server starts, asked over HTTP.

Its own `/health` and the status of deployments say nothing about that. What counts are the runs: one
that is completed, one that is to come, one that nobody takes, one that failed.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from config.settings import Settings
from flows.duties import BY_WORKERS, SCHEDULED, ScheduledDuty, WorkerDuty, duties_of_workers
from flows.orchestration.prefect_http import prefect_client
from flows.prefect_names import WILL_RETRY
from tasks.processes.supervised_loop import LOOP_CLOCK, LoopClock
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
    DutyState,
    Trouble,
)

# A server that starts again, a worker that another replaces, a scheduler that has its turns.
GRACE = timedelta(minutes=3)
# Until the first worker has made itself known.
START_GRACE = timedelta(minutes=5)
NEXT, NEXT_FIRST = "next_scheduled_start_time", "NEXT_SCHEDULED_START_TIME_ASC"


def prefect_duties(settings: Settings) -> "PrefectDuties | None":
    """The duties of the server that this process is to use, if there is one (see prefect_environment)."""
    address = os.environ.get("PREFECT_API_URL")
    if not address:
        return None
    client = prefect_client(address, os.environ.get("PREFECT_API_AUTH_STRING"))
    return PrefectDuties(client, by_workers=duties_of_workers(settings))


class PrefectDuties:
    """How the duties of one server are. `look` from one thread; `states` may be read from any."""

    def __init__(
        self,
        client: httpx.Client,
        scheduled: Sequence[ScheduledDuty] = SCHEDULED,
        by_workers: Sequence[WorkerDuty] = BY_WORKERS,
        clock: LoopClock = LOOP_CLOCK,
    ) -> None:
        duties = [*(each.duty for each in scheduled), *(each.duty for each in by_workers)]
        self.states = {duty: DutyState() for duty in duties}  # replaced as a whole
        self._client, self._scheduled, self._by_workers = client, scheduled, by_workers
        self._clock = clock
        self._first_seen: dict[tuple[str, str], datetime] = {}
        self._seen_before = self._first_seen

    def look(self) -> None:
        """Ask for all of them; a server that is away, or something else in its place, is their trouble."""
        now = self._clock.now()
        self._seen_before, self._first_seen = self._first_seen, {}
        try:
            self._client.get("health").raise_for_status()
            found = {each.duty: self._scheduled_state(each, now) for each in self._scheduled}
            found |= {each.duty: self._worker_state(each, now) for each in self._by_workers}
        except (httpx.HTTPError, ValueError):
            found = {
                duty: DutyState(known.last_done, None, self._trouble(duty, PREFECT_AWAY, now))
                for duty, known in self.states.items()
            }
        self.states = found

    def _scheduled_state(self, each: ScheduledDuty, now: datetime) -> DutyState:
        answer = self._client.get(f"deployments/name/{each.deployment}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return DutyState(trouble=self._trouble(each.duty, NOT_DEPLOYED, now, START_GRACE))
        deployment = answer.raise_for_status().json()
        runs = _Runs(self._client, deployment["id"])
        last_done, next_due = runs.last_done(), runs.next_due(now)
        troubles = [
            *self._of_schedule(each.duty, deployment, now, has_future=next_due is not None),
            *_of_runs(each, runs.failed_since(last_done), runs.longest_waiting(), now),
            *_of_age(each, last_done or _moment(deployment["created"]), now),
        ]
        return DutyState(last_done, next_due, _worst(troubles, now))

    def _of_schedule(
        self, duty: Duty, deployment: dict[str, Any], now: datetime, *, has_future: bool
    ) -> Iterator[Trouble]:
        """What keeps runs from being made, or from being taken."""
        if deployment["paused"] or not any(each["active"] for each in deployment["schedules"]):
            yield self._trouble(duty, PAUSED, now, timedelta(0))
        elif not has_future:
            yield self._trouble(duty, NO_FUTURE_RUN, now)
        pool = deployment["work_pool_name"]
        if pool is not None and not self._has_worker(pool):
            yield self._trouble(duty, NO_WORKER, now)

    def _worker_state(self, each: WorkerDuty, now: datetime) -> DutyState:
        answer = self._client.get(f"variables/name/{each.variable}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return DutyState(trouble=self._trouble(each.duty, NEVER_SEEN, now, START_GRACE))
        last_done = _moment(answer.raise_for_status().json()["value"])
        return DutyState(last_done, last_done + each.every)

    def _has_worker(self, pool: str) -> bool:
        online = {"workers": {"status": {"any_": ["ONLINE"]}}, "limit": 1}
        answer = self._client.post(f"work_pools/{pool}/workers/filter", json=online)
        return bool(answer.raise_for_status().json())

    def _trouble(self, duty: Duty, code: str, now: datetime, grace: timedelta = GRACE) -> Trouble:
        """Since it was seen first without a break."""
        name = (duty.key, code)
        since = self._first_seen[name] = self._seen_before.get(name, now)
        return Trouble(code, since, grace)


@dataclass(frozen=True, slots=True)
class _Runs:
    """The runs of one deployment. All methods raise httpx.HTTPError."""

    client: httpx.Client
    deployment_id: str

    def last_done(self) -> datetime | None:
        """When the last one was completed."""
        return self._first("END_TIME_DESC", "end_time", state=_states("COMPLETED"))

    def next_due(self, now: datetime) -> datetime | None:
        """When the next one is to begin that a schedule has made."""
        state = {"name": {"any_": ["Scheduled"]}}
        after = {"after_": now.isoformat()}
        return self._first(NEXT_FIRST, NEXT, state=state, next_scheduled_start_time=after)

    def longest_waiting(self) -> datetime | None:
        """When the first one was, or is, to begin that has not begun."""
        return self._first(NEXT_FIRST, NEXT, state=_states("SCHEDULED"))

    def failed_since(self, last_done: datetime | None) -> datetime | None:
        """When the first one ended that failed after the last good one, and is not tried again."""
        ended = {"after_": last_done.isoformat()} if last_done else {}
        state = _states("FAILED", "CRASHED") | {"name": {"not_any_": [WILL_RETRY]}}
        return self._first("START_TIME_ASC", "end_time", state=state, end_time=ended)

    def _first(self, sort: str, moment: str, **runs: dict[str, Any]) -> datetime | None:
        """A moment of the first run of such."""
        of_it = {"id": {"any_": [self.deployment_id]}}
        asked = {"deployments": of_it, "flow_runs": runs, "sort": sort, "limit": 1}
        found = self.client.post("flow_runs/filter", json=asked).raise_for_status().json()
        return _moment(found[0][moment]) if found else None


def _states(*types: str) -> dict[str, Any]:
    return {"type": {"any_": list(types)}}


def _of_runs(
    each: ScheduledDuty, failed: datetime | None, waiting: datetime | None, now: datetime
) -> Iterator[Trouble]:
    """A run that failed, which the next good one makes up for, and one whose time came and went."""
    if failed is not None:
        yield Trouble(FAILED, min(failed, now))  # the server's clock may be ahead of ours
    if waiting is not None and waiting < now:
        yield Trouble(LATE, waiting, each.duty.tolerance)


def _of_age(each: ScheduledDuty, last: datetime, now: datetime) -> Iterator[Trouble]:
    """Nothing was completed for too long, whatever the reason: runs that hang, or that somebody cancelled."""
    due = last + each.every
    if due < now:
        yield Trouble(LATE, due, each.duty.tolerance)


def _worst(troubles: Sequence[Trouble], now: datetime) -> Trouble | None:
    """The one that counts soonest; a run that failed has told so itself, so anything else counts more."""
    over = [each for each in troubles if each.code != FAILED and each.is_over(now)]
    return min(over or troubles, key=lambda each: each.since + each.grace, default=None)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
