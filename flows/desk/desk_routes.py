"""The desk's pages: what is under way, a new recording, one recording and what can be done with it.

Every form works without scripts; scripts only keep the pages current and upload files.
"""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import SecretStr

from flows.desk.desk_context import Desk
from flows.desk.desk_lists import desk_list
from flows.desk.job_views import duty_view, job_view
from flows.desk.organiser_access import require_organiser
from flows.jobs.job import Job
from flows.reading_room.form_fields import SmallForm, form_fields
from flows.reading_room.page_routes import CurrentRoom
from flows.reading_room.room_context import READING
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.errors.upload_errors import UploadIncompleteError
from transcripts.pages.desk.agenda_preview import pasted_as_lines, tidy_agenda
from transcripts.pages.desk.desk_pages import (
    DeskList,
    NewPage,
    UploadView,
    render_agenda,
    render_desk,
    render_desk_part,
    render_job,
    render_job_part,
    render_new,
)
from transcripts.pages.desk.recording_form import AT_ONCE, FIELDS, HOLD, LONGEST, FormError, Typed, read_form
from transcripts.pages.desk_addresses import DESK, JOBS
from transcripts.sources.order import GivenOrder
from transcripts.sources.recording_choice import MOST_CHOICES
from transcripts.wording.error_wording import explain
from transcripts.wording.german_formats import format_size

NEW = f"{DESK}neu"
# An agenda in letters that a form writes with six signs each.
LARGEST_FORM_BYTES = 200_000
NUMBERS = frozenset(str(number) for number in range(1, MOST_CHOICES + 1))


async def _new_form(request: Request) -> dict[str, str]:
    return await form_fields(request, LARGEST_FORM_BYTES, len(FIELDS))


async def _agenda_form(request: Request) -> dict[str, str]:
    return await form_fields(request, LARGEST_FORM_BYTES, len(("agenda", "als")))


AgendaForm = Annotated[dict[str, str], Depends(_agenda_form)]
NewForm = Annotated[dict[str, str], Depends(_new_form)]
JobId = Annotated[str, Path(max_length=64)]


