"""Signing in by a link in a mail, and signing out.

The answer to an address is the same for every address, and is given before anybody looks
whether it is a member's. Opening a link shows a button; only the button uses it up.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from flows.reading_room.authentication import LINK_MINUTES, Authenticator
from flows.reading_room.form_fields import SmallForm
from flows.reading_room.member_address import member_address, network_of, visitor_of
from flows.reading_room.middleware import Cookie, Refusals, too_often
from flows.reading_room.room_context import READING
from flows.reading_room.sign_in_link_sender import LinkRequest, SignInLinkSender
from flows.reading_room.site_address import SIGN_IN, wanted_path
from tasks.access.rate_limits import Allowance, RateLimits
from tasks.access.signed_tokens import KnownDevice
from transcripts.errors.error_kinds import StepError
from transcripts.pages.room.room_pages import Site
from transcripts.pages.room.sign_in_pages import (
    HALF_SIGNED_OUT,
    LINK_IS_OUT,
    NO_ADDRESS,
    Device,
    SignInForm,
    render_link,
    render_link_sent,
    render_my_devices,
    render_sign_in,
    render_sign_out,
)
from transcripts.wording.german_formats import format_date_de
from transcripts.wording.local_time import local_day

LINK_PATH = f"{SIGN_IN}/link"
SENT_PATH = f"{SIGN_IN}/unterwegs"
SIGN_OUT = "/abmelden"
MY_DEVICES = "/meine-geraete"
# How often links may be asked for. None of an address, else whoever knows it could keep its owner out: what
# is mailed to one has pauses instead, and the answer is the same.
OF_DEVICE = Allowance("sign-in in a known browser", 10, 15 * 60)
OF_VISITOR = Allowance("sign-in from a house", 30, 15 * 60)
OF_NETWORK = Allowance("sign-in from a network", 120, 15 * 60)
OF_FAILURES = Allowance("links that are not good", 30, 15 * 60)

logger = logging.getLogger("mitschnitt.reading_room")


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the routes work with, and what each answers."""

    site: Site
    authenticator: Authenticator
    post: SignInLinkSender
    limits: RateLimits
    cookie: Cookie
    zone: ZoneInfo

    def day_of(self, moment: datetime) -> str:
        """`19. November 2026`, by the network's clocks."""
        return format_date_de(local_day(moment, self.zone))

    def own_device(self, request: Request, address: str) -> KnownDevice | None:
        """The browser that asks, if this address was signed in there before."""
        tokens = self.authenticator.tokens
        device = tokens.read_device(request.cookies.get(self.cookie.device_name, ""))
        return device if device and device.member_key == tokens.member_key(address) else None

    def wait_seconds(self, request: Request, device: KnownDevice | None) -> int:
        """0, or how long to wait; counted for every address alike, member or not."""
        if device is not None:  # whatever others do in its network
            return self.limits.wait_seconds(OF_DEVICE, device.nonce)
        host = request.client.host if request.client else None
        return self.limits.wait_seconds(OF_VISITOR, visitor_of(host)) or self.limits.wait_seconds(
            OF_NETWORK, network_of(host)
        )

    def form(self, wanted: str, complaint: str = "", status: int = 200) -> Response:
        """The sign-in form."""
        return HTMLResponse(render_sign_in(self.site, SignInForm(wanted, complaint)), status)

    def ask_address(self, request: Request, next: str = "/") -> Response:
        """Asks for the address, unless it is known already who this is."""
        if request.state.member_key is not None:
            return RedirectResponse(wanted_path(next), 303)
        return self.form(wanted_path(next))

    def send_link(self, request: Request, fields: SmallForm) -> Response:
        """Takes the address, and says to look for a mail."""
        wanted, address = wanted_path(fields.get("next")), member_address(fields.get("address", ""))
        if address is None:
            return self.form(wanted, NO_ADDRESS, 422)
        device = self.own_device(request, address)
        seconds = self.wait_seconds(request, device)
        if seconds:
            return too_often(Refusals(self.site), request, seconds)
        self.authenticator.membership.current()  # nobody is let in while members are not known
        self.post.ask(LinkRequest(address, wanted, is_own=device is not None))
        return RedirectResponse(SENT_PATH, 303)

    def sent(self) -> Response:
        """Says what to do now."""
        return HTMLResponse(render_link_sent(self.site, LINK_MINUTES))

    def link(self, request: Request, t: str = "") -> Response:
        """Shows the button. Uses nothing up, however often it is asked."""
        found = self.authenticator.read_link(t)
        if request.state.member_key is not None:
            return RedirectResponse(found.wanted if found else "/", 303)
        if found is None:
            return self.form("/", LINK_IS_OUT, 410)
        return HTMLResponse(render_link(self.site, t))

    def come_in(self, request: Request, fields: SmallForm) -> Response:
        """Uses the link up. The session is a new one, whatever the browser held before."""
        used = self.authenticator.use_link(fields.get("t", ""))
        if used is None:  # a good one always counts, whatever was tried before it
            host = request.client.host if request.client else None
            seconds = self.limits.wait_seconds(OF_FAILURES, visitor_of(host))
            refused = too_often(Refusals(self.site), request, seconds) if seconds else None
            return refused or self.form("/", LINK_IS_OUT, 410)
        answer, tokens = RedirectResponse(used.wanted, 303), self.authenticator.tokens
        session = self.authenticator.sign_in(used.member_key, request.headers.get("user-agent", ""))
        known = tokens.read_device(request.cookies.get(self.cookie.device_name, ""))
        is_known = known is not None and known.member_key == used.member_key
        self.cookie.put(answer, session, None if is_known else tokens.device(used.member_key))
        return answer

    def ask_to_leave(self) -> Response:
        """Shows the button."""
        return HTMLResponse(render_sign_out(self.site))

    def leave(self, request: Request) -> Response:
        """Ends the session, here and for whoever has its cookie."""
        member_key, note, book = request.state.member_key, request.state.session_note, self.authenticator.book
        if member_key is not None:
            return self._ended(request, lambda: book.end(member_key, note))
        return self._left(RedirectResponse(SIGN_IN, 303))

    def devices(self, request: Request) -> Response:
        """Shows where the member is signed in."""
        if request.state.member_key is None:
            return RedirectResponse(SIGN_IN, 303)
        this, lasting = request.state.session_note, self.authenticator.book.lasting(request.state.member_key)
        shown = [
            Device(each.note, each.device, self.day_of(each.begun_at), each.note == this) for each in lasting
        ]
        return HTMLResponse(render_my_devices(self.site, shown))

    def end_devices(self, request: Request, fields: SmallForm) -> Response:
        """Signs one browser out, or all."""
        member_key, note = request.state.member_key, fields.get("geraet", "")
        if member_key is None:
            return RedirectResponse(SIGN_IN, 303)
        if fields.get("alle"):
            return self._ended(request, lambda: self.authenticator.book.end_all(member_key))
        if note == request.state.session_note:
            return self._ended(request, lambda: self.authenticator.book.end(member_key, note))
        self.authenticator.book.end(member_key, note)
        return RedirectResponse(MY_DEVICES, 303)

    def _ended(self, request: Request, end: Callable[[], None]) -> Response:
        """The way out for this browser, also where the end could not be noted for others; that it says."""
        try:
            end()
        except StepError as error:
            logger.warning("a session could not be ended for good: %s", error)
            return self._left(Refusals(self.site).answer(request, 503, HALF_SIGNED_OUT))
        return self._left(RedirectResponse(SIGN_IN, 303))

    def _left(self, answer: Response) -> Response:
        self.cookie.remove(answer)
        return answer


def sign_in_router(pages: SignIn) -> APIRouter:
    """The routes of the sign-in and out. Those below `SIGN_IN` are open to everybody."""
    router = APIRouter(include_in_schema=False)
    for path, route, methods in (
        (SIGN_IN, pages.ask_address, READING),
        (SIGN_IN, pages.send_link, ["POST"]),
        (SENT_PATH, pages.sent, READING),
        (LINK_PATH, pages.link, READING),
        (LINK_PATH, pages.come_in, ["POST"]),
        (SIGN_OUT, pages.ask_to_leave, READING),
        (SIGN_OUT, pages.leave, ["POST"]),
        (MY_DEVICES, pages.devices, READING),
        (MY_DEVICES, pages.end_devices, ["POST"]),
    ):
        router.add_api_route(path, route, methods=methods)
    return router
