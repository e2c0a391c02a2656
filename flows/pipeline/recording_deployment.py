"""The pipeline as a Prefect deployment: run by any worker, retried after temporary errors."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.jobs.process_request import ProcessRequest
from flows.jobs.retry_hook import begin_next_attempt, end_told_attempt
from flows.orchestration.prefect_errors import prefect_translated
from flows.orchestration.result_storage import ArchiveResults  # noqa: F401 - Prefect finds a block only where it was loaded
from flows.orchestration.retry_policy import Attempt
from flows.organiser_mails.job_failures import notify_if_final
from flows.pipeline.recording_flow import ProcessOutcome, make_record
from flows.prefect_names import RECORD_ARTIFACT, RECORDING_FLOW
from flows.reporting.run_artifacts import leave_artifact
from transcripts.errors.error_kinds import StepError


@flow(
    name=RECORDING_FLOW,
    flow_run_name="{request.label}",
    persist_result=False,
    on_failure=[begin_next_attempt, notify_if_final],
)
def recording(request: ProcessRequest, attempt: Attempt = Attempt()) -> ProcessOutcome | State[Any]:  # noqa: B008 - immutable
    """From the URL to the announced record; what time can mend is tried again by a run of its own.

    Raises StepError; its German explanation is left as an artifact of the run.
    """
    try:
        outcome = _made(request)
    except StepError as error:
        return end_told_attempt(error, attempt)
    leave_artifact(outcome.record_id, RECORD_ARTIFACT, outcome.stage)
    return outcome


def _made(request: ProcessRequest) -> ProcessOutcome:
    """`make_record`, for which a server of Prefect's that does not answer as it should is temporary, too."""
    with prefect_translated():
        return make_record(request)