class DeskPages:
    """What each route answers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def overview(self, room: CurrentRoom) -> Response:
        """Everything that organisers may want to look after."""
        return HTMLResponse(render_desk(room.site, self._list()))

    def overview_now(self, room: CurrentRoom) -> Response:
        """The part of it that changes."""
        return HTMLResponse(render_desk_part(room.site, self._list()))

    def ask(self, room: CurrentRoom, wie: str = "") -> Response:
        """The empty form, or one with what an earlier job (`wie`) was asked for."""
        typed = Typed(release=HOLD if self._desk.always_holds else AT_ONCE)
        if wie:
            typed = self._typed_for(wie)
        return HTMLResponse(render_new(room.site, self._new_page(typed)))

    def hand_in(self, room: CurrentRoom, fields: NewForm) -> Response:
        """Takes the recording, or answers beside the fields what is wrong. Nothing typed is lost."""
        typed = Typed.of(fields)
        try:
            job_id = self._submitted(read_form(typed, self._desk.clock.today))
        except FormError as error:
            return HTMLResponse(render_new(room.site, self._new_page(typed, error)), 422)
        except TemporaryError as error:
            page = self._new_page(typed, trouble=explain(error))
            return HTMLResponse(render_new(room.site, page), 503)
        return RedirectResponse(JOBS + job_id, 303)

    def preview(self, room: CurrentRoom, fields: NewForm) -> Response:
        """The form as it was filled in, with what is understood of the agenda."""
        return HTMLResponse(render_new(room.site, self._new_page(Typed.of(fields))))

    def tidied(self, room: CurrentRoom, fields: NewForm) -> Response:
        """The same, with the agenda written as it was understood."""
        typed = Typed.of(fields)
        typed = replace(typed, agenda=tidy_agenda(typed.agenda[: LONGEST["agenda"]]))
        return HTMLResponse(render_new(room.site, self._new_page(typed)))

    def agenda(self, room: CurrentRoom, fields: AgendaForm) -> Response:
        """What is understood of an agenda: to be shown, or (`als`) as text for the form's field."""
        text, wanted = fields.get("agenda", ""), fields.get("als", "")
        if wanted == "zeilen":
            return PlainTextResponse(pasted_as_lines(text)[: LONGEST["agenda"]])
        text = text[: LONGEST["agenda"]]
        return (
            PlainTextResponse(tidy_agenda(text)) if wanted else HTMLResponse(render_agenda(room.site, text))
        )

    def job(self, room: CurrentRoom, job_id: JobId) -> Response:
        """One recording under way."""
        return HTMLResponse(render_job(room.site, job_view(self._job(job_id), self._desk.clock)))

    def job_now(self, room: CurrentRoom, job_id: JobId) -> Response:
        """The part of it that changes."""
        return HTMLResponse(render_job_part(room.site, job_view(self._job(job_id), self._desk.clock)))

    def cancel(self, job_id: JobId) -> Response:
        """Stops it."""
        self._job(job_id)
        self._desk.jobs().cancel(job_id)
        return RedirectResponse(JOBS + job_id, 303)

    def retry(self, room: CurrentRoom, job_id: JobId, fields: SmallForm) -> Response:
        """Goes on with it, with another passcode if one is given."""
        job, passcode = self._job(job_id), fields.get("passcode", "").strip()
        try:
            self._desk.jobs().retry(job_id, SecretStr(passcode) if passcode else None)
        except PermanentError as error:
            view = job_view(job, self._desk.clock)
            return HTMLResponse(render_job(room.site, view, explain(error)), 409)
        return RedirectResponse(JOBS + job_id, 303)

    def choose(self, room: CurrentRoom, job_id: JobId, fields: SmallForm) -> Response:
        """Goes on with one of the recordings that lie at the address."""
        job, number = self._job(job_id), fields.get("aufzeichnung", "")
        try:
            self._desk.jobs().choose(job_id, int(number) if number in NUMBERS else 0)
        except PermanentError as error:
            view = job_view(job, self._desk.clock)
            return HTMLResponse(render_job(room.site, view, explain(error)), 409)
        return RedirectResponse(JOBS + job_id, 303)

    def _list(self) -> DeskList:
        """With what is known, should Prefect be away."""
        clock = self._desk.clock
        try:
            listed = desk_list(self._desk.jobs().jobs(), self._desk.storage, clock)
        except TemporaryError as error:
            listed = desk_list([], self._desk.storage, clock, explain(error))
        return replace(listed, duties=[duty_view(each, clock) for each in self._desk.duties()])

    def _job(self, job_id: str) -> Job:
        try:
            return self._desk.jobs().job(job_id)
        except PermanentError as error:
            raise HTTPException(404) from error

    def _typed_for(self, job_id: str) -> Typed:
        self._job(job_id)
        return Typed.like(self._desk.jobs().asked(job_id))

    def _submitted(self, order: GivenOrder) -> str:
        """The job's id. Raises FormError, TemporaryError."""
        try:
            file_name = self._complete_file(order.upload) if order.upload else None
            known = {"file_name": file_name, "hold": order.hold or self._desk.always_holds}
            return self._desk.jobs().submit(order.model_copy(update=known))
        except PermanentError as error:
            raise FormError.of(error) from error

    def _complete_file(self, upload_id: str) -> str:
        """The name of an upload. Raises UploadUnknownError, UploadIncompleteError."""
        upload = self._desk.uploads.read(upload_id)
        if self._desk.uploads.received_bytes(upload) != upload.size_bytes:
            raise UploadIncompleteError()
        return upload.file_name

    def _new_page(self, typed: Typed, error: FormError | None = None, trouble: str = "") -> NewPage:
        return NewPage(
            typed=typed,
            today=self._desk.clock.today,
            always_holds=self._desk.always_holds,
            upload_max_text=format_size(self._desk.upload_max_bytes),
            complaints=error.complaints if error else {},
            upload=self._upload_view(typed.upload) if typed.upload else None,
            trouble=trouble,
        )

    def _upload_view(self, upload_id: str) -> UploadView | None:
        try:
            upload = self._desk.uploads.read(upload_id)
            percent = int(100 * self._desk.uploads.received_bytes(upload) / upload.size_bytes)
        except StepError:
            return None  # the complaint beside the field says what is wrong
        return UploadView(upload.id, upload.file_name, format_size(upload.size_bytes), percent)


def desk_router(desk: Desk) -> APIRouter:
    """The desk's routes, for organisers."""
    pages, one = DeskPages(desk), JOBS + "{job_id}"
    router = APIRouter(include_in_schema=False, dependencies=[Depends(require_organiser)])
    for path, route, methods in (
        (DESK, pages.overview, READING),
        (f"{DESK}stand", pages.overview_now, READING),
        (NEW, pages.ask, READING),
        (NEW, pages.hand_in, ["POST"]),
        (f"{NEW}/vorschau", pages.preview, ["POST"]),
        (f"{NEW}/ordnen", pages.tidied, ["POST"]),
        (f"{NEW}/tagesordnung", pages.agenda, ["POST"]),
        (one, pages.job, READING),
        (f"{one}/stand", pages.job_now, READING),
        (f"{one}/abbrechen", pages.cancel, ["POST"]),
        (f"{one}/nochmal", pages.retry, ["POST"]),
        (f"{one}/auswahl", pages.choose, ["POST"]),
    ):
        router.add_api_route(path, route, methods=methods)
    return router
