"""Signing in by a link in a mail, and signing out.

The answer to an address is the same for every address, and is given before anybody looks
whether it is a member's. Opening a link shows a button; only the button uses it up.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from flows.reading_room.doorkeeper import LINK_MINUTES, Doorkeeper
from flows.reading_room.guard import Cookie, Refusals, too_often
from flows.reading_room.link_post import LinkPost, Wish
from flows.reading_room.room import READING
from flows.reading_room.small_form import SmallForm
from tasks.rate_limits import Allowance, RateLimits
from transcripts.reading_room.door_pages import (
    LINK_IS_OUT,
    NO_ADDRESS,
    SignInForm,
    render_link,
    render_link_sent,
    render_sign_in,
    render_sign_out,
)
from transcripts.reading_room.member_address import member_address, network_of
from transcripts.reading_room.own_address import SIGN_IN, wanted_path
from transcripts.reading_room.pages import Site

LINK_PATH = f"{SIGN_IN}/link"
SENT_PATH = f"{SIGN_IN}/unterwegs"
SIGN_OUT = "/abmelden"
OF_ADDRESS = Allowance("sign-in of an address", 5, 15 * 60)
OF_NETWORK = Allowance("sign-in from a network", 30, 15 * 60)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the routes work with, and what each answers."""

    site: Site
    doorkeeper: Doorkeeper
    post: LinkPost
    limits: RateLimits
    cookie: Cookie

    def wait_seconds(self, request: Request, address: str) -> int:
        """0, or how long to wait; counted for every address alike, member or not."""
        network = network_of(request.client.host if request.client else None)
        return self.limits.wait_seconds(OF_NETWORK, network) or self.limits.wait_seconds(
            OF_ADDRESS, self.doorkeeper.tokens.member_key(address)
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
        seconds = self.wait_seconds(request, address)
        if seconds:
            return too_often(Refusals(self.site), request, seconds)
        self.doorkeeper.membership.current()  # nobody is let in while members are not known
        self.post.ask(Wish(address, wanted))
        return RedirectResponse(SENT_PATH, 303)

    def sent(self) -> Response:
        """Says what to do now."""
        return HTMLResponse(render_link_sent(self.site, LINK_MINUTES))

    def link(self, request: Request, t: str = "") -> Response:
        """Shows the button. Uses nothing up, however often it is asked."""
        found = self.doorkeeper.read_link(t)
        if request.state.member_key is not None:
            return RedirectResponse(found.wanted if found else "/", 303)
        if found is None:
            return self.form("/", LINK_IS_OUT, 410)
        return HTMLResponse(render_link(self.site, t))

    def come_in(self, fields: SmallForm) -> Response:
        """Uses the link up. The cookie is a new one, whatever the browser held before."""
        used = self.doorkeeper.use_link(fields.get("t", ""))
        if used is None:
            return self.form("/", LINK_IS_OUT, 410)
        answer = RedirectResponse(used.wanted, 303)
        self.cookie.put(answer, self.doorkeeper.tokens.session(used.member_key))
        return answer

    def ask_to_leave(self) -> Response:
        """Shows the button."""
        return HTMLResponse(render_sign_out(self.site))

    def leave(self) -> Response:
        """Forgets who this was."""
        answer = RedirectResponse(SIGN_IN, 303)
        self.cookie.remove(answer)
        return answer


def sign_in_router(door: SignIn) -> APIRouter:
    """The routes of the sign-in. All but the last are open to everybody."""
    router = APIRouter(include_in_schema=False)
    for path, route, methods in (
        (SIGN_IN, door.ask_address, READING),
        (SIGN_IN, door.send_link, ["POST"]),
        (SENT_PATH, door.sent, READING),
        (LINK_PATH, door.link, READING),
        (LINK_PATH, door.come_in, ["POST"]),
        (SIGN_OUT, door.ask_to_leave, READING),
        (SIGN_OUT, door.leave, ["POST"]),
    ):
        router.add_api_route(path, route, methods=methods)
    return router
