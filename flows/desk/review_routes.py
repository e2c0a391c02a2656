"""The review of a record: read and correct it, replace a name everywhere, see the mail, release it.

Every form works without scripts. Whoever corrects says what they saw; where somebody
else was faster, both texts are shown and nothing is overwritten.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.background import BackgroundTask

from flows.desk.desk_context import Desk
from flows.desk.organiser_access import require_organiser
from flows.desk.republishing import Republisher
from flows.desk.review_forms import (
    NOTICES,
    ReviewForm,
    Wishing,
    agenda_wish,
    asked_place,
    chapter_wish,
    chosen_keys,
    day_wish,
    known_name,
    later_agenda_page,
    note_wish,
    number_in,
    posted_place,
    remember_name,
    replace_wish,
    review_wish,
    sentence_wish,
    sought_of,
    title_wish,
    undo_wish,
)
from flows.reading_room.page_routes import CurrentRoom
from flows.reading_room.room_context import READING, Room
from tasks.archive.correction_store import Draft, correct, read_draft
from tasks.archive.record_store import read_ledger
from transcripts.archive.catalogue import Imprint
from transcripts.corrections.correction_log import Correction, corrector_name
from transcripts.corrections.editing import hits
from transcripts.corrections.glossary_suggestions import suggestions
from transcripts.errors.archive_errors import RecordUnknownError
from transcripts.errors.correction_errors import CorrectionConflictError, CorrectionUndoneError
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.errors.job_errors import NotHeldError
from transcripts.mail.delivery_wording import delivery_text
from transcripts.mail.mime_message import RenderedMail
from transcripts.model import Stage
from transcripts.pages.desk.later_agenda_page import LaterAgendaPage, render_later_agenda
from transcripts.pages.desk.review_pages import (
    HistoryPage,
    MailPage,
    ReplacePage,
    ReviewPage,
    SuggestedTerm,
    heard_briefly,
    listed,
    misfit_changes,
    render_history,
    render_mail_page,
    render_place,
    render_replace,
    render_review,
    review_path,
    shown_mail,
)
from transcripts.pages.desk_addresses import JOBS, REVIEWS
from transcripts.pages.room.reading_page import reading_page
from transcripts.wording.error_wording import explain

ONE = f"{REVIEWS}{{record_id}}/"
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
RecordId = Annotated[str, Path(max_length=200)]


@dataclass(frozen=True, slots=True)
class Reviewing:
    """What the review works with; `mail_of` words the mail about a record, `glossary` are the known terms."""

    desk: Desk
    following: Republisher
    imprint: Imprint
    mail_of: Callable[[str], RenderedMail]
    glossary: Callable[[], tuple[str, ...]]


class ReviewPages:
    """What each route answers."""

    def __init__(self, reviewing: Reviewing) -> None:
        self._with = reviewing
        self._storage = reviewing.desk.storage

    def show(self, request: Request, room: CurrentRoom, record_id: RecordId) -> Response:
        """The record to read and correct."""
        draft, query = self._draft(record_id), request.query_params
        page = self._page(request, draft)
        place = asked_place(draft, query)
        saved = number_in(query.get("nr", ""))
        notice = NOTICES.get(query.get("getan", ""), "")
        html = render_review(room.site, replace(page, place=place, saved=saved, notice=notice))
        is_late = draft.manifest.has_unpublished_corrections
        return HTMLResponse(html, background=self._follow(record_id) if is_late else None)

    def place(self, request: Request, room: CurrentRoom, record_id: RecordId) -> Response:
        """The form for one place, with what stands there now."""
        draft = self._draft(record_id)
        place = asked_place(draft, request.query_params)
        if place is None:
            raise HTTPException(404)
        return HTMLResponse(render_place(room.site, replace(self._page(request, draft), place=place)))

    def sentence(
        self, request: Request, room: CurrentRoom, record_id: RecordId, fields: ReviewForm
    ) -> Response:
        """Another wording of a sentence."""
        return self._edited(request, room, record_id, fields, lambda: sentence_wish(fields))

    def title(self, request: Request, room: CurrentRoom, record_id: RecordId, fields: ReviewForm) -> Response:
        """Another title."""
        return self._edited(request, room, record_id, fields, lambda: title_wish(fields))

    def day(self, request: Request, room: CurrentRoom, record_id: RecordId, fields: ReviewForm) -> Response:
        """Another day of the meeting."""
        today = self._with.desk.clock.today
        return self._edited(request, room, record_id, fields, lambda: day_wish(fields, today))

    def chapter(
        self, request: Request, room: CurrentRoom, record_id: RecordId, fields: ReviewForm
    ) -> Response:
        """A chapter renamed, moved, put in or taken out."""
        return self._edited(request, room, record_id, fields, lambda: chapter_wish(fields))

    def history(self, request: Request, room: CurrentRoom, record_id: RecordId) -> Response:
        """What was corrected, by whom, when."""
        return HTMLResponse(render_history(room.site, self._history(request, record_id)))

    def undo(self, request: Request, room: CurrentRoom, record_id: RecordId, fields: ReviewForm) -> Response:
        """Takes a correction back, by a further one."""
        try:
            made = self._correct(record_id, fields, undo_wish(fields))
        except PermanentError as error:
            page = replace(self._history(request, record_id), trouble=explain(error))
            return HTMLResponse(render_history(room.site, page), _status(error))
        return self._on(request, record_id, fields, f"{review_path(record_id)}?nr={made.number}")

    def ask_replacement(self, request: Request, room: CurrentRoom, record_id: RecordId) -> Response:
        """What a replacement everywhere would change."""
        draft, fields = self._draft(record_id), dict(request.query_params)
        page = ReplacePage(draft.machine.recording, None, seen=draft.number, name=known_name(request))
        if "alt" not in fields:
            return HTMLResponse(render_replace(room.site, page))
        sought = sought_of(fields)
        try:
            found = hits(draft.now, sought)
        except PermanentError as error:
            page = replace(page, sought=sought, complaint=explain(error))
            return HTMLResponse(render_replace(room.site, page), 422)
        return HTMLResponse(render_replace(room.site, replace(page, sought=sought, hits=found)))

    def replace_all(
        self, request: Request, room: CurrentRoom, record_id: RecordId, fields: ReviewForm
    ) -> Response:
        """Replaces at the chosen places, at once, to be undone at once."""
        try:
            made = self._correct(record_id, fields, replace_wish(fields))
        except PermanentError as error:
            draft, sought = self._draft(record_id), sought_of(fields)
            found = hits(draft.now, sought) if sought.find else ()
            left_out = frozenset(each.key for each in found) - frozenset(chosen_keys(fields))
            name = fields.get("name", "")
            page = ReplacePage(
                draft.machine.recording, sought, found, draft.number, name, explain(error), left_out
            )
            return HTMLResponse(render_replace(room.site, page), _status(error))
        return self._on(request, record_id, fields, f"{review_path(record_id)}?nr={made.number}")

    def ask_agenda(self, request: Request, room: CurrentRoom, record_id: RecordId) -> Response:
        """The form for an agenda that comes after the recording."""
        recording = self._draft(record_id).machine.recording
        return HTMLResponse(
            render_later_agenda(room.site, LaterAgendaPage(recording, name=known_name(request)))
        )

    def take_agenda(
        self, request: Request, room: CurrentRoom, record_id: RecordId, fields: ReviewForm
    ) -> Response:
        """Shows which chapters the agenda would make; makes them when told to, to be undone at once."""
        page, status = later_agenda_page(self._draft(record_id), fields, known_name(request)), 200
        try:
            if fields.get("tun"):
                made = self._correct(record_id, fields, agenda_wish(fields))
                return self._on(request, record_id, fields, f"{review_path(record_id)}?nr={made.number}")
        except PermanentError as error:
            page, status = replace(page, complaint=explain(error)), _status(error)
        return HTMLResponse(render_later_agenda(room.site, page), status)

    def mail(self, room: CurrentRoom, record_id: RecordId) -> Response:
        """The mail as it would go out now."""
        draft = self._draft(record_id)
        page = MailPage(draft.machine.recording, self._mail(record_id))
        return HTMLResponse(render_mail_page(room.site, page))

    def mail_as_seen(self, record_id: RecordId) -> Response:
        """The mail as a mail program shows it; nothing in it may run or load from elsewhere."""
        html = shown_mail(self._mail(record_id), record_id)
        headers = {"content-security-policy": MAIL_POLICY, "x-frame-options": "SAMEORIGIN"}
        return HTMLResponse(html, headers=headers)

    def take_name(self, request: Request, record_id: RecordId, fields: ReviewForm) -> Response:
        """Keeps a name for the next corrections."""
        answer = RedirectResponse(f"{review_path(record_id)}berichtigungen#name", 303)
        remember_name(request, answer, corrector_name(fields.get("name", "")))
        return answer

    def remake(
        self, request: Request, room: CurrentRoom, record_id: RecordId, fields: ReviewForm
    ) -> Response:
        """Makes it anew with another sound track, and leads to the job."""
        track = number_in(fields.get("spur", ""))
        try:
            if track not in self._page(request, self._draft(record_id)).other_tracks:
                raise NotHeldError()
            job_id = self._with.desk.jobs().remake(record_id, track)
        except StepError as error:
            return self._refused(request, room, record_id, error)
        return RedirectResponse(f"{JOBS}{job_id}", 303)

    def release(
        self, request: Request, room: CurrentRoom, record_id: RecordId, fields: ReviewForm
    ) -> Response:
        """Makes it public and lets it be announced."""
        draft = self._draft(record_id)
        if draft.machine.recording.stage not in (Stage.HELD, Stage.ARCHIVED):
            return RedirectResponse(review_path(record_id), 303)
        try:
            if fields.get("geprueft"):
                self._correct(record_id, fields, self._review_wish())
            self._with.following.publish(record_id)
            self._with.desk.jobs().release(record_id)
        except StepError as error:
            return self._refused(request, room, record_id, error)
        room.library.catch_up()
        return self._on(request, record_id, fields, f"{review_path(record_id)}?getan=freigegeben")

    def mark_reviewed(
        self, request: Request, room: CurrentRoom, record_id: RecordId, fields: ReviewForm
    ) -> Response:
        """Notes that all of it was read."""
        return self._noted(request, room, record_id, fields, self._review_wish, "geprueft")

    def send_back(
        self, request: Request, room: CurrentRoom, record_id: RecordId, fields: ReviewForm
    ) -> Response:
        """Keeps it held, with a note for whoever goes on with it."""
        return self._noted(request, room, record_id, fields, lambda: note_wish(fields), "zurueckgegeben")

    def _edited(
        self,
        request: Request,
        room: Room,
        record_id: str,
        fields: dict[str, str],
        wish: Callable[[], Wishing],
    ) -> Response:
        """The answer to one place's form: for scripts as JSON, else the page; refused with what was typed."""
        wants_json = "application/json" in request.headers.get("accept", "")
        try:
            made = self._correct(record_id, fields, wish())
        except PermanentError as error:
            draft, is_conflict = self._draft(record_id), isinstance(error, CorrectionConflictError)
            place = posted_place(draft, fields, explain(error), is_conflict=is_conflict)
            page = replace(self._page(request, draft), place=place, name=fields.get("name", ""))
            if place is None:
                page = replace(page, trouble=explain(error))
            if wants_json and place is not None:
                html = render_place(room.site, page)
                return JSONResponse({"message": explain(error), "form": html}, _status(error))
            return HTMLResponse(render_review(room.site, page), _status(error))
        anchor = f"#{fields['satz']}" if fields.get("satz") else ""
        answer = self._on(request, record_id, fields, f"{review_path(record_id)}?nr={made.number}{anchor}")
        if not wants_json:
            return answer
        text = next((each.after for each in made.edits if each.kind == "sentence"), "")
        told = JSONResponse({"number": made.number, "text": text}, background=answer.background)
        remember_name(request, told, fields.get("name", ""))
        return told

    def _noted(
        self,
        request: Request,
        room: Room,
        record_id: str,
        fields: dict[str, str],
        wish: Callable[[], Wishing],
        done: str,
    ) -> Response:
        try:
            self._correct(record_id, fields, wish())
        except PermanentError as error:
            return self._refused(request, room, record_id, error)
        return self._on(request, record_id, fields, f"{review_path(record_id)}?getan={done}")

    def _refused(self, request: Request, room: Room, record_id: str, error: StepError) -> Response:
        page = replace(self._page(request, self._draft(record_id)), trouble=explain(error))
        return HTMLResponse(render_review(room.site, page), _status(error))

    def _review_wish(self) -> Wishing:
        return review_wish(self._with.desk.clock.today)

    def _correct(self, record_id: str, fields: dict[str, str], wish: Wishing) -> Correction:
        name = corrector_name(fields.get("name", ""))
        return correct(self._storage, record_id, name, wish, self._with.imprint.writer)

    def _on(self, request: Request, record_id: str, fields: dict[str, str], path: str) -> Response:
        """On to a page, while the published forms follow."""
        answer = RedirectResponse(path, 303, background=self._follow(record_id))
        remember_name(request, answer, " ".join(fields.get("name", "").split()))
        return answer

    def _follow(self, record_id: str) -> BackgroundTask:
        return BackgroundTask(self._with.following.follow, record_id)

    def _draft(self, record_id: str) -> Draft:
        try:
            return read_draft(self._storage, record_id)
        except RecordUnknownError as error:
            raise HTTPException(404) from error

    def _page(self, request: Request, draft: Draft) -> ReviewPage:
        recording, now = draft.recording, draft.now
        reading = reading_page(
            recording, now.transcript, now.chapters, draft.manifest.names, now.proofreading
        )
        entries = read_ledger(self._storage, recording.id).entries
        announced = delivery_text(entries[0]) if entries and recording.stage is not Stage.HELD else ""
        return ReviewPage(recording, reading, now, draft.number, known_name(request), announced)

    def _history(self, request: Request, record_id: str) -> HistoryPage:
        draft = self._draft(record_id)
        found = suggestions([draft.corrections], self._with.glossary())
        terms = [SuggestedTerm(each.term, each.times, heard_briefly(each.heard_as)) for each in found]
        return HistoryPage(
            draft.machine.recording,
            listed(draft.corrections, self._with.desk.clock.zone),
            misfit_changes(draft.now.misfits),
            terms,
            known_name(request),
        )

    def _mail(self, record_id: str) -> RenderedMail:
        """With all corrections, published or not."""
        self._draft(record_id)
        self._with.following.publish(record_id)
        return self._with.mail_of(record_id)


