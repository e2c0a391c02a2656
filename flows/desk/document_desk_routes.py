"""The desk's pages of documents: hand them in, see how far they are, correct what is known, release.

Every form works without scripts.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from flows.desk.document_desk import LARGEST_BYTES, MEGABYTE, MOST_FILES, DocumentDesk
from flows.desk.job_views import UNDER_WAY, job_view
from flows.desk.organiser_access import require_organiser
from flows.desk.posted_files import posted_files
from flows.jobs.job import Job, JobState
from flows.reading_room.form_fields import form_fields
from flows.reading_room.page_routes import CurrentRoom
from flows.reading_room.room_context import READING, Room
from tasks.archive.catalogue_store import listed
from tasks.archive.document_publishing import change_document, release_document, take_back_document
from tasks.archive.document_versions import DocumentSources, document_sources
from tasks.archive.record_files import read_manifest
from tasks.clock import utc_now
from transcripts.archive.catalogue import DocumentEntry
from transcripts.archive.document_files import original_file
from transcripts.archive.layout import CLEANED, DOCUMENTS
from transcripts.documents.document_record import DocumentDetails, DocumentRecord
from transcripts.errors.archive_errors import RecordUnknownError
from transcripts.errors.document_errors import DocumentChangedError
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.pages.desk.document_desk_pages import (
    DocumentDeskPage,
    DocumentsPage,
    DocumentView,
    document_path,
    finding_views,
    render_document_desk,
    render_documents,
    render_documents_part,
)
from transcripts.pages.desk.document_form import TypedDetails, read_details
from transcripts.pages.desk_addresses import DOCUMENT_DESK, DOCUMENT_JOBS
from transcripts.wording.error_wording import explain
from transcripts.wording.trace_wording import traces_told

RELEASED_SHOWN = 12
LARGEST_FORM_BYTES, MOST_FIELDS = 100_000, 2_000
NOTICES = {
    "gesichert": "Die Angaben sind gesichert.",
    "freigegeben": "Das Dokument ist freigegeben; Mitglieder sehen es in wenigen Sekunden.",
    "zurueck": "Die Freigabe ist zurückgenommen; Mitglieder sehen das Dokument nicht mehr.",
    "original": "Mitglieder bekommen jetzt die Datei, wie sie eingereicht wurde.",
    "kopie": "Mitglieder bekommen die eingereichte Datei nicht mehr.",
    "schwarz": "Das Schwärzen hat begonnen. Es dauert ein paar Minuten; in der Liste steht, wie weit es ist.",
}
PLACE = "stelle-"

Name = Annotated[str, Path(max_length=200, pattern=r"^[a-z0-9-]+$")]
JobId = Annotated[str, Path(max_length=64)]


async def _form(request: Request) -> dict[str, str]:
    return await form_fields(request, LARGEST_FORM_BYTES, MOST_FIELDS)


Fields = Annotated[dict[str, str], Depends(_form)]


class DocumentDeskPages:
    """What each route answers."""

    def __init__(self, desk: DocumentDesk) -> None:
        self._desk = desk

    def overview(self, room: CurrentRoom, neu: int = 0) -> Response:
        """Everything that waits or is under way, and the form."""
        return HTMLResponse(render_documents(room.site, self._list(handed_in=max(0, neu))))

    def overview_now(self, room: CurrentRoom) -> Response:
        """The part of it that changes."""
        return HTMLResponse(render_documents_part(room.site, self._list()))

    async def hand_in(self, request: Request, room: CurrentRoom) -> Response:
        """Takes files and an address, or says what is wrong."""
        owner = getattr(request.state, "member_key", None) or ""
        async with posted_files(request, LARGEST_BYTES, MOST_FILES) as posted:
            url = posted.fields.get("url", "")
            if not posted.files and not url.strip():
                complaint = "Bitte eine Datei auswählen oder eine Adresse eintragen."
                return await self._refused(room, complaint, url, 422)
            try:
                count = await run_in_threadpool(self._desk.take_in, posted.files, url, owner)
            except StepError as error:
                status = 503 if isinstance(error, TemporaryError) else 422
                return await self._refused(room, explain(error), url, status)
        return RedirectResponse(f"{DOCUMENT_DESK}?neu={count}", 303)

    def document(self, room: CurrentRoom, name: Name, stand: str = "") -> Response:
        """One document."""
        return HTMLResponse(render_document_desk(room.site, self._page(name, NOTICES.get(stand, ""))))

    def save(self, room: CurrentRoom, name: Name, fields: Fields) -> Response:
        """Keeps corrected details, and releases if that is wished."""
        page = self._page(name)
        typed = TypedDetails.of(fields)
        read = read_details(typed, page.record.details)
        if read.details is None:
            page = replace(page, typed=typed, complaints=read.complaints)
            return HTMLResponse(render_document_desk(room.site, page), 422)
        details = read.details
        wants_release = fields.get("danach") == "freigeben"
        return self._done(
            room,
            replace(page, typed=typed),
            lambda: self._save(page, fields.get("fassung", ""), details, release=wants_release),
            "freigegeben" if wants_release else "gesichert",
        )

    def take_back(self, room: CurrentRoom, name: Name) -> Response:
        """Members do not see it any more."""
        page = self._page(name)
        return self._done(
            room,
            page,
            lambda: take_back_document(self._desk.storage, page.record.id, self._desk.imprint),
            "zurueck",
        )

    def choose_file(self, room: CurrentRoom, name: Name, fields: Fields) -> Response:
        """Members get the file as it was handed in, or its copy without traces of persons."""
        page, wants_original = self._page(name), bool(fields.get("original"))

        def chosen(record: DocumentRecord) -> DocumentRecord:
            return record.model_copy(update={"is_original_shared": wants_original})

        def choose() -> object:
            self._expect_version(page, fields.get("fassung", ""))
            return change_document(self._desk.storage, page.record.id, chosen, self._desk.imprint)

        return self._done(room, page, choose, "original" if wants_original else "kopie")

    def bar(self, room: CurrentRoom, name: Name, fields: Fields) -> Response:
        """Asks for black bars over the findings that were chosen."""
        page = self._page(name)
        chosen = tuple(each.number for each in page.findings if f"{PLACE}{each.number}" in fields)
        if not chosen:
            page = replace(page, trouble="Bitte zuerst ankreuzen, was geschwärzt werden soll.")
            return HTMLResponse(render_document_desk(room.site, page), 422)

        def ask() -> object:
            self._expect_version(page, fields.get("fassung", ""))
            return self._desk.jobs().submit_bars(page.record.id, page.version, chosen)

        return self._done(room, page, ask, "schwarz")

    def retry(self, job_id: JobId) -> Response:
        """Goes on with a job."""
        return self._with_job(self._desk.jobs().retry_document, job_id)

    def cancel(self, job_id: JobId) -> Response:
        """Stops a job."""
        return self._with_job(self._desk.jobs().cancel_document, job_id)

    def _with_job(self, act: Callable[[str], None], job_id: str) -> Response:
        try:
            act(job_id)
        except PermanentError as error:
            raise HTTPException(404) from error
        return RedirectResponse(DOCUMENT_DESK, 303)

    def _save(self, page: DocumentDeskPage, version: str, details: DocumentDetails, *, release: bool) -> None:
        """Raises DocumentChangedError where somebody else changed it since the form was shown."""
        self._expect_version(page, version)
        here = self._desk

        def changed(record: DocumentRecord) -> DocumentRecord:
            return record.model_copy(update={"details": details})

        change_document(here.storage, page.record.id, changed, here.imprint)
        if release:
            release_document(here.storage, page.record.id, utc_now(), here.imprint)

    def _expect_version(self, page: DocumentDeskPage, version: str) -> None:
        if version != str(page.version):
            raise DocumentChangedError()

    def _done(self, room: Room, page: DocumentDeskPage, act: Callable[[], object], notice: str) -> Response:
        try:
            act()
        except StepError as error:
            status = 503 if isinstance(error, TemporaryError) else 409
            page = replace(page, trouble=explain(error))
            return HTMLResponse(render_document_desk(room.site, page), status)
        self._desk.follow()
        return RedirectResponse(f"{document_path(page.record.id)}?stand={notice}", 303)

    async def _refused(self, room: Room, complaint: str, url: str, status: int) -> Response:
        page = replace(await run_in_threadpool(self._list), complaint=complaint, url=url)
        return HTMLResponse(render_documents(room.site, page), status)

    def _page(self, name: str, notice: str = "") -> DocumentDeskPage:
        record_id = f"{DOCUMENTS}/{name}"
        try:
            manifest = read_manifest(self._desk.storage, record_id)
            sources: DocumentSources = document_sources(self._desk.storage, record_id, manifest)
        except (KeyError, RecordUnknownError) as error:
            raise HTTPException(404) from error
        return DocumentDeskPage(
            record=sources.record,
            typed=TypedDetails.like(sources.record.details),
            version=manifest.version,
            findings=finding_views(sources.text, sources.personal_data),
            notice=notice,
            original=original_file(manifest.names) or "",
            traces=traces_told(sources.personal_data.traces),
            has_clean_file=any(name.startswith(CLEANED) for name in manifest.names),
        )

    def _list(self, handed_in: int = 0) -> DocumentsPage:
        """With what is known, should Prefect or the archive be away."""
        troubles: list[str] = []
        jobs: list[Job] = []
        entries: tuple[DocumentEntry, ...] = ()
        try:
            jobs = self._desk.jobs().document_jobs()
        except StepError as error:
            troubles.append(explain(error))
        try:
            entries = listed(self._desk.storage).documents
        except StepError as error:
            troubles.append(explain(error))
        views = [replace(job_view(each, self._desk.clock), path=DOCUMENT_JOBS + each.id) for each in jobs]
        newest = entries[::-1]
        return DocumentsPage(
            failed=[view for view, job in zip(views, jobs, strict=True) if job.state is JobState.FAILED],
            under_way=[view for view, job in zip(views, jobs, strict=True) if job.state in UNDER_WAY],
            waiting=[DocumentView.of(each.document) for each in newest if not each.is_released],
            released=[DocumentView.of(each.document) for each in newest if each.is_released][:RELEASED_SHOWN],
            most_megabytes=LARGEST_BYTES // MEGABYTE,
            trouble=" ".join(troubles),
            handed_in=handed_in,
        )


def document_desk_router(desk: DocumentDesk) -> APIRouter:
    """The routes, for organisers."""
    pages, one, job = DocumentDeskPages(desk), DOCUMENT_DESK + "{name}/", DOCUMENT_JOBS + "{job_id}"
    router = APIRouter(include_in_schema=False, dependencies=[Depends(require_organiser)])
    for path, route, methods in (
        (DOCUMENT_DESK, pages.overview, READING),
        (DOCUMENT_DESK, pages.hand_in, ["POST"]),
        (f"{DOCUMENT_DESK}stand", pages.overview_now, READING),
        (f"{job}/nochmal", pages.retry, ["POST"]),
        (f"{job}/abbrechen", pages.cancel, ["POST"]),
        (one, pages.document, READING),
        (one, pages.save, ["POST"]),
        (f"{one}zuruecknehmen", pages.take_back, ["POST"]),
        (f"{one}datei", pages.choose_file, ["POST"]),
        (f"{one}schwaerzen", pages.bar, ["POST"]),
    ):
        router.add_api_route(path, route, methods=methods)
    return router
