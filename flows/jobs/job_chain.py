"""A job as Prefect knows it: a chain of runs, each an attempt, of which the first one names the job.

An attempt that time can mend ends as failed under a name of its own, with the time of the next one in
its state. The next attempt is made by the hook of the run that failed, or, where that process is gone,
by any worker that looks (see flows.workers.job_recovery); both use the same idempotency key, so there
is one.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import TERMINAL_STATES, FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Scheduled
from pydantic import ValidationError

from config.settings import Settings
from flows.orchestration.retry_policy import Attempt, NextAttempt, Patience
from flows.prefect_names import ATTEMPT_TAG, STOPPED_BY_HAND, STOPPED_WITH_WORKER, WILL_RETRY, attempt_key
from tasks.clock import utc_now

PAGE = 200


@dataclass(frozen=True, slots=True)
class Chain:
    """The attempts of one job, the first one first; it may have been removed from Prefect meanwhile."""

    attempts: tuple[FlowRun, ...]

    @property
    def root(self) -> FlowRun:
        """The run whose id is the job's."""
        return self.attempts[0]

    @property
    def last(self) -> FlowRun:
        """The newest attempt."""
        return self.attempts[-1]

    @property
    def is_stopped(self) -> bool:
        """Whether a person has stopped the job."""
        return STOPPED_BY_HAND in self.root.tags


def patience_of(settings: Settings) -> Patience:
    """How long the settings try a job."""
    return Patience(settings.worker.retry_pauses_minutes, settings.worker.retry_hours)


def root_id_of(run: FlowRun) -> UUID:
    """The id of the job that a run is an attempt of."""
    for tag in run.tags:
        if tag.startswith(ATTEMPT_TAG):
            with suppress(ValueError):  # somebody else's tag
                return UUID(tag.removeprefix(ATTEMPT_TAG))
    return run.id


def attempt_of(run: FlowRun) -> Attempt:
    """Which attempt a run is; one that somebody began with something else is the first."""
    try:
        return Attempt.model_validate(run.parameters.get("attempt") or {})
    except ValidationError:
        return Attempt()


def next_of(run: FlowRun, patience: Patience) -> NextAttempt | None:
    """The attempt that has to follow a run, by its state; None when it goes on, or nothing follows."""
    state, attempt = run.state, attempt_of(run)
    if state is None:
        return None
    if state.type is StateType.CRASHED:
        if state.message == STOPPED_WITH_WORKER:
            return patience.after_stop(attempt, state.timestamp)
        return patience.after_interruption(attempt, state.timestamp)
    if state.name != WILL_RETRY:
        return None
    planned = patience.after_failure(attempt, state.message or "", state.timestamp)
    starts_at = state.state_details.scheduled_time
    return NextAttempt(planned.attempt, starts_at) if planned and starts_at else planned


def is_open(chain: Chain, patience: Patience) -> bool:
    """Whether the job's newest attempt has not ended, or another one is to follow."""
    if chain.last.state_type not in TERMINAL_STATES:
        return True
    return not chain.is_stopped and next_of(chain.last, patience) is not None


def begin_next(client: SyncPrefectClient, run: FlowRun, following: NextAttempt) -> FlowRun | None:
    """Put the next attempt in line, once however often it is asked for; None if the job was stopped.

    Looks for the stop again afterwards: who stops a job marks it first and then ends what is in line.
    """
    root_id = root_id_of(run)
    root = run if run.id == root_id else _read(client, root_id)
    if root is None or STOPPED_BY_HAND in root.tags:
        return None
    made = continue_with(client, run, following, {})
    root = _read(client, root_id)
    if root is not None and STOPPED_BY_HAND in root.tags:
        client.set_flow_run_state(made.id, Cancelled())
        return None
    return made


def continue_with(
    client: SyncPrefectClient, run: FlowRun, following: NextAttempt, parameters: dict[str, Any]
) -> FlowRun:
    """The run of the next attempt; `parameters` are those that differ from its predecessor's."""
    assert run.deployment_id is not None  # noqa: S101 - only runs of deployments have successors
    root_id, attempt = root_id_of(run), following.attempt
    return client.create_flow_run_from_deployment(
        run.deployment_id,
        parameters={**run.parameters, **parameters, "attempt": attempt.model_dump(mode="json")},
        name=run.name,
        tags=[*(tag for tag in run.tags if tag != STOPPED_BY_HAND), *_attempt_tags(run, root_id)],
        idempotency_key=attempt_key(root_id, attempt.number),
        state=Scheduled(scheduled_time=max(following.starts_at, utc_now()), message=attempt.follows),
    )


def read_chain(client: SyncPrefectClient, run_id: UUID, tag: str) -> Chain | None:
    """The chain of a run with this tag; None where there is no such run."""
    run = _read(client, run_id, tag)
    return read_chains(client, [run])[0] if run is not None else None


def read_chains(client: SyncPrefectClient, runs: Sequence[FlowRun]) -> list[Chain]:
    """The whole chains of these runs, each once, in the runs' order."""
    root_ids = list(dict.fromkeys(root_id_of(run) for run in runs))
    found = {run.id: run for run in runs}
    found |= {run.id: run for run in _by_id(client, [each for each in root_ids if each not in found])}
    found |= {run.id: run for run in _by_tag(client, [f"{ATTEMPT_TAG}{each}" for each in root_ids])}
    by_root: dict[UUID, list[FlowRun]] = {root_id: [] for root_id in root_ids}
    for run in sorted(found.values(), key=lambda each: attempt_of(each).number):
        by_root[root_id_of(run)].append(run)
    return [Chain(tuple(attempts)) for attempts in by_root.values()]


def mark_stopped(client: SyncPrefectClient, root: FlowRun, *, is_stopped: bool) -> None:
    """Note with the job whether a person has stopped it."""
    tags = [tag for tag in root.tags if tag != STOPPED_BY_HAND]
    client.update_flow_run(root.id, tags=[*tags, STOPPED_BY_HAND] if is_stopped else tags)


def _attempt_tags(run: FlowRun, root_id: UUID) -> list[str]:
    return [] if run.id != root_id else [f"{ATTEMPT_TAG}{root_id}"]


def _read(client: SyncPrefectClient, run_id: UUID, tag: str | None = None) -> FlowRun | None:
    tags = FlowRunFilterTags(all_=[tag]) if tag else None
    found = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id]), tags=tags), limit=1
    )
    return found[0] if found else None


def _by_id(client: SyncPrefectClient, ids: Sequence[UUID]) -> list[FlowRun]:
    if not ids:
        return []
    return client.read_flow_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=list(ids))), limit=PAGE
    )


def _by_tag(client: SyncPrefectClient, tags: Iterable[str]) -> list[FlowRun]:
    """The runs with any of these tags, page by page."""
    wanted, found = FlowRunFilter(tags=FlowRunFilterTags(any_=list(tags))), list[FlowRun]()
    while True:
        page = client.read_flow_runs(
            flow_run_filter=wanted, sort=FlowRunSort.ID_DESC, limit=PAGE, offset=len(found)
        )
        found += page
        if len(page) < PAGE:
            return found
