"""The reading room as an ASGI app.

`create_app` puts it together from routers and middleware; access control plugs in through
both lists. Whatever goes wrong is answered in German, as a page or, below `/api`, as JSON.
"""

import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from flows.reading_room import api_routes, document_routes, page_routes, static_routes
from flows.reading_room.library import Follower
from flows.reading_room.room_context import Room, require_member
from tasks.processes.supervised_loop import SupervisedLoop
from transcripts.errors.archive_errors import IndexUnusableError
from transcripts.errors.error_kinds import StepError, TemporaryError
from transcripts.errors.machine_errors import NoDoorError
from transcripts.pages.room.room_pages import ErrorPage, render_error

GZIP_LEVEL = 5

logger = logging.getLogger("mitschnitt.reading_room")


def create_app(
    room: Room,
    routers: Sequence[APIRouter] = (),
    middleware: Sequence[Middleware] = (),
    loops: Sequence[SupervisedLoop] | None = None,
) -> FastAPI:
    """The app of a room. `routers` come before its own; the first `middleware` sees a request first.

    While it is open `loops` are at work; if none are named, the one that follows the archive.

    Raises NoDoorError for a members' room that nothing guards.
    """
    if not room.is_open and not middleware:
        raise NoDoorError()
    app = FastAPI(
        title="Mitschnitt",
        description="Aufzeichnungen, ihre Texte, und die Suche darin.",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
        middleware=[*middleware, Middleware(GZipMiddleware, compresslevel=GZIP_LEVEL)],
        lifespan=_at_work([Follower(room.library).loop] if loops is None else loops),
        exception_handlers=_HANDLERS,
    )
    app.state.room = room
    for router in (*routers, static_routes.static_router):
        app.include_router(router)
    for router in (page_routes.router, document_routes.router, static_routes.router, api_routes.router):
        app.include_router(router, dependencies=[Depends(require_member)])
    return app


def _at_work(loops: Sequence[SupervisedLoop]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for loop in loops:
            loop.start()
        try:
            yield
        finally:
            for loop in loops:
                loop.stopping.set()  # all at once, so that they end side by side
            for loop in loops:
                loop.stop()

    return lifespan


# What is wrong, in German

_WORDS = {
    400: (
        "Das war nicht zu verstehen",
        "Die Anfrage ist unvollständig. Bitte noch einmal versuchen.",
    ),
    401: ("Nur für Mitglieder", "Diese Seite ist nur nach einer Anmeldung zu sehen."),
    403: ("Nicht erlaubt", "Diese Seite steht hier nicht offen."),
    404: (
        "Nicht gefunden",
        "Unter dieser Adresse gibt es nichts (mehr). Vielleicht fehlt beim Kopieren das Ende der Adresse? "
        "Alle Aufzeichnungen stehen auf der Startseite, und die Suche findet jedes Wort darin.",
    ),
    405: ("So geht es nicht", "Diese Adresse lässt sich nur ansehen."),
    413: ("Das war zu viel", "Die Eingabe ist zu lang. Bitte eine kürzere versuchen."),
    422: ("Das war nicht zu verstehen", "Eine Angabe in der Adresse ist nicht lesbar."),
    503: ("Gerade nicht möglich", "Bitte in einigen Minuten noch einmal versuchen."),
}
_OTHERWISE = ("Etwas ist schiefgegangen", "Bitte in einigen Minuten noch einmal versuchen.")


def _answer(request: Request, status: int, title: str, text: str) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": {"status": status, "message": f"{title}. {text}"}}, status)
    room: Room = request.app.state.room
    return HTMLResponse(render_error(room.site, ErrorPage(status, title, text)), status)


async def _on_http_error(request: Request, error: StarletteHTTPException) -> Response:
    title, text = _WORDS.get(error.status_code, _OTHERWISE)
    answer = _answer(request, error.status_code, title, text)
    answer.headers.update(error.headers or {})
    return answer


async def _on_invalid(request: Request, _: RequestValidationError) -> Response:
    return await _on_http_error(request, HTTPException(422))


async def _on_step_error(request: Request, error: StepError) -> Response:
    """The archive or the index is away or damaged. Readers cannot mend it; the log says what it is."""
    logger.warning("%s %s: %s", request.method, _route(request), error)
    status = 503 if isinstance(error, TemporaryError | IndexUnusableError) else 500
    return _answer(request, status, *_WORDS[503])


def _route(request: Request) -> str:
    """The address as the code has it: the one that was asked may hold somebody's feed token."""
    return str(getattr(request.scope.get("route"), "path", "?"))


_HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    StarletteHTTPException: _on_http_error,
    RequestValidationError: _on_invalid,
    StepError: _on_step_error,
}
