"""Recordings under way, in Prefect's own terms: a job is a run of the deployment that processes recordings.

The desk submits, watches, cancels and retries here. Neither the recogniser nor any other tool
is loaded. What a run tells about itself is read in `flows.job_reading`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import TERMINAL_STATES, FlowRun, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL
from prefect.states import AwaitingRetry, Cancelled, Cancelling
from pydantic import SecretStr

from flows.job import Job, JobRequest, JobState
from flows.job_reading import read_jobs
from flows.places import current_imprint, current_settings, current_storage, secret_key
from flows.prefect_names import ANNOUNCE_DEPLOYMENT, JOB_TAG, RECORDING_DEPLOYMENT, RETRIED_BY_HAND
from flows.request import ProcessRequest
from tasks.archive import read_recording, set_stage
from tasks.catalogue import update_catalogue
from transcripts.errors import PermanentError, TemporaryError
from transcripts.model import Stage
from transcripts.source_url import SourceUrl, parse_source_url, with_passcode

__all__ = ["Job", "JobRequest", "JobState", "asked", "cancel", "job", "jobs", "release", "retry", "submit"]

MOST_JOBS = 50
OPEN_STATES = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.PAUSED]
RETRYABLE_STATES = {StateType.FAILED, StateType.CRASHED, StateType.CANCELLED, StateType.SCHEDULED}


def submit(request: JobRequest) -> str:
    """Ask for a recording to be processed; returns the job's id.

    The same source again leads to the job that is still open for it.
    Raises PermanentError `url_missing`, `url_scheme`, `url_invalid`; TemporaryError `prefect_unreachable`.
    """
    wanted, tag = _wanted(request)
    with _prefect() as client:
        return str((_open_run(client, tag) or _create(client, wanted, tag)).id)


def jobs() -> list[Job]:
    """The newest jobs, newest first. Raises TemporaryError `prefect_unreachable`."""
    with _prefect() as client:
        runs = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[JOB_TAG])),
            sort=FlowRunSort.EXPECTED_START_TIME_DESC,
            limit=MOST_JOBS,
        )
        found = read_jobs(client, runs)
    return sorted(found, key=lambda each: each.submitted_at, reverse=True)


def job(job_id: str) -> Job:
    """One job. Raises PermanentError `no_such_job`, TemporaryError `prefect_unreachable`."""
    with _prefect() as client:
        return read_jobs(client, [_run(client, job_id)])[0]


def asked(job_id: str) -> JobRequest:
    """What a job was asked for, without its passcode; the address without its secrets.

    Raises PermanentError `no_such_job`, TemporaryError `prefect_unreachable`.
    """
    with _prefect() as client:
        wanted = ProcessRequest.model_validate(_run(client, job_id).parameters["request"])
    return JobRequest.model_validate(wanted.model_dump(include=set(JobRequest.model_fields)))


def cancel(job_id: str) -> None:
    """Stop a job; nothing happens to one that has ended.

    Raises PermanentError `no_such_job`, TemporaryError `prefect_unreachable`.
    """
    with _prefect() as client:
        run = _run(client, job_id)
        if run.state_type is StateType.SCHEDULED:
            client.set_flow_run_state(run.id, Cancelled(), force=True)
        elif run.state_type not in TERMINAL_STATES:
            client.set_flow_run_state(run.id, Cancelling())  # its worker ends the process


def retry(job_id: str, passcode: SecretStr | None = None) -> None:
    """Let a job that failed, was stopped or waits go on now, with another passcode if one is given.

    Raises PermanentError `no_such_job`, `job_not_retryable`; TemporaryError `prefect_unreachable`.
    """
    with _prefect() as client:
        run = _run(client, job_id)
        if run.state_type not in RETRYABLE_STATES:
            raise PermanentError("job_not_retryable")
        if passcode is not None:
            client.update_flow_run(run.id, parameters=_with_passcode(run, passcode))
        client.set_flow_run_state(run.id, AwaitingRetry(message=RETRIED_BY_HAND), force=True)


def release(record_id: str) -> None:
    """Make a held record public, and let it be announced as soon as anybody is free for it.

    Doing it again changes nothing: what is announced, the record's ledger knows.
    Raises TemporaryError `prefect_unreachable`, `no_worker_yet`.
    """
    tag = f"announce:{record_id}"
    with _prefect() as client:
        waiting, deployment = _open_run(client, tag), _deployment(client, ANNOUNCE_DEPLOYMENT)
        # First, for the run may be over before we are: it must find what it goes on from.
        _make_public(record_id)
        if waiting is None:
            client.create_flow_run_from_deployment(
                deployment.id, parameters={"record_id": record_id}, name=record_id, tags=[tag]
            )


def _make_public(record_id: str) -> None:
    storage = current_storage()
    if read_recording(storage, record_id).stage is Stage.HELD:
        set_stage(storage, record_id, Stage.ARCHIVED, current_imprint().writer)
        update_catalogue(storage, current_imprint(), anew=(record_id,))


def _wanted(request: JobRequest) -> tuple[ProcessRequest, str]:
    """The pipeline's request, and the tag by which jobs for the same source know each other."""
    given = request.model_dump(exclude={"url", "passcode", "chapters"})
    wanted = ProcessRequest(**given, chapters=request.chapters)
    if request.upload is not None:
        return wanted, f"upload:{request.upload}"
    source = parse_source_url(request.url or "")
    if request.passcode is not None:
        source = _with(source, request.passcode)
    return wanted.at(source, secret_key(current_settings())), f"source:{source.fingerprint[:16]}"