def review_router(reviewing: Reviewing) -> APIRouter:
    """The review's routes, for organisers."""
    pages = ReviewPages(reviewing)
    router = APIRouter(include_in_schema=False, dependencies=[Depends(require_organiser)])
    for name, route, methods in (
        ("", pages.show, READING),
        ("stelle", pages.place, READING),
        ("satz", pages.sentence, ["POST"]),
        ("titel", pages.title, ["POST"]),
        ("tag", pages.day, ["POST"]),
        ("kapitel", pages.chapter, ["POST"]),
        ("berichtigungen", pages.history, READING),
        ("zuruecknehmen", pages.undo, ["POST"]),
        ("ersetzen", pages.ask_replacement, READING),
        ("ersetzen", pages.replace_all, ["POST"]),
        ("tagesordnung", pages.ask_agenda, READING),
        ("tagesordnung", pages.take_agenda, ["POST"]),
        ("name", pages.take_name, ["POST"]),
        ("mail", pages.mail, READING),
        ("mail/ansicht", pages.mail_as_seen, READING),
        ("geprueft", pages.mark_reviewed, ["POST"]),
        ("tonspur", pages.remake, ["POST"]),
        ("freigeben", pages.release, ["POST"]),
        ("zurueckgeben", pages.send_back, ["POST"]),
    ):
        router.add_api_route(ONE + name, route, methods=methods)
    return router


def _status(error: StepError) -> int:
    refused = 409 if isinstance(error, CorrectionConflictError | CorrectionUndoneError) else 422
    return 503 if isinstance(error, TemporaryError) else refused
