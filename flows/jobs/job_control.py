"""Recordings under way, in Prefect's own terms: a job is a chain of runs of the deployment for recordings.

The desk submits, watches, cancels and retries here. Neither the recogniser nor any other tool
is loaded. What the runs say about a job is read in `flows.jobs.job_status`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import TERMINAL_STATES, FlowRun, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL
from prefect.states import Cancelled, Cancelling, Scheduled
from pydantic import SecretStr

from flows.composition import Resources, resources
from flows.jobs.job import Job, JobState
from flows.jobs.job_chain import (
    Chain,
    attempt_of,
    continue_with,
    is_open,
    mark_stopped,
    patience_of,
    read_chain,
    read_chains,
    root_id_of,
)
from flows.jobs.job_status import read_jobs, request_of
from flows.jobs.process_request import ProcessRequest
from flows.orchestration.prefect_errors import prefect_translated
from flows.orchestration.retry_policy import Attempt, NextAttempt, by_hand
from flows.prefect_names import ANNOUNCE_DEPLOYMENT, JOB_TAG, RECORDING_DEPLOYMENT
from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.record_store import read_recording, set_stage
from tasks.clock import utc_now
from transcripts.errors.job_errors import (
    JobNotRetryableError,
    NoSuchJobError,
    NotHeldError,
    NoWorkerYetError,
    PrefectUnreachableError,
)
from transcripts.errors.upload_errors import UploadUnknownError
from transcripts.model import Recording, Stage
from transcripts.sources.order import GivenOrder, Order
from transcripts.sources.recording_choice import Choice
from transcripts.sources.source_url import (
    UPLOAD_SCHEME,
    SourceUrl,
    parse_source_url,
    passcode_in,
    upload_source,
    with_passcode,
)

__all__ = [
    "GivenOrder",
    "Job",
    "JobState",
    "asked",
    "cancel",
    "choose",
    "job",
    "jobs",
    "of_upload",
    "release",
    "remake",
    "retry",
    "submit",
]

MOST_JOBS = 50
# The newest attempts, among which those jobs are looked for.
MOST_ATTEMPTS, PAGE = 2000, 200
SOURCE_TAG = "source:"
RETRYABLE_STATES = {StateType.FAILED, StateType.CRASHED, StateType.CANCELLED, StateType.SCHEDULED}


def submit(order: GivenOrder) -> str:
    """Ask for a recording to be processed; returns the job's id.

    The same source again leads to the job that is still open for it, also if two ask at the same moment.
    Raises UrlMissingError, UrlSchemeError, UrlInvalidError; PrefectUnreachableError.
    """
    here = resources()
    wanted, tag = _wanted(here, order)
    with prefect_client() as client:
        deployment = deployment_named(client, RECORDING_DEPLOYMENT)
        parameters = {"request": wanted.model_dump(mode="json")}
        run = open_or_new(here, client, deployment, tag, parameters, wanted.label, [JOB_TAG])
        return str(root_id_of(run))


def jobs() -> list[Job]:
    """The newest jobs, newest first. Raises PrefectUnreachableError."""
    with prefect_client() as client:
        found = read_jobs(resources(), client, read_chains(client, newest_attempts(client)))
    return sorted(found, key=lambda each: each.submitted_at, reverse=True)[:MOST_JOBS]


def newest_attempts(client: SyncPrefectClient, tag: str = JOB_TAG) -> list[FlowRun]:
    """The newest runs, page by page, until they are attempts of as many jobs as are shown."""
    found: dict[UUID, FlowRun] = {}
    for offset in range(0, MOST_ATTEMPTS, PAGE):
        page = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[tag])),
            sort=FlowRunSort.EXPECTED_START_TIME_DESC,
            limit=PAGE,
            offset=offset,
        )
        for run in page:
            found.setdefault(root_id_of(run), run)
        if len(page) < PAGE or len(found) >= MOST_JOBS:
            break
    return list(found.values())


def job(job_id: str) -> Job:
    """One job. Raises NoSuchJobError, PrefectUnreachableError."""
    with prefect_client() as client:
        found = read_jobs(resources(), client, [chain_of(client, job_id)])
    if not found:
        raise NoSuchJobError()
    return found[0]


def of_upload(upload_id: str) -> Job | None:
    """The newest job for an upload, if there is one. Raises PrefectUnreachableError."""
    with prefect_client() as client:
        newest = newest_with(client, source_tag(upload_source(upload_id, None).fingerprint))
        found = read_jobs(resources(), client, read_chains(client, [newest])) if newest else []
    return found[0] if found else None


def asked(job_id: str) -> Order:
    """What a job was asked for, without its passcode; the address without its secrets.

    Raises NoSuchJobError, PrefectUnreachableError.
    """
    with prefect_client() as client:
        return Order.model_validate(request_of(chain_of(client, job_id).last).facts)


def cancel(job_id: str, kind: str = JOB_TAG) -> None:
    """Stop a job, whatever it is at; nothing happens to one that has ended.

    The job is marked first: an attempt that is made at this moment sees the mark (see flows.jobs.job_chain).
    Raises NoSuchJobError, PrefectUnreachableError.
    """
    with prefect_client() as client:
        root = chain_of(client, job_id, kind).root
        mark_stopped(client, root, is_stopped=True)
        for run in chain_of(client, job_id, kind).attempts:
            if run.state_type is StateType.SCHEDULED:
                client.set_flow_run_state(run.id, Cancelled(), force=True)
            elif run.state_type not in TERMINAL_STATES:
                client.set_flow_run_state(run.id, Cancelling())  # its worker ends the process


def retry(job_id: str, passcode: SecretStr | None = None, kind: str = JOB_TAG) -> None:
    """Let a job that failed, was stopped or waits go on now, with another passcode if one is given.

    Raises NoSuchJobError, JobNotRetryableError; PrefectUnreachableError.
    """
    with prefect_client() as client:
        chain = chain_of(client, job_id, kind)
        if chain.last.state_type not in RETRYABLE_STATES:
            raise JobNotRetryableError()
        changed = _with_passcode(chain.last, passcode, resources().secret) if passcode is not None else {}
        _go_on(client, chain, chain.last, changed)


def choose(job_id: str, number: int) -> None:
    """Let a job go on with one of the recordings that lie at its address, by its number from 1.

    From then on it is the job of that recording: another one from the same address is a job of its own.
    Raises NoSuchJobError, JobNotRetryableError; PrefectUnreachableError.
    """
    here = resources()
    with prefect_client() as client:
        chain = chain_of(client, job_id)
        offered = [choice for each in read_jobs(here, client, [chain]) for choice in each.choices]
        if not 1 <= number <= len(offered) or chain.last.state_type not in RETRYABLE_STATES:
            raise JobNotRetryableError()
        chosen = _at_choice(request_of(chain.last), offered[number - 1], here.secret)
        tags = [each for each in chain.last.tags if not each.startswith(SOURCE_TAG)]
        tags.append(source_tag(chosen.fingerprint))
        run = chain.last.model_copy(update={"tags": tags, "name": chosen.public})
        asked = request_of(run).at(chosen, here.secret)
        _go_on(client, chain, run, {"request": asked.model_dump(mode="json")})


def _go_on(client: SyncPrefectClient, chain: Chain, run: FlowRun, changed: dict[str, object]) -> None:
    """Begin the next attempt of a job now, as one that follows `run` with what was changed."""
    mark_stopped(client, chain.root, is_stopped=False)
    if run.state_type is StateType.SCHEDULED:
        _start_now(client, run, changed)
        return
    following = NextAttempt(by_hand(attempt_of(run)), utc_now())
    made = continue_with(client, run, following, changed)
    if attempt_of(made) != following.attempt:  # the run's hook was faster, with its own pause
        _start_now(client, made, changed)


def _at_choice(asked: ProcessRequest, choice: Choice, secret: str) -> SourceUrl:
    """The address of one recording, with the passcode that was given for all of them."""
    passcode = passcode_in(asked.source(secret).full.get_secret_value())
    return parse_source_url(with_passcode(choice.address, passcode) if passcode else choice.address)


def _start_now(client: SyncPrefectClient, run: FlowRun, changed: dict[str, object]) -> None:
    """Begin an attempt that still waits, as one that a person asked for."""
    if run.state_type is not StateType.SCHEDULED:
        return  # somebody asked at the same moment, and it has begun
    attempt = Attempt(number=attempt_of(run).number).model_dump(mode="json")
    client.update_flow_run(run.id, parameters={**run.parameters, **changed, "attempt": attempt})
    client.set_flow_run_state(run.id, Scheduled(scheduled_time=utc_now()))


def remake(record_id: str, track: int) -> str:
    """Make a record that waits for its release anew with another sound track; the job's id.

    It is asked for as it was the last time; where Prefect knows nothing of that any more, by the address.
    Raises NotHeldError, UploadUnknownError;
    PrefectUnreachableError, NoWorkerYetError.
    """
    here = resources()
    recording = read_recording(here.storage, record_id)
    if recording.stage is not Stage.HELD:
        raise NotHeldError()
    tag = source_tag(recording.source.url_fingerprint)
    with prefect_client() as client:
        newest = newest_with(client, tag)
        before = request_of(newest) if newest else _by_address(recording)
        wanted = before.model_copy(update={"track": track, "again": True})
        parameters = {"request": wanted.model_dump(mode="json")}
        deployment = deployment_named(client, RECORDING_DEPLOYMENT)
        run = open_or_new(here, client, deployment, tag, parameters, wanted.label, [JOB_TAG])
        return str(root_id_of(run))


def _by_address(recording: Recording) -> ProcessRequest:
    """A request for what the archive knows of it. Raises UploadUnknownError."""
    if recording.source.url.startswith(UPLOAD_SCHEME):
        raise UploadUnknownError()
    return ProcessRequest(url=recording.source.url)


def release(record_id: str) -> None:
    """Make a held record public, and let it be announced as soon as anybody is free for it.

    Doing it again changes nothing: what is announced, the record's ledger knows.
    Raises PrefectUnreachableError, NoWorkerYetError.
    """
    here, parameters = resources(), {"record_id": record_id}
    with prefect_client() as client:
        deployment = deployment_named(client, ANNOUNCE_DEPLOYMENT)
        # First, for the run may be over before we are: it must find what it goes on from.
        _make_public(here, record_id)
        open_or_new(here, client, deployment, f"announce:{record_id}", parameters, record_id, [])


def _make_public(here: Resources, record_id: str) -> None:
    if read_recording(here.storage, record_id).stage is Stage.HELD:
        set_stage(here.storage, record_id, Stage.ARCHIVED, here.imprint.writer)
        update_catalogue(here.storage, here.imprint, anew=(record_id,))


def _wanted(here: Resources, order: GivenOrder) -> tuple[ProcessRequest, str]:
    """The pipeline's request, and the tag by which jobs for the same source know each other."""
    wanted = ProcessRequest.model_validate(order.facts)
    if order.upload is not None:
        return wanted, source_tag(upload_source(order.upload, order.file_name).fingerprint)
    source = parse_source_url(order.url or "")
    if order.passcode is not None:
        source = _with(source, order.passcode)
    return wanted.at(source, here.secret), source_tag(source.fingerprint)


