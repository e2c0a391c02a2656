"""Puts recordings back in line that were interrupted, where no automation of Prefect's server does.

An automation does so within seconds (see flows.automations), unless the server was started again
meanwhile: it has then forgotten what came before an event, and keeps the event back for 15 minutes
in case that still arrives. So each worker looks, too; and one that stops gives back what it had.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import AwaitingRetry

from flows.prefect_names import INTERRUPTED, JOB_TAG

PAGE = 200
# The automation has had its turn by then: the two do not meet.
LEFT_TO_AUTOMATION = timedelta(seconds=20)
UNDER_WAY = (StateType.RUNNING, StateType.PENDING, StateType.CRASHED)


def put_back_in_line() -> None:
    """All recordings that crashed and were left lying. Raises httpx.TransportError."""
    latest = datetime.now(UTC) - LEFT_TO_AUTOMATION
    with get_client(sync_client=True) as client:
        crashed = _runs(client, FlowRunFilter(), [StateType.CRASHED])
        for run in crashed:
            if run.state is not None and run.state.timestamp < latest:
                client.set_flow_run_state(run.id, AwaitingRetry(message=INTERRUPTED))


def give_back(run_ids: Iterable[UUID]) -> None:
    """Recordings whose processes were ended with their worker. Raises httpx.TransportError.

    Safe to force: the processes are gone, and nobody else takes a run that is under way.
    """
    ids = list(run_ids)
    if not ids:
        return
    with get_client(sync_client=True) as client:
        for run in _runs(client, FlowRunFilter(id=FlowRunFilterId(any_=ids)), UNDER_WAY):
            client.set_flow_run_state(run.id, AwaitingRetry(message=INTERRUPTED), force=True)


def _runs(client: SyncPrefectClient, wanted: FlowRunFilter, states: Sequence[StateType]) -> list[FlowRun]:
    chosen = wanted.model_copy(
        update={
            "tags": FlowRunFilterTags(all_=[JOB_TAG]),
            "state": FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states))),
        }
    )
    return client.read_flow_runs(flow_run_filter=chosen, limit=PAGE)
