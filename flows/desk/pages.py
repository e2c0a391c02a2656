"""The desk's pages: what is under way, a new recording, one recording and what can be done with it.

Every form works without scripts; scripts only keep the pages current and upload files.
"""

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import SecretStr

from flows.desk.desk import Desk
from flows.desk.organisers import DESK, require_organiser
from flows.desk.views import JOBS, desk_list, job_view
from flows.job import Job, JobRequest
from flows.reading_room.pages import CurrentRoom
from flows.reading_room.room import READING
from flows.reading_room.small_form import SmallForm, form_fields
from transcripts.desk.form import AT_ONCE, FIELDS, HOLD, FormError, Order, Typed, read_form
from transcripts.desk.pages import (
    DeskList,
    NewPage,
    UploadView,
    render_desk,
    render_desk_part,
    render_job,
    render_job_part,
    render_new,
)
from transcripts.errors import PermanentError, StepError, TemporaryError
from transcripts.formats import format_size
from transcripts.wording import explain

NEW = f"{DESK}neu"
# An agenda in letters that a form writes with six signs each.
LARGEST_FORM_BYTES = 200_000


async def _new_form(request: Request) -> dict[str, str]:
    return await form_fields(request, LARGEST_FORM_BYTES, len(FIELDS))


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
            job_id = self._submitted(read_form(typed, _today()))
        except FormError as error:
            return HTMLResponse(render_new(room.site, self._new_page(typed, error)), 422)
        except TemporaryError as error:
            page = self._new_page(typed, trouble=explain(error))
            return HTMLResponse(render_new(room.site, page), 503)
        return RedirectResponse(JOBS + job_id, 303)

    def job(self, room: CurrentRoom, job_id: JobId) -> Response:
        """One recording under way."""
        return HTMLResponse(render_job(room.site, job_view(self._job(job_id), datetime.now(UTC))))

    def job_now(self, room: CurrentRoom, job_id: JobId) -> Response:
        """The part of it that changes."""
        return HTMLResponse(render_job_part(room.site, job_view(self._job(job_id), datetime.now(UTC))))

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
            view = job_view(job, datetime.now(UTC))
            return HTMLResponse(render_job(room.site, view, explain(error)), 409)
        return RedirectResponse(JOBS + job_id, 303)

    def _list(self) -> DeskList:
        """With what is known, should Prefect be away."""
        now = datetime.now(UTC)
        try:
            return desk_list(self._desk.jobs().jobs(), self._desk.storage, now)
        except TemporaryError as error:
            return desk_list([], self._desk.storage, now, explain(error))

    def _job(self, job_id: str) -> Job:
        try:
            return self._desk.jobs().job(job_id)
        except PermanentError as error:
            raise HTTPException(404) from error

    def _typed_for(self, job_id: str) -> Typed:
        self._job(job_id)
        given = self._desk.jobs().asked(job_id)
        return Typed.like(Order(**{each.name: getattr(given, each.name) for each in fields(Order)}))

    def _submitted(self, order: Order) -> str:
        """The job's id. Raises FormError, TemporaryError."""
        try:
            return self._desk.jobs().submit(
                JobRequest(
                    url=order.url,
                    upload=order.upload,
                    file_name=self._complete_file(order.upload) if order.upload else None,
                    title=order.title,
                    recorded_on=order.recorded_on,
                    agenda=order.agenda,
                    passcode=order.passcode,
                    cut_start_seconds=order.cut_start_seconds,
                    cut_end_seconds=order.cut_end_seconds,
                    hold=order.hold or self._desk.always_holds,
                )
            )
        except PermanentError as error:
            raise FormError.of(error) from error

    def _complete_file(self, upload_id: str) -> str:
        """The name of an upload. Raises PermanentError `upload_unknown`, `upload_incomplete`."""
        upload = self._desk.uploads.read(upload_id)
        if self._desk.uploads.received_bytes(upload) != upload.size_bytes:
            raise PermanentError("upload_incomplete")
        return upload.file_name

    def _new_page(self, typed: Typed, error: FormError | None = None, trouble: str = "") -> NewPage:
        return NewPage(
            typed=typed,
            today=_today(),
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
        (one, pages.job, READING),
        (f"{one}/stand", pages.job_now, READING),
        (f"{one}/abbrechen", pages.cancel, ["POST"]),
        (f"{one}/nochmal", pages.retry, ["POST"]),
    ):
        router.add_api_route(path, route, methods=methods)
    return router


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
