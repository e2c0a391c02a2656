"""The steps of a document's way as Prefect tasks: retries, caching and persisted results.

As those of `flows.pipeline.steps`: each wraps one function of `tasks/`; a result whose files are gone is
made anew.
"""

import logging
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from prefect import task
from prefect.context import TaskRunContext

from flows.composition import resources
from flows.orchestration.step_retries import RETRYING
from flows.prefect_names import CONVERTED
from flows.reporting.progress import step_progress
from tasks.archive.document_publishing import PublishedDocument, publish_document
from tasks.archive.upload_store import Uploads
from tasks.documents.conversion import convert_document
from tasks.documents.document_limits import DEFAULT_LIMITS
from tasks.fetching.fetch_step import FetchLimits, FetchProgress, fetch
from transcripts.archive.manifest import MadeBy
from transcripts.documents.converted_document import ConversionProgress, ConvertedDocument
from transcripts.media.media_values import LocalFile
from transcripts.model import Stage
from transcripts.records.document_forms import Document
from transcripts.sources.listed_files import Sought
from transcripts.sources.source_url import SourceUrl
from transcripts.values import Value

CACHED: dict[str, Any] = {"persist_result": True, "result_serializer": "json"}
# 5 to 160 s apart: long enough for the claim of a writer that died on another machine to grow stale.
PATIENT_RETRIES = 6

logger = logging.getLogger("mitschnitt.steps")


class HandedIn(Value):
    """A document's file on this machine, and what it was called by those who handed it in."""

    file: LocalFile
    name: str


Result = TypeVar("Result", HandedIn, ConvertedDocument)


def with_files(step: Callable[..., Result], again: Callable[..., Result], *arguments: Any) -> Result:
    """Run a cached step; when the files its result names are gone, run it `again` without the cache."""
    result = step(*arguments)
    if all(file.is_present() for file in _files_of(result)):
        return result
    logger.info("Results of an earlier run are missing on this machine; repeating the step.")
    return again(*arguments)


def _files_of(result: HandedIn | ConvertedDocument) -> list[LocalFile]:
    if isinstance(result, HandedIn):
        return [result.file]
    return [each for each in (result.pdf, result.cover, result.cleaned, *result.previews) if each is not None]


def _key(name: str, *parts: object) -> str:
    return f"{name}-{sha256(repr(parts).encode()).hexdigest()}"


def _fetch_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    return _key("fetch-document", parameters["source"].fingerprint, str(parameters["folder"]))


def _receive_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    return _key("receive-document", parameters["upload_id"], str(parameters["folder"]))


def _convert_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    handed_in: HandedIn = parameters["handed_in"]
    shaping = (handed_in.file.sha256, handed_in.name, parameters["converter"].to_json())
    return _key("convert", *shaping, str(parameters["folder"]))


@task(name="fetch-document", cache_key_fn=_fetch_key, **RETRYING, **CACHED)
def fetch_document_step(source: SourceUrl, folder: Path) -> HandedIn:
    """Download the file into `folder`."""
    settings = resources().settings
    limits = FetchLimits(
        allow_hosts=settings.fetch.allow_hosts,
        max_duration_seconds=settings.fetch.max_duration_hours * 3600,
        max_size_bytes=DEFAULT_LIMITS.most_bytes,
        timezone=settings.network.timezone,
        sought=Sought.DOCUMENT,
    )
    with step_progress("Datei laden", "bytes", None, Stage.FETCHED) as advance:

        def report(progress: FetchProgress) -> None:
            advance(progress.received_bytes, progress.total_bytes)

        fetched = fetch(source, folder, limits, report)
    return HandedIn(file=fetched.files[0], name=fetched.title or "")


@task(name="receive-document", cache_key_fn=_receive_key, **RETRYING, **CACHED)
def receive_document_step(upload_id: str, folder: Path) -> HandedIn:
    """Get an uploaded file out of the archive's storage into `folder`."""
    uploads = Uploads(resources().storage)
    upload = uploads.read(upload_id)
    with step_progress("Datei holen", "bytes", upload.size_bytes, Stage.FETCHED) as advance:
        return HandedIn(file=uploads.download(upload, folder / "upload", advance), name=upload.file_name)


@task(name="convert", cache_key_fn=_convert_key, **RETRYING, **CACHED)
def convert_step(handed_in: HandedIn, converter: MadeBy, folder: Path) -> ConvertedDocument:  # noqa: ARG001 - shapes the key
    """Make pages, text and pictures of the file."""
    with step_progress("Seiten und Text lesen", "pages", None, CONVERTED) as advance:
        told = partial(_tell, advance)
        return convert_document(handed_in.file.path, folder, DEFAULT_LIMITS, told, name=handed_in.name)


def _tell(advance: Callable[..., None], progress: ConversionProgress) -> None:
    if progress.pages:
        advance(progress.done_pages, progress.pages)


@task(name="archive-document", **(RETRYING | {"retries": PATIENT_RETRIES}))
def archive_document_step(document: Document, converter: MadeBy) -> PublishedDocument:
    """Store the document; it is there when all of it is."""
    here = resources()
    with step_progress("Ablegen", "bytes", None, Stage.ARCHIVED) as advance:
        published = publish_document(here.storage, document, converter, here.imprint, advance)
    logger.info("%s is %s the archive.", published.record.id, "already in" if published.existed else "in")
    return published
