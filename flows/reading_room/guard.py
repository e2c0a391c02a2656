"""What every request passes on its way in: own host, own origin, who asks, how often. Headers on the way out.

Plain ASGI, so that media stream through.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.reading_room.doorkeeper import Doorkeeper, Recognised
from tasks.rate_limits import Allowance, RateLimits
from tasks.signed_tokens import SESSION_SECONDS
from transcripts.reading_room.door_pages import (
    FOREIGN_ORIGIN,
    MEMBERS_ONLY,
    TOO_OFTEN,
    WRONG_HOST,
    waiting_words,
)
from transcripts.reading_room.member_address import network_of
from transcripts.reading_room.own_address import SIGN_IN, OwnAddress, wanted_path
from transcripts.reading_room.pages import ErrorPage, Site, render_error

# Everybody may ask for these, and they know themselves what a stranger is told; all else is for members.
PUBLIC = (SIGN_IN, "/static/", "/feeds/", "/healthz", "/metrics")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SEARCHES = ("/suche", "/api/search")
NETWORK_SHARE = 10  # so many members' searches for a network whose people are not signed in


@dataclass(frozen=True, slots=True)
class Cookie:
    """The session's cookie. With TLS its name binds it to this host alone (RFC 6265bis, `__Host-`)."""

    is_secure: bool

    @property
    def name(self) -> str:
        """What it is called."""
        return "__Host-mitschnitt" if self.is_secure else "mitschnitt"

    def put(self, response: Response, value: str) -> None:
        """Sign in."""
        response.set_cookie(
            self.name, value, max_age=SESSION_SECONDS, secure=self.is_secure, httponly=True, samesite="lax"
        )

    def remove(self, response: Response) -> None:
        """Sign out."""
        response.delete_cookie(self.name, secure=self.is_secure, httponly=True, samesite="lax")


@dataclass(frozen=True, slots=True)
class Refusals:
    """How the guard says no: as a page, or below `/api` as JSON."""

    site: Site

    def answer(self, request: Request, status: int, words: tuple[str, str]) -> Response:
        """No, and why."""
        title, text = words
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": {"status": status, "message": f"{title}. {text}"}}, status)
        return HTMLResponse(render_error(self.site, ErrorPage(status, title, text)), status)


class HeaderGuard:
    """Puts the headers on every answer, where the answer has none of its own."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app, self.headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See starlette.middleware."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    present.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class OriginGuard:
    """Refuses what is meant for another host, and what another site's page sends."""

    def __init__(self, app: ASGIApp, own: OwnAddress, refusals: Refusals) -> None:
        self.app, self.own, self.refusals = app, own, refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See starlette.middleware."""
        refusal = self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        headers, host = request.headers, request.headers.get("host", "")
        if not self.own.is_own_host(host):
            return self.refusals.answer(request, 400, WRONG_HOST)
        fetch_site = headers.get("sec-fetch-site")
        is_safe = request.method in SAFE_METHODS
        if is_safe or self.own.is_own_origin(headers.get("origin"), host, fetch_site):
            return None
        return self.refusals.answer(request, 403, FOREIGN_ORIGIN)


class MemberGuard:
    """Tells the routes who asks (`request.state`), and sends everybody else to sign in."""

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper, cookie: Cookie, refusals: Refusals) -> None:
        self.app, self.doorkeeper, self.cookie, self.refusals = app, doorkeeper, cookie, refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See starlette.middleware."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        known = self.doorkeeper.recognise(request.cookies.get(self.cookie.name))
        request.state.visitor, request.state.member_key = known.visitor, known.member_key
        if not known.visitor.is_member and not request.url.path.startswith(PUBLIC):
            return await self._turned_away(request)(scope, receive, send)
        # What everybody may keep, a proxy may keep too: no cookie may travel with it.
        is_due = known.is_due and not request.url.path.startswith(PUBLIC)
        return await self.app(scope, receive, self._renewing(known, send) if is_due else send)

    def _turned_away(self, request: Request) -> Response:
        """Pages lead to the sign-in and back; programs and players are told the status."""
        is_page = "text/html" in request.headers.get("accept", "") and request.method in ("GET", "HEAD")
        if not is_page or request.url.path.startswith("/api/"):
            return self.refusals.answer(request, 401, MEMBERS_ONLY)
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        wanted = wanted_path(target)
        return RedirectResponse(SIGN_IN + (f"?{urlencode({'next': wanted})}" if wanted != "/" else ""), 303)

    def _renewing(self, known: Recognised, send: Send) -> Send:
        carrier = Response()
        self.cookie.put(carrier, self.doorkeeper.tokens.session(known.member_key or ""))
        value = carrier.headers["set-cookie"]

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = MutableHeaders(scope=message)
                if "set-cookie" not in present:
                    present["set-cookie"] = value
            await send(message)

        return send_with_cookie


class SearchGuard:
    """Lets each member search so often a minute; of an open room, each network ten times as often."""

    def __init__(self, app: ASGIApp, limits: RateLimits, times_a_minute: int, refusals: Refusals) -> None:
        self.app, self.limits, self.refusals = app, limits, refusals
        self.of_member = Allowance("search", times_a_minute, 60)
        self.of_network = Allowance("network searches", NETWORK_SHARE * times_a_minute, 60)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See starlette.middleware."""
        is_search = scope["type"] == "http" and scope["path"] in SEARCHES
        refusal = self._refusal(Request(scope)) if is_search else None
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        member_key = getattr(request.state, "member_key", None)
        if member_key is not None:
            seconds = self.limits.wait_seconds(self.of_member, member_key)
        else:
            seconds = self.limits.wait_seconds(self.of_network, network_of(_host(request)))
        return too_often(self.refusals, request, seconds) if seconds else None


def too_often(refusals: Refusals, request: Request, seconds: int) -> Response:
    """429, and when to try again."""
    answer = refusals.answer(request, 429, (TOO_OFTEN, waiting_words(seconds)))
    answer.headers["retry-after"] = str(seconds)
    return answer


def _host(request: Request) -> str | None:
    return request.client.host if request.client else None