def _with(source: SourceUrl, passcode: SecretStr) -> SourceUrl:
    return parse_source_url(with_passcode(source.full.get_secret_value(), passcode.get_secret_value()))


def _create(client: SyncPrefectClient, wanted: ProcessRequest, tag: str) -> FlowRun:
    return client.create_flow_run_from_deployment(
        _deployment(client, RECORDING_DEPLOYMENT).id,
        parameters={"request": wanted.model_dump(mode="json")},
        name=wanted.label,
        tags=[JOB_TAG, tag],
    )


def _open_run(client: SyncPrefectClient, tag: str) -> FlowRun | None:
    """A run with this tag that has not ended."""
    found = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            tags=FlowRunFilterTags(all_=[tag]),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=OPEN_STATES)),
        ),
        limit=1,
    )
    return found[0] if found else None


def _deployment(client: SyncPrefectClient, name: str) -> DeploymentResponse:
    """A deployment, which the first worker to start makes. Raises TemporaryError `no_worker_yet`."""
    try:
        return client.read_deployment_by_name(name)
    except ObjectNotFound as error:
        raise TemporaryError("no_worker_yet") from error


def _run(client: SyncPrefectClient, job_id: str) -> FlowRun:
    try:
        key = UUID(job_id)
    except ValueError as error:
        raise PermanentError("no_such_job") from error
    found = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[key]), tags=FlowRunFilterTags(all_=[JOB_TAG])),
        limit=1,
    )
    if not found:
        raise PermanentError("no_such_job")
    return found[0]


def _with_passcode(run: FlowRun, passcode: SecretStr) -> dict[str, object]:
    """The run's parameters with its address sealed anew. Raises PermanentError `job_not_retryable`."""
    asked = ProcessRequest.model_validate(run.parameters["request"])
    if asked.upload is not None:
        raise PermanentError("job_not_retryable")
    secret = secret_key(current_settings())
    sealed = asked.at(_with(asked.source(secret), passcode), secret)
    return {**run.parameters, "request": sealed.model_dump(mode="json")}


@contextmanager
def _prefect() -> Iterator[SyncPrefectClient]:
    """A client of the configured server: none is started for a question."""
    if not PREFECT_API_URL.value():
        raise TemporaryError("prefect_unreachable")
    try:
        with get_client(sync_client=True) as client:
            yield client
    except httpx.TransportError as error:
        raise TemporaryError("prefect_unreachable") from error
