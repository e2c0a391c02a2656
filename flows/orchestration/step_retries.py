"""When a step is tried again within its attempt: soon, a few times, and only what time can mend."""

import logging
import time
from typing import Any

from prefect import Task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import exponential_backoff

from flows.reporting.run_artifacts import leave_error
from transcripts.errors.error_kinds import TemporaryError
from transcripts.wording.error_wording import Again

# For what is over in a moment. What lasts longer ends the attempt, and the next one follows after a pause.
RETRIES = 2
RETRY_DELAYS = exponential_backoff(backoff_factor=5)  # 5, 10 s
# A server may ask for a pause; a longer one ends the attempt.
LONGEST_PAUSE_SECONDS = 60.0

logger = logging.getLogger("mitschnitt.steps")


def is_temporary(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether a failed task is to be tried again: only what time can mend, and soon.

    Says meanwhile what it is. A short pause that a server asks for is kept here; a longer one ends the
    attempt.
    """
    error = state.result(raise_on_failure=False)
    if not isinstance(error, TemporaryError) or (error.retry_after_seconds or 0) > LONGEST_PAUSE_SECONDS:
        return False
    leave_error(error, Again.BY_ITSELF)
    logger.warning("Temporary failure, will be retried: %s.", error.code)
    time.sleep(error.retry_after_seconds or 0)
    return True


RETRYING: dict[str, Any] = {
    "retries": RETRIES,
    "retry_delay_seconds": RETRY_DELAYS,
    "retry_condition_fn": is_temporary,
}
