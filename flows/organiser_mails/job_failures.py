"""Notifies organisers of jobs that failed for good: after the last attempt, or after too many crashes."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import FlowRun, State, StateType

from flows.composition import Resources, resources
from flows.jobs.job_chain import attempt_of, root_id_of
from flows.jobs.job_status import request_of
from flows.organiser_mails.failure_notices import (
    notify_of_failed_document,
    notify_of_failed_recording,
    reason_of,
)
from flows.organiser_mails.organiser_notices import notify_organisers_once
from flows.prefect_names import DOCUMENT_TAG, WILL_RETRY
from tasks.clock import utc_now
from transcripts.errors.error_kinds import StepError
from transcripts.errors.job_errors import JobGaveUpError
from transcripts.pages.desk_addresses import REVIEWS, public_address

# What died longer ago was told then.
NEW = timedelta(days=1)


def notify_if_final(
    flow: Flow[..., Any],  # noqa: ARG001 - hooks are called by these names
    flow_run: FlowRun,
    state: State[Any],
) -> None:
    """A hook for `on_failure` of jobs: say that no other attempt follows, once for each job and reason."""
    if flow_run.deployment_id is None or state.type is not StateType.FAILED or state.name == WILL_RETRY:
        return
    error = state.result(raise_on_failure=False)
    if "request" in flow_run.parameters:
        _notify_of_request(resources(), flow_run, error)
    elif not isinstance(error, StepError) or isinstance(error, JobGaveUpError):
        _notify_of_announcement(
            resources(), flow_run, error
        )  # what else announcing recognises, it says itself


def notify_of_abandoned_run(run: FlowRun) -> None:
    """Say of a job whose last run died that it died too often; nothing where that is long ago."""
    is_new = run.state is not None and utc_now() - run.state.timestamp < NEW
    if not is_new:
        return
    error = JobGaveUpError(count=attempt_of(run).tries)
    here = resources()
    with suppress(StepError):  # said again at the next look
        if "request" in run.parameters:
            _notify_of_request(here, run, error)
        elif "record_id" in run.parameters:
            _notify_of_announcement(here, run, error)
        else:
            _notify_of_schedule(here, run, error)


def _notify_of_request(here: Resources, run: FlowRun, error: object) -> None:
    """Of a recording or a document that was handed in; a run of a document is called as people call it."""
    job_id, settings = str(root_id_of(run)), here.settings
    if DOCUMENT_TAG in run.tags:
        notify_of_failed_document(settings, here.storage, job_id, run.name, error)
        return
    request = request_of(run)
    notify_of_failed_recording(settings, here.storage, job_id, request.label, request.title, error)


def _notify_of_schedule(here: Resources, run: FlowRun, error: object) -> None:
    """Of the nightly check, or the mail of the morning."""
    text = f"Was der Zeitplan gestartet hat, ist gescheitert.\n{reason_of(error)}"
    notify_organisers_once(
        here.settings,
        here.storage,
        f"schedule-{root_id_of(run)}",
        "Zeitplan",
        text,
        "mitschnitt doctor",
        is_technical=True,
    )


def _notify_of_announcement(here: Resources, run: FlowRun, error: object) -> None:
    settings, record_id = here.settings, str(run.parameters.get("record_id", ""))
    text = f"Die Ankündigung ist gescheitert.\n{reason_of(error)}"
    link = public_address(settings.network.base_url, f"{REVIEWS}{record_id}/")
    key, command = f"announce-{root_id_of(run)}", f"mitschnitt announce {record_id}"
    notify_organisers_once(settings, here.storage, key, record_id, text, command, link)