def source_tag(fingerprint: str) -> str:
    """What all jobs for one source bear."""
    return f"{SOURCE_TAG}{fingerprint[:16]}"


def _with(source: SourceUrl, passcode: SecretStr) -> SourceUrl:
    return parse_source_url(with_passcode(source.full.get_secret_value(), passcode.get_secret_value()))


def open_or_new(
    here: Resources,
    client: SyncPrefectClient,
    deployment: DeploymentResponse,
    tag: str,
    parameters: dict[str, Any],
    name: str,
    tags: list[str],
) -> FlowRun:
    """The open job with this tag, else a new one.

    Who asks at the same moment gets the same: the key names the job that went before, which both have seen.
    """
    newest = newest_with(client, tag)
    before = read_chains(client, [newest])[0] if newest else None
    is_same = before is not None and tag in before.last.tags  # not if another recording was chosen
    if before is not None and is_same and is_open(before, patience_of(here.settings)):
        return before.last
    return client.create_flow_run_from_deployment(
        deployment.id,
        parameters=parameters,
        name=name,
        tags=[*tags, tag],
        idempotency_key=f"{tag}:after-{before.last.id if before else 'none'}",
    )


def newest_with(client: SyncPrefectClient, tag: str) -> FlowRun | None:
    """The newest run with this tag."""
    found = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[tag])),
        sort=FlowRunSort.EXPECTED_START_TIME_DESC,
        limit=1,
    )
    return found[0] if found else None


