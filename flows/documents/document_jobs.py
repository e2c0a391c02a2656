"""Documents under way, in Prefect's own terms: jobs as those of recordings, of a deployment of their own.

Loads no tool: desk, inbox and command line ask here.
"""

from prefect.client.schemas.objects import FlowRun
from pydantic import SecretStr, ValidationError

from flows.composition import Resources, resources
from flows.documents.document_request import DocumentRequest
from flows.jobs import job_control
from flows.jobs.job import Job
from flows.jobs.job_chain import read_chains, root_id_of
from flows.jobs.job_control import (
    MOST_JOBS,
    chain_of,
    deployment_named,
    newest_attempts,
    newest_with,
    open_or_new,
    prefect_client,
    source_tag,
)
from flows.jobs.job_status import read_jobs
from flows.prefect_names import DOCUMENT_DEPLOYMENT, DOCUMENT_TAG
from transcripts.documents.document_order import DocumentOrder
from transcripts.errors.job_errors import JobUnreadableError, NoSuchJobError
from transcripts.sources.source_url import parse_source_url, upload_source, with_passcode


def submit_document(order: DocumentOrder, passcode: SecretStr | None = None) -> str:
    """Ask for a document to be taken in; returns the job's id.

    The same source again leads to the job that is still open for it.
    Raises UrlMissingError, UrlSchemeError, UrlInvalidError; PrefectUnreachableError, NoWorkerYetError.
    """
    here = resources()
    wanted, tag = _wanted(here, order, passcode)
    with prefect_client() as client:
        deployment = deployment_named(client, DOCUMENT_DEPLOYMENT)
        parameters = {"request": wanted.model_dump(mode="json")}
        run = open_or_new(here, client, deployment, tag, parameters, wanted.label, [DOCUMENT_TAG])
        return str(root_id_of(run))


def submit_bars(record_id: str, version: int, numbers: tuple[int, ...]) -> str:
    """Ask for black bars over findings of a version, by their numbers from 1; the job's id.

    Raises PrefectUnreachableError, NoWorkerYetError.
    """
    here = resources()
    wanted = DocumentRequest(bar=record_id, bar_version=version, bar_numbers=numbers)
    with prefect_client() as client:
        deployment = deployment_named(client, DOCUMENT_DEPLOYMENT)
        parameters = {"request": wanted.model_dump(mode="json")}
        tag = f"bar:{record_id}:{version}"
        run = open_or_new(here, client, deployment, tag, parameters, wanted.label, [DOCUMENT_TAG])
        return str(root_id_of(run))


def document_jobs() -> list[Job]:
    """The newest jobs, newest first. Raises PrefectUnreachableError."""
    with prefect_client() as client:
        chains = read_chains(client, newest_attempts(client, DOCUMENT_TAG))
        found = read_jobs(resources(), client, chains, document_request_of)
    return sorted(found, key=lambda each: each.submitted_at, reverse=True)[:MOST_JOBS]


def document_job(job_id: str) -> Job:
    """One job. Raises NoSuchJobError, PrefectUnreachableError."""
    with prefect_client() as client:
        chain = chain_of(client, job_id, DOCUMENT_TAG)
        found = read_jobs(resources(), client, [chain], document_request_of)
    if not found:
        raise NoSuchJobError()
    return found[0]


def job_of_upload(upload_id: str) -> Job | None:
    """The newest job for an upload, if there is one. Raises PrefectUnreachableError."""
    with prefect_client() as client:
        newest = newest_with(client, _tag(upload_source(upload_id, None).fingerprint))
        chains = read_chains(client, [newest]) if newest else []
        found = read_jobs(resources(), client, chains, document_request_of)
    return found[0] if found else None


def cancel_document(job_id: str) -> None:
    """Stop a job. Raises NoSuchJobError, PrefectUnreachableError."""
    job_control.cancel(job_id, DOCUMENT_TAG)


def retry_document(job_id: str) -> None:
    """Let a job that failed or waits go on now. Raises NoSuchJobError, JobNotRetryableError."""
    job_control.retry(job_id, kind=DOCUMENT_TAG)


def document_request_of(run: FlowRun) -> DocumentRequest:
    """What a run was asked for. Raises JobUnreadableError."""
    try:
        return DocumentRequest.model_validate(run.parameters.get("request"))
    except ValidationError as error:
        raise JobUnreadableError() from error


def _wanted(here: Resources, order: DocumentOrder, passcode: SecretStr | None) -> tuple[DocumentRequest, str]:
    """The flow's request, and the tag by which jobs for the same source know each other."""
    wanted = DocumentRequest.model_validate(order.facts)
    if order.upload is not None:
        return wanted, _tag(upload_source(order.upload, order.file_name).fingerprint)
    source = parse_source_url(order.url or "")
    if passcode is not None:
        full = with_passcode(source.full.get_secret_value(), passcode.get_secret_value())
        source = parse_source_url(full)
    return wanted.at(source, here.secret), _tag(source.fingerprint)


def _tag(fingerprint: str) -> str:
    """Another one than that of a recording from the same place."""
    return f"document-{source_tag(fingerprint)}"
