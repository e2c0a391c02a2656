"""Resumes jobs whose last attempt crashed before it could schedule the next one.

Every worker looks now and then, and one that stops gives on what it had. Doing it again, or by several
at once, changes nothing: each attempt has one successor (see flows.jobs.job_chain).
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterId,
    FlowRunFilterIdempotencyKey,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import PrefectHTTPStatusError
from prefect.states import Cancelled, Crashed

from config.settings import Settings
from flows.jobs.job_chain import attempt_of, begin_next, next_of, patience_of, root_id_of
from flows.orchestration.retry_policy import Patience
from flows.organiser_mails.job_failures import notify_of_abandoned_run
from flows.prefect_names import LOST_BEFORE_START, STOPPED_WITH_WORKER, WILL_RETRY, attempt_key

logger = logging.getLogger("mitschnitt.worker")

PAGE = 200
# The hook of a run that failed has had its turn by then.
LEFT_TO_HOOK = timedelta(seconds=10)
# A process is started, and ended, within seconds. Whoever was to do it is gone.
LONGEST_WAIT = timedelta(minutes=10)
# What lies longer was not wanted back by anybody.
LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Deployed:
    """The ids of our deployments: of those whose failed runs are tried again, and of the others."""

    tried_again: tuple[UUID, ...]
    others: tuple[UUID, ...] = ()

    @property
    def all_ids(self) -> tuple[UUID, ...]:
        """Both."""
        return self.tried_again + self.others


def resume_interrupted_jobs(settings: Settings, deployed: Deployed, now: datetime) -> None:
    """See to it that every attempt that has to be followed by another one is.

    Raises httpx.HTTPError, as Prefect's client does.
    """
    with get_client(sync_client=True) as client:
        for run in _waiting_for_a_worker(client, deployed.all_ids, now):
            is_lost = run.state_type is StateType.PENDING
            ended: State[Any] = Crashed(message=LOST_BEFORE_START) if is_lost else Cancelled()
            with _alone(run):
                client.set_flow_run_state(run.id, ended)
        follow_up(client, _left_lying(client, deployed.tried_again, now), patience_of(settings))


def hand_over_runs(settings: Settings, deployed: Deployed, run_ids: Iterable[UUID]) -> None:
    """Let what a worker had under way go on elsewhere; its processes have ended.

    Safe to force: nobody else takes a run that is under way. Raises httpx.HTTPError.
    """
    ids = list(run_ids)
    if not ids:
        return
    wanted = FlowRunFilter(id=FlowRunFilterId(any_=ids))
    with get_client(sync_client=True) as client:
        under_way = _runs(client, wanted, [StateType.RUNNING, StateType.PENDING])
        for run in under_way:
            client.set_flow_run_state(run.id, Crashed(message=STOPPED_WITH_WORKER), force=True)
        again = FlowRunFilter(
            id=FlowRunFilterId(any_=[run.id for run in under_way]),
            deployment_id=FlowRunFilterDeploymentId(any_=list(deployed.tried_again)),
        )
        follow_up(client, _runs(client, again, [StateType.CRASHED]), patience_of(settings))


def _left_lying(client: SyncPrefectClient, deployment_ids: Sequence[UUID], now: datetime) -> list[FlowRun]:
    """Attempts that are to be followed by another one, for a moment already."""
    ours = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=list(deployment_ids)))
    crashed = _runs(client, ours, [StateType.CRASHED])
    failed = _runs(client, ours, [StateType.FAILED], WILL_RETRY)
    earliest, latest = now - LOOK_BACK, now - LEFT_TO_HOOK
    return [
        run
        for run in (*crashed, *failed)
        if run.state is not None and earliest < run.state.timestamp < latest
    ]


def follow_up(client: SyncPrefectClient, runs: Sequence[FlowRun], patience: Patience) -> None:
    """Let the attempts follow that have to. Raises httpx.HTTPError for a server that is away."""
    wanted = {attempt_key(root_id_of(run), attempt_of(run).number + 1): run for run in runs}
    made = FlowRunFilter(idempotency_key=FlowRunFilterIdempotencyKey(any_=list(wanted)))
    known = {each.idempotency_key for each in _runs(client, made)} if wanted else set()
    for key, run in wanted.items():
        if key in known:
            continue
        following = next_of(run, patience)
        with _alone(run):
            if following is not None:
                begin_next(client, run, following)
            else:
                notify_of_abandoned_run(run)


@contextmanager
def _alone(run: FlowRun) -> Iterator[None]:
    """What Prefect refuses of one run keeps no other from going on; a server that is away does."""
    try:
        yield
    except PrefectHTTPStatusError as error:
        if error.response.is_server_error:
            raise
        logger.error("run %s cannot be resumed: Prefect answered %d", run.id, error.response.status_code)


def _waiting_for_a_worker(
    client: SyncPrefectClient, deployment_ids: Sequence[UUID], now: datetime
) -> list[FlowRun]:
    """Runs that a worker took long ago and neither started nor, if it was told so, stopped."""
    ours = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=list(deployment_ids)))
    taken = _runs(client, ours, [StateType.PENDING, StateType.CANCELLING])
    return [run for run in taken if run.state is not None and now - run.state.timestamp > LONGEST_WAIT]


def _runs(
    client: SyncPrefectClient,
    wanted: FlowRunFilter,
    states: Sequence[StateType] = (),
    name: str | None = None,
) -> list[FlowRun]:
    """The newest runs of these that are in one of the states."""
    state = FlowRunFilterState(
        type=FlowRunFilterStateType(any_=list(states)) if states else None,
        name=FlowRunFilterStateName(any_=[name]) if name else None,
    )
    chosen = wanted.model_copy(update={"state": state}) if states or name else wanted
    return client.read_flow_runs(
        flow_run_filter=chosen, sort=FlowRunSort.EXPECTED_START_TIME_DESC, limit=PAGE
    )
