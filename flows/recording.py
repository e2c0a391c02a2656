"""A recording's way as a deployment: run by any worker, and gone on with when something stops it.

What time can mend puts the run back in line, for whichever worker is free then. A run whose
worker died is put back by an automation (see flows.automations).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State, StateType
from prefect.context import FlowRunContext
from prefect.states import AwaitingRetry

from flows.prefect_names import RECORD_ARTIFACT, RECORDING_FLOW, RETRIED_BY_HAND
from flows.process import ProcessOutcome, make_record
from flows.request import ProcessRequest
from flows.shared_results import ArchiveResults  # noqa: F401 - Prefect finds a block only where it was loaded
from flows.telling import tell_trouble, tell_words
from transcripts.errors import PermanentError, StepError, TemporaryError

# Pauses before the second, third … run; the last one repeats. Steps have tried several times by then.
PAUSES_MINUTES = (1, 5, 15, 60)
# A day with the longest pause. A run that is this often interrupted interrupts its worker itself.
MOST_RUNS = 27


@flow(name=RECORDING_FLOW, flow_run_name="{request.label}", persist_result=False)
def recording(request: ProcessRequest) -> ProcessOutcome | State[Any]:
    """From the URL to the announced record, or back in line when time can mend what went wrong.

    Raises StepError; its German explanation is left as an artifact of the run.
    """
    tries = _tries()
    try:
        if tries > MOST_RUNS:
            raise PermanentError("job_gave_up", count=MOST_RUNS)
        outcome = _made(request)
    except StepError as error:
        tell_trouble(error)
        if isinstance(error, TemporaryError) and tries < MOST_RUNS:
            return AwaitingRetry(scheduled_time=datetime.now(UTC) + _pause(tries), message=error.code)
        raise
    tell_words(outcome.record_id, RECORD_ARTIFACT, outcome.stage)
    return outcome


def _made(request: ProcessRequest) -> ProcessOutcome:
    """`make_record`, for which a server that is away for longer than its client waits is temporary, too."""
    try:
        return make_record(request)
    except httpx.TransportError as error:
        raise TemporaryError("prefect_unreachable") from error


def _pause(tries: int) -> timedelta:
    return timedelta(minutes=PAUSES_MINUTES[min(tries, len(PAUSES_MINUTES)) - 1])


def _tries() -> int:
    """How often this run was begun since a person last asked for it, this time included."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return 1
    with get_client(sync_client=True) as client:
        states = client.read_flow_run_states(context.flow_run.id)
    tries = 0
    for state in sorted(states, key=lambda each: each.timestamp):
        tries = 0 if state.message == RETRIED_BY_HAND else tries + (state.type is StateType.RUNNING)
    return max(1, tries)
