"""Puts black bars over what people chose in a document: PDF, pictures and text are made anew."""

import tempfile
from collections.abc import Collection
from pathlib import Path

from prefect import task

from flows.composition import Resources, resources
from flows.orchestration.step_retries import RETRYING
from flows.prefect_names import CONVERTED
from flows.reporting.progress import step_progress
from tasks.archive.document_publishing import BarredForm, bar_document
from tasks.archive.document_versions import DocumentSources, document_sources
from tasks.archive.record_files import read_manifest
from tasks.documents.blackening import blacken_document
from tasks.documents.conversion import convert_document
from transcripts.archive import layout
from transcripts.archive.layout import object_key
from transcripts.archive.manifest import MadeBy, Manifest
from transcripts.documents.barred_text import barred_text
from transcripts.documents.personal_finding import Finding
from transcripts.errors.archive_errors import RecordUnknownError
from transcripts.errors.document_errors import DocumentChangedError
from transcripts.media.media_values import LocalFile


@task(name="bar", **RETRYING)
def bar_step(record_id: str, version: int, numbers: tuple[int, ...], converter: MadeBy) -> None:
    """Bar the findings with these numbers, from 1, as they are in this version.

    Raises RecordUnknownError, DocumentChangedError, RecordBusyError, and what `blacken_document` raises.
    """
    here = resources()
    try:
        manifest = read_manifest(here.storage, record_id)
        sources = document_sources(here.storage, record_id, manifest)
    except KeyError as error:
        raise RecordUnknownError(record=record_id) from error
    if manifest.version != version:
        raise DocumentChangedError()
    chosen, left = _divided(sources.personal_data.findings, numbers)
    with (
        step_progress("Schwärzen", "pages", None, CONVERTED),
        tempfile.TemporaryDirectory(dir=_work(here), prefix="barring-") as folder,
    ):
        files = _files(here, record_id, manifest, sources, chosen, Path(folder))
        barred = BarredForm(
            barred_text(sources.text, chosen),
            sources.personal_data.model_copy(update={"findings": left}),
            files,
        )
        bar_document(here.storage, record_id, barred, converter, here.imprint)


def _divided(
    findings: tuple[Finding, ...], numbers: Collection[int]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Those with these numbers, and the others."""
    chosen = tuple(each for number, each in enumerate(findings, start=1) if number in numbers)
    return chosen, tuple(each for each in findings if each not in chosen)


def _files(
    here: Resources,
    record_id: str,
    manifest: Manifest,
    sources: DocumentSources,
    chosen: tuple[Finding, ...],
    folder: Path,
) -> dict[str, LocalFile]:
    """PDF and pictures with bars; nothing where the document has no pages."""
    if layout.DOCUMENT_PDF not in manifest.names:
        return {}
    key = object_key(record_id, manifest.named(layout.DOCUMENT_PDF).place)
    with here.storage.as_file(key) as pdf:
        barred = blacken_document(pdf, folder / "barred.pdf", sources.text, chosen)
    converted = convert_document(barred.path, folder / "converted", name=sources.record.original_name)
    made = {layout.DOCUMENT_PDF: converted.pdf, layout.COVER: converted.cover}
    pictures = {layout.page_image_name(n): each for n, each in enumerate(converted.previews, start=1)}
    return {name: file for name, file in made.items() if file is not None} | pictures


def _work(here: Resources) -> Path:
    folder = here.settings.work.dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
