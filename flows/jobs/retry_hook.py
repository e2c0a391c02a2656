"""How an attempt of a deployment ends that failed, and what its hook then does.

An error that time can mend ends the run as failed under the name `WillRetry`, with the time of the next
attempt in its state, and the hook makes that attempt. Any other error is final.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State, StateDetails, StateType
from prefect.context import FlowRunContext
from prefect.states import Failed

from flows.composition import resources
from flows.jobs.job_chain import begin_next, next_of, patience_of
from flows.orchestration.prefect_errors import prefect_translated
from flows.orchestration.retry_policy import Attempt
from flows.prefect_names import WILL_RETRY
from flows.reporting.run_artifacts import leave_error
from tasks.clock import utc_now
from transcripts.errors.error_kinds import StepError, TemporaryError
from transcripts.errors.job_errors import JobGaveUpError

logger = logging.getLogger("mitschnitt.flows")

Result = TypeVar("Result")


def end_attempt(error: StepError, attempt: Attempt) -> State[Any]:
    """The state in which a run ends after `error`. Raises the error where no other attempt follows.

    Raises JobGaveUpError when there were as many attempts as the settings allow.
    """
    context = FlowRunContext.get()
    is_deployed = context is not None and context.flow_run is not None and context.flow_run.deployment_id
    if not isinstance(error, TemporaryError) or not is_deployed:
        raise error
    patience, now = patience_of(resources().settings), utc_now()
    asked_for = timedelta(seconds=error.retry_after_seconds or 0)
    following = patience.after_failure(attempt, error.code, now, asked_for)
    if following is None:
        raise JobGaveUpError(count=attempt.tries) from error
    details = StateDetails.model_validate({"scheduled_time": following.starts_at})
    pause_seconds = (following.starts_at - now).total_seconds()
    logger.info(
        "Attempt %d ends here: %s. The next one begins in %.0f s.", attempt.number, error, pause_seconds
    )
    return Failed(name=WILL_RETRY, message=error.code, state_details=details, data=error)


def end_told_attempt(error: StepError, attempt: Attempt) -> State[Any]:
    """The same; the error is left with the run, for the pages that say how it stands."""
    try:
        state = end_attempt(error, attempt)
    except StepError as final:
        leave_error(final)
        raise
    leave_error(error)
    return state


def attempted(work: Callable[[], Result], attempt: Attempt) -> Result | State[Any]:
    """What `work` returns, or the state in which a run ends. Raises what `end_attempt` raises."""
    try:
        with prefect_translated():
            return work()
    except StepError as error:
        return end_attempt(error, attempt)


def begin_next_attempt(
    flow: Flow[..., Any],  # noqa: ARG001 - hooks are called by these names
    flow_run: FlowRun,
    state: State[Any],
) -> None:
    """A hook for `on_failure`: put the next attempt in line, if one is to follow."""
    ended = flow_run.model_copy(update={"state": state})
    if flow_run.deployment_id is None or state.type is not StateType.FAILED:
        return
    following = next_of(ended, patience_of(resources().settings))
    if following is not None:
        with get_client(sync_client=True) as client:
            begin_next(client, ended, following)