def deployment_named(client: SyncPrefectClient, name: str) -> DeploymentResponse:
    """A deployment, which the first worker to start makes. Raises NoWorkerYetError."""
    try:
        return client.read_deployment_by_name(name)
    except ObjectNotFound as error:
        raise NoWorkerYetError() from error


def chain_of(client: SyncPrefectClient, job_id: str, kind: str = JOB_TAG) -> Chain:
    """The attempts of a job. Raises NoSuchJobError."""
    try:
        key = UUID(job_id)
    except ValueError as error:
        raise NoSuchJobError() from error
    found = read_chain(client, key, kind)
    if found is None:
        raise NoSuchJobError()
    return found


def _with_passcode(run: FlowRun, passcode: SecretStr, secret: str) -> dict[str, object]:
    """The run's request with its address sealed anew. Raises JobNotRetryableError."""
    asked = request_of(run)
    if asked.upload is not None:
        raise JobNotRetryableError()
    sealed = asked.at(_with(asked.source(secret), passcode), secret)
    return {"request": sealed.model_dump(mode="json")}


@contextmanager
def prefect_client() -> Iterator[SyncPrefectClient]:
    """A client of the configured server: none is started for a question."""
    if not PREFECT_API_URL.value():
        raise PrefectUnreachableError()
    with prefect_translated(), get_client(sync_client=True) as client:
        yield client
