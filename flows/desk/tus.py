"""Takes uploads by the tus protocol: a broken one goes on where it stopped, at whichever reading room.

Source: tus 1.0.0 (https://tus.io/protocols/resumable-upload), core, creation, expiration and termination.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from flows.desk.organisers import DESK, require_organiser
from tasks.uploads import KEPT, PART_BYTES, Uploads
from transcripts.errors import PermanentError, StepError
from transcripts.uploads import HEAD_BYTES, Upload, begins_like_media, shown_file_name
from transcripts.wording import explain

UPLOADS = f"{DESK}uploads/"
VERSION = "1.0.0"
GIGABYTE = 1_000_000_000
_BODY_TYPE = "application/offset+octet-stream"
_STATUS = {
    "upload_unknown": 404,
    "upload_moved_on": 409,
    "upload_too_large": 413,
    "upload_too_long": 413,
    "upload_not_media": 415,
    "upload_name": 415,
}


@dataclass(frozen=True, slots=True)
class TusServer:
    """What the protocol's requests do. Refusals say in German, as plain text, what to do."""

    uploads: Uploads
    largest_bytes: int

    def capabilities(self) -> Response:
        """What this server can do."""
        extensions = {
            "tus-extension": "creation,expiration,termination",
            "tus-max-size": str(self.largest_bytes),
        }
        return _answer(204, {"tus-version": VERSION, **extensions})

    def create(
        self,
        upload_length: Annotated[int, Header(ge=1)],
        upload_metadata: Annotated[str, Header(max_length=4_000)] = "",
    ) -> Response:
        """Makes room for a file of this length and name."""
        if upload_length > self.largest_bytes:
            limits = {"gigabytes": upload_length / GIGABYTE, "limit_gigabytes": self.largest_bytes / GIGABYTE}
            raise PermanentError("upload_too_large", **limits)
        name = shown_file_name(_metadata(upload_metadata).get("filename", ""))
        if name is None:
            raise PermanentError("upload_name")
        now = datetime.now(UTC)
        self.uploads.forget_old(now)
        upload = self.uploads.begin(name, upload_length)
        return _answer(201, {"location": UPLOADS + upload.id, **_expiry(now)})

    def state(self, upload_id: str) -> Response:
        """How much of it is there."""
        upload = self.uploads.read(upload_id)
        known = {
            "upload-offset": str(self.uploads.received_bytes(upload)),
            "upload-length": str(upload.size_bytes),
        }
        return _answer(200, {**known, "cache-control": "no-store"})

    async def append(
        self, request: Request, upload_id: str, upload_offset: Annotated[int, Header(ge=0)]
    ) -> Response:
        """Adds what the body brings, in parts; what had arrived when the line broke is kept."""
        if request.headers.get("content-type") != _BODY_TYPE:
            raise HTTPException(415)
        upload = await run_in_threadpool(self.uploads.read, upload_id)
        if upload_offset != await run_in_threadpool(self.uploads.received_bytes, upload):
            return _answer(409, {})
        end_bytes = await self._received(request, upload, upload_offset)
        return _answer(204, {"upload-offset": str(end_bytes), **_expiry(datetime.now(UTC))})

    def remove(self, upload_id: str) -> Response:
        """Gives its space free."""
        self.uploads.remove(self.uploads.read(upload_id).id)
        return _answer(204, {})

    async def _received(self, request: Request, upload: Upload, start_bytes: int) -> int:
        position, waiting = start_bytes, bytearray()
        try:
            async for piece in request.stream():
                waiting += piece
                while len(waiting) >= PART_BYTES:
                    position = await run_in_threadpool(
                        self._keep, upload, position, bytes(waiting[:PART_BYTES])
                    )
                    del waiting[:PART_BYTES]
        except ClientDisconnect:  # nobody waits for the answer
            if position == 0 and len(waiting) < HEAD_BYTES:
                return position  # too little to tell what it is: it comes again
        return await run_in_threadpool(self._keep, upload, position, bytes(waiting))

    def _keep(self, upload: Upload, position: int, content: bytes) -> int:
        """Raises PermanentError `upload_not_media` for what begins like something else; then it is gone."""
        if content and position == 0 and not begins_like_media(content[:HEAD_BYTES]):
            self.uploads.remove(upload.id)
            raise PermanentError("upload_not_media")
        return self.uploads.append(upload, position, content)


def tus_router(server: TusServer) -> APIRouter:
    """The protocol's routes, for organisers."""
    allowed = [Depends(require_organiser)]
    router = APIRouter(include_in_schema=False, dependencies=allowed, route_class=_TusRoute)
    asked = [Depends(_require_version)]
    one = UPLOADS + "{upload_id}"
    routes: tuple[tuple[str, str, Callable[..., object]], ...] = (
        ("POST", UPLOADS, server.create),
        ("HEAD", one, server.state),
        ("PATCH", one, server.append),
        ("DELETE", one, server.remove),
    )
    router.add_api_route(UPLOADS, server.capabilities, methods=["OPTIONS"])
    for method, path, route in routes:
        router.add_api_route(path, route, methods=[method], dependencies=asked)
    return router


class _TusRoute(APIRoute):
    """Says no as the protocol's clients understand it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See fastapi.routing."""
        handle = super().get_route_handler()

        async def handle_or_refuse(request: Request) -> Response:
            try:
                return await handle(request)
            except StepError as error:
                if error.code not in _STATUS:
                    raise
                return PlainTextResponse(explain(error), _STATUS[error.code], {"tus-resumable": VERSION})

        return handle_or_refuse


def _require_version(tus_resumable: Annotated[str, Header()] = "") -> None:
    if tus_resumable != VERSION:
        raise HTTPException(412, headers={"tus-version": VERSION})


def _metadata(text: str) -> dict[str, str]:
    """Key and Base64 value, as the protocol writes them; what is not so is left out."""
    found = {}
    for pair in text.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = b64decode(value, validate=True).decode()
        except (Base64Error, UnicodeDecodeError, ValueError):
            continue
    return found


def _expiry(now: datetime) -> dict[str, str]:
    return {"upload-expires": format_datetime(now + KEPT, usegmt=True)}


def _answer(status: int, headers: Mapping[str, str]) -> Response:
    return Response(status_code=status, headers={"tus-resumable": VERSION, **headers})
