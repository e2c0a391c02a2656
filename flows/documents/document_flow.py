"""The flow from a file, or its address, to a document of the archive that waits for its release.

Each step is a Prefect task that can die at any instant and be run again: a new run for the same file goes
on behind the last finished step.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import BaseModel

from flows.composition import Resources, folder_name, resources
from flows.documents.barring import bar_step
from flows.documents.document_request import DocumentRequest
from flows.documents.document_steps import (
    HandedIn,
    archive_document_step,
    convert_step,
    fetch_document_step,
    receive_document_step,
    with_files,
)
from flows.jobs.retry_hook import begin_next_attempt, end_told_attempt
from flows.orchestration.prefect_errors import prefect_translated
from flows.orchestration.result_storage import ArchiveResults  # noqa: F401 - Prefect finds a block only where it was loaded
from flows.orchestration.retry_policy import Attempt
from flows.organiser_mails.job_failures import notify_if_final
from flows.prefect_names import DOCUMENT_FLOW, RECORD_ARTIFACT
from flows.reporting.run_artifacts import leave_artifact
from tasks.archive.document_publishing import release_document
from tasks.archive.document_store import find_document, read_document
from tasks.archive.upload_store import Uploads
from tasks.clock import utc_now
from tasks.documents.document_tools import has_archival, has_ocr, has_office
from tasks.storage.folder_lock import locked
from tasks.storage.work_folder import MEDIA, RECORDINGS, SOURCE, discard, drop_drafts
from transcripts.archive import layout
from transcripts.archive.manifest import MadeBy
from transcripts.documents.converted_document import ConvertedDocument
from transcripts.documents.document_record import DocumentRecord, DocumentStage
from transcripts.documents.file_traces import Trace
from transcripts.documents.kept_findings import PersonalData
from transcripts.errors.document_errors import BadDocumentError
from transcripts.errors.error_kinds import PermanentError, StepError
from transcripts.media.media_values import LocalFile
from transcripts.records.document_forms import Document
from transcripts.sources.source_url import SourceUrl

logger = logging.getLogger("mitschnitt.flows")


class DocumentOutcome(BaseModel):
    """Where the document is, and whether it was there before; what its file says of persons."""

    record_id: str
    existed: bool
    stage: DocumentStage
    traces: tuple[Trace, ...] = ()


@flow(
    name=DOCUMENT_FLOW,
    flow_run_name="{request.label}",
    persist_result=False,
    on_failure=[begin_next_attempt, notify_if_final],
)
def document(request: DocumentRequest, attempt: Attempt = Attempt()) -> DocumentOutcome | State[Any]:  # noqa: B008 - immutable
    """From the file to the document; what time can mend is tried again by a run of its own.

    Raises StepError; its German explanation is left as an artifact of the run.
    """
    try:
        with prefect_translated():
            outcome = make_document(request)
    except StepError as error:
        return end_told_attempt(error, attempt)
    leave_artifact(outcome.record_id, RECORD_ARTIFACT, outcome.stage)
    return outcome


def make_document(request: DocumentRequest) -> DocumentOutcome:
    """The way itself. Raises StepError."""
    here = resources()
    if request.bar is not None:
        bar_step(request.bar, request.bar_version, request.bar_numbers, converter_of())
        record = read_document(here.storage, request.bar).record
        return DocumentOutcome(record_id=record.id, existed=True, stage=record.stage)
    source = request.source_url(here.secret)
    folder = document_folder(here, source)
    with locked(folder):
        drop_drafts(folder)
        outcome = _made(here, request, source, folder)
    if request.upload is not None:
        Uploads(here.storage).remove(request.upload)
    discard(folder)
    return outcome


def document_folder(here: Resources, source: SourceUrl) -> Path:
    """Where a document's files lie while it is converted: beside those of recordings, tidied as they are."""
    own = sha256(f"document:{source.fingerprint}".encode()).hexdigest()
    return here.settings.work.dir.resolve() / RECORDINGS / folder_name(own)


def _made(here: Resources, request: DocumentRequest, source: SourceUrl, folder: Path) -> DocumentOutcome:
    traces: tuple[Trace, ...] = ()
    with _failing_for_good(here, request, folder):
        handed_in = _handed_in(request, source, folder)
        known = find_document(here.storage, handed_in.file.sha256)
        if known is None:
            converter = converter_of()
            again = convert_step.with_options(refresh_cache=True)
            converted = with_files(convert_step, again, handed_in, converter, folder / MEDIA)
            published = archive_document_step(_document(request, source, handed_in, converted), converter)
            record, existed, traces = published.record, published.existed, converted.traces
        else:
            logger.info("The archive has this document already: %s.", known.id)
            record, existed = known, True
    if request.release and record.stage is DocumentStage.PROPOSED:
        record = release_document(here.storage, record.id, utc_now(), here.imprint)
    return DocumentOutcome(record_id=record.id, existed=existed, stage=record.stage, traces=traces)


def converter_of() -> MadeBy:
    """What makes documents on this machine: the program, and what of its helpers is installed."""
    helpers = {"office": has_office(), "archival": has_archival(), "ocr": has_ocr()}
    return MadeBy(tool=f"mitschnitt {version('mitschnitt')}", settings=helpers)


@contextmanager
def _failing_for_good(here: Resources, request: DocumentRequest, folder: Path) -> Iterator[None]:
    """What is refused, or cannot be read, leaves nothing behind."""
    try:
        yield
    except PermanentError as error:
        discard(folder)
        if request.upload is not None and isinstance(error, BadDocumentError):
            Uploads(here.storage).remove(request.upload)
        raise


def _handed_in(request: DocumentRequest, source: SourceUrl, folder: Path) -> HandedIn:
    if request.upload is not None:
        again = receive_document_step.with_options(refresh_cache=True)
        return with_files(receive_document_step, again, request.upload, folder / SOURCE)
    fetching = fetch_document_step.with_options(refresh_cache=True)
    return with_files(fetch_document_step, fetching, source, folder / SOURCE)


def _document(
    request: DocumentRequest, source: SourceUrl, handed_in: HandedIn, converted: ConvertedDocument
) -> Document:
    """The document as it is to be archived; its id is found when it is."""
    details = request.laid_over(converted.guessed)
    if not details.source and request.upload is None:
        details = details.model_copy(update={"source": source.public})
    handed_in_at = utc_now().replace(microsecond=0)
    record = DocumentRecord(
        id=layout.new_document_id(handed_in_at.date(), details.title, taken=()),
        details=details,
        original_name=handed_in.name,
        original_sha256=handed_in.file.sha256,
        original_bytes=handed_in.file.size_bytes,
        page_count=converted.page_count,
        handed_in_at=handed_in_at,
        notes=tuple(converted.notes),
    )
    found = PersonalData(findings=converted.personal_data, traces=converted.traces)
    return Document(record, converted.text, found, files_of(handed_in, converted))


def files_of(handed_in: HandedIn, converted: ConvertedDocument) -> dict[str, LocalFile]:
    """The files by their names in the archive."""
    stem = handed_in.name.rpartition(".")[0] or handed_in.name
    original = layout.original_name(f"{stem}.{converted.file_kind}")
    made = {
        layout.cleaned_name(original): converted.cleaned,
        layout.DOCUMENT_PDF: converted.pdf,
        layout.COVER: converted.cover,
    }
    return {
        original: handed_in.file,
        **{name: file for name, file in made.items() if file is not None},
        **{layout.page_image_name(n): file for n, file in enumerate(converted.previews, start=1)},
    }
