"""The form with which members propose documents: bounded in size and number; organisers look at each."""

from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from flows.desk.document_desk import MEGABYTE, DocumentDesk
from flows.desk.posted_files import posted_files
from flows.reading_room.page_routes import CurrentRoom
from flows.reading_room.room_context import READING
from flows.reading_room.site_address import SIGN_IN
from tasks.access.rate_limits import Allowance, RateLimits
from transcripts.errors.error_kinds import StepError, TemporaryError
from transcripts.pages.desk.proposal_page import PROPOSE, ProposalPage, render_proposal
from transcripts.wording.error_wording import explain

LARGEST_BYTES, MOST_FILES = 50 * MEGABYTE, 5
LONGEST_SOURCE = 500
PROPOSALS = Allowance("document proposals", 10, 3600)
TOO_OFTEN = "Das waren viele Vorschläge auf einmal. Bitte in einer Stunde weitermachen."
NOTHING = "Bitte eine Datei auswählen oder eine Adresse eintragen."


class ProposalPages:
    """What each route answers; `desk` has the limits that hold for members."""

    def __init__(self, desk: DocumentDesk) -> None:
        self._desk, self._limits = desk, RateLimits()

    def ask(self, room: CurrentRoom, danke: int = 0) -> Response:
        """The form, or the thanks for so many documents."""
        return HTMLResponse(render_proposal(room.site, _page(thanks=max(0, danke))))

    async def take(self, request: Request, room: CurrentRoom) -> Response:
        """Takes what is proposed, or says what is wrong."""
        member_key: str = request.state.member_key
        async with posted_files(request, LARGEST_BYTES, MOST_FILES) as posted:
            url, source = posted.fields.get("url", ""), posted.fields.get("herkunft", "")[:LONGEST_SOURCE]

            def refused(complaint: str, status: int) -> Response:
                page = _page(complaint=complaint, url=url, source=source)
                return HTMLResponse(render_proposal(room.site, page), status)

            if not posted.files and not url.strip():
                return refused(NOTHING, 422)
            if self._limits.wait_seconds(PROPOSALS, member_key):
                return refused(TOO_OFTEN, 429)
            words = " ".join(source.split())
            try:
                count = await run_in_threadpool(self._desk.take_in, posted.files, url, member_key, words)
            except StepError as error:
                return refused(explain(error), 503 if isinstance(error, TemporaryError) else 422)
        return RedirectResponse(f"{PROPOSE}?danke={count}", 303)


def require_signed_in(request: Request) -> None:
    """Sends who is not signed in to sign in, also where everybody may read. A FastAPI dependency."""
    if getattr(request.state, "member_key", None) is not None:
        return
    if request.method not in READING:
        raise HTTPException(403)
    raise HTTPException(303, headers={"location": f"{SIGN_IN}?{urlencode({'next': PROPOSE})}"})


def proposal_router(desk: DocumentDesk) -> APIRouter:
    """The routes, for who is signed in."""
    pages = ProposalPages(desk)
    router = APIRouter(include_in_schema=False, dependencies=[Depends(require_signed_in)])
    router.add_api_route(PROPOSE, pages.ask, methods=READING)
    router.add_api_route(PROPOSE, pages.take, methods=["POST"])
    return router


def _page(*, complaint: str = "", url: str = "", source: str = "", thanks: int = 0) -> ProposalPage:
    return ProposalPage(LARGEST_BYTES // MEGABYTE, MOST_FILES, LONGEST_SOURCE, complaint, url, source, thanks)
