"""Middleware: host, origin, membership and rate limits of each request, and the headers of each answer.

Plain ASGI, so that media stream through.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.reading_room.authentication import Authenticator, Recognised
from flows.reading_room.member_address import network_of
from flows.reading_room.site_address import SIGN_IN, OwnAddress, is_possible_path, wanted_path
from tasks.access.rate_limits import Allowance, RateLimits
from tasks.access.signed_tokens import DEVICE_SECONDS, SESSION_SECONDS
from transcripts.errors.error_kinds import StepError
from transcripts.pages.room.room_pages import ErrorPage, Site, render_error
from transcripts.pages.room.sign_in_pages import (
    FOREIGN_ORIGIN,
    MEMBERS_ONLY,
    NOBODY_KNOWS,
    NOT_FOUND,
    TOO_OFTEN,
    WRONG_HOST,
    waiting_words,
)

# Everybody may ask for these, and they know themselves what a stranger is told; all else is for members.
PUBLIC = (SIGN_IN, "/static/", "/feeds/", "/healthz", "/readyz", "/metrics")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SEARCHES = ("/suche", "/aehnlich", "/api/search", "/api/similar")
logger = logging.getLogger("mitschnitt.reading_room")

NETWORK_SHARE = 10  # so many members' searches for a network whose people are not signed in


@dataclass(frozen=True, slots=True)
class Cookie:
    """The session's cookie. With TLS its name binds it to this host alone (RFC 6265bis, `__Host-`)."""

    is_secure: bool

    @property
    def name(self) -> str:
        """What it is called."""
        return "__Host-mitschnitt" if self.is_secure else "mitschnitt"

    @property
    def device_name(self) -> str:
        """What the other one is called, by which a browser is known again that was signed in."""
        return f"{self.name}-bekannt"

    def put(self, response: Response, value: str, device: str | None) -> None:
        """Sign in; `device`, if the browser is not known yet."""
        self._set(response, self.name, value, SESSION_SECONDS)
        if device is not None:
            self._set(response, self.device_name, device, DEVICE_SECONDS)

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name, value, max_age=seconds, secure=self.is_secure, httponly=True, samesite="lax"
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


class PathGuard:
    """Answers 404 for paths of which nothing here can have the name, before anything looks for it."""

    def __init__(self, app: ASGIApp, refusals: Refusals) -> None:
        self.app, self.refusals = app, refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See starlette.middleware."""
        is_ours = scope["type"] != "http" or is_possible_path(scope["path"])
        refusal = None if is_ours else self.refusals.answer(Request(scope), 404, NOT_FOUND)
        await (refusal or self.app)(scope, receive, send)


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

    def __init__(
        self, app: ASGIApp, authenticator: Authenticator, cookie: Cookie, refusals: Refusals
    ) -> None:
        self.app, self.authenticator, self.cookie, self.refusals = app, authenticator, cookie, refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See starlette.middleware."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        is_public = request.url.path.startswith(PUBLIC)
        try:
            known = await self._recognised(request.cookies.get(self.cookie.name))
        except StepError as error:
            if not (is_public or self.authenticator.is_open):
                logger.warning("cannot check whether a session is still valid: %s", error)
                return await self.refusals.answer(request, 503, NOBODY_KNOWS)(scope, receive, send)
            known = self.authenticator.anybody
        request.state.visitor, request.state.member_key = known.visitor, known.member_key
        request.state.session_note = known.session_note
        if not known.visitor.is_member and not is_public:
            return await self._refused_entry(request)(scope, receive, send)
        return await self.app(scope, receive, send)

    async def _recognised(self, cookie: str | None) -> Recognised:
        """Elsewhere, where the archive must be asked: it may take its time, and others go on reading."""
        if self.authenticator.knows(cookie):
            return self.authenticator.recognise(cookie)
        return await run_in_threadpool(self.authenticator.recognise, cookie)

    def _refused_entry(self, request: Request) -> Response:
        """Pages lead to the sign-in and back; programs and players are told the status."""
        is_page = "text/html" in request.headers.get("accept", "") and request.method in ("GET", "HEAD")
        if not is_page or request.url.path.startswith("/api/"):
            return self.refusals.answer(request, 401, MEMBERS_ONLY)
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        wanted = wanted_path(target)
        return RedirectResponse(SIGN_IN + (f"?{urlencode({'next': wanted})}" if wanted != "/" else ""), 303)


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
