"""Takes uploads by the tus protocol: a broken one goes on where it stopped, at whichever reading room.

Source: tus 1.0.0 (https://tus.io/protocols/resumable-upload), core, creation, expiration and termination.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from config.settings import ReadingRoom
from flows.desk.organiser_access import require_organiser
from tasks.archive.upload_store import KEPT, PART_BYTES, Uploads
from tasks.clock import utc_now
from transcripts.errors.error_kinds import StepError
from transcripts.errors.upload_errors import (
    UploadMovedOnError,
    UploadNameError,
    UploadNotMediaError,
    UploadQuotaError,
    UploadTooLargeError,
    UploadTooLongError,
    UploadUnknownError,
)
from transcripts.pages.desk_addresses import DESK
from transcripts.sources.upload_rules import HEAD_BYTES, Upload, begins_like_media, shown_file_name
from transcripts.wording.error_wording import explain

UPLOADS = f"{DESK}uploads/"
VERSION = "1.0.0"
GIGABYTE = 1_000_000_000
_BODY_TYPE = "application/offset+octet-stream"
_STATUS: dict[type[StepError], int] = {
    UploadUnknownError: 404,
    UploadMovedOnError: 409,
    UploadTooLargeError: 413,
    UploadTooLongError: 413,
    UploadQuotaError: 413,
    UploadNotMediaError: 415,
    UploadNameError: 415,
}


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How large a file may be, and all that wait to be processed: of one organiser, and in all."""

    largest_bytes: int
    of_owner_bytes: int
    in_all_bytes: int


def limits_of(settings: ReadingRoom) -> UploadLimits:
    """Those of the settings. One file of the largest size always fits."""
    largest, of_owner = settings.upload_max_gb, settings.uploads_gb_per_organiser
    sizes = (largest, max(largest, of_owner), max(largest, settings.uploads_gb_in_all))
    return UploadLimits(*(int(each * GIGABYTE) for each in sizes))


def expect_room(uploads: Uploads, limits: UploadLimits, size_bytes: int, owner: str) -> None:
    """Raises UploadQuotaError. A file counts whole from its beginning."""
    present = list(uploads.present())
    for limit_bytes, counted in (
        (limits.of_owner_bytes, [each for each in present if each.owner == owner]),
        (limits.in_all_bytes, present),
    ):
        if sum(each.size_bytes for each in counted) + size_bytes > limit_bytes:
            raise UploadQuotaError(limit_gigabytes=limit_bytes / GIGABYTE)


@dataclass(frozen=True, slots=True)
class TusServer:
    """What the protocol's requests do. Refusals say in German, as plain text, what to do."""

    uploads: Uploads
    limits: UploadLimits
    kept: timedelta = KEPT
    beginning: Lock = field(default_factory=Lock)

    def capabilities(self) -> Response:
        """What this server can do."""
        extensions = {
            "tus-extension": "creation,expiration,termination",
            "tus-max-size": str(self.limits.largest_bytes),
        }
        return _answer(204, {"tus-version": VERSION, **extensions})

    def create(
        self,
        request: Request,
        upload_length: Annotated[int, Header(ge=1)],
        upload_metadata: Annotated[str, Header(max_length=4_000)] = "",
    ) -> Response:
        """Makes room for a file of this length and name."""
        largest_bytes = self.limits.largest_bytes
        if upload_length > largest_bytes:
            limits = {"gigabytes": upload_length / GIGABYTE, "limit_gigabytes": largest_bytes / GIGABYTE}
            raise UploadTooLargeError(**limits)
        name = shown_file_name(_metadata(upload_metadata).get("filename", ""))
        if name is None:
            raise UploadNameError()
        now = utc_now()
        owner = getattr(request.state, "member_key", None) or ""
        with self.beginning:  # of two that begin at once, the second counts the first
            self.uploads.forget_old(now, self.kept)
            expect_room(self.uploads, self.limits, upload_length, owner)
            upload = self.uploads.begin(name, upload_length, owner)
        return _answer(201, {"location": UPLOADS + upload.id, **self._expiry(now)})

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
        return _answer(204, {"upload-offset": str(end_bytes), **self._expiry(utc_now())})

    def remove(self, upload_id: str) -> Response:
        """Gives its space free."""
        self.uploads.remove(self.uploads.read(upload_id).id)
        return _answer(204, {})

    def _expiry(self, now: datetime) -> dict[str, str]:
        return {"upload-expires": format_datetime(now + self.kept, usegmt=True)}

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
        """Raises UploadNotMediaError for what begins like something else; then it is gone."""
        if content and position == 0 and not begins_like_media(content[:HEAD_BYTES]):
            self.uploads.remove(upload.id)
            raise UploadNotMediaError()
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
                if type(error) not in _STATUS:
                    raise
                return PlainTextResponse(explain(error), _STATUS[type(error)], {"tus-resumable": VERSION})

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


def _answer(status: int, headers: Mapping[str, str]) -> Response:
    return Response(status_code=status, headers={"tus-resumable": VERSION, **headers})
