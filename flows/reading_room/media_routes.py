"""Video, sound and poster of a record: from a folder, through us from a bucket, or from the bucket itself.

Byte ranges, so that players can seek; a piece at a time, so that memory stays flat however long a
meeting is. Nothing is served that the record's manifest does not name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from flows.reading_room.byte_ranges import UnsatisfiableError, requested_range
from flows.reading_room.room_context import READING, Room, current_room, require_member
from tasks.archive.record_files import read_manifest
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.s3_ranges import open_range
from tasks.storage.s3_storage import S3Storage
from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.archive.download_names import ATTACHMENT, INLINE, content_disposition, download_name
from transcripts.archive.layout import cache_control, object_key
from transcripts.archive.manifest import Manifest, ManifestObject
from transcripts.pages.room.record_list import ShelvedRecord

WATCHING_SECONDS = 3600  # a player goes on with the address it was sent to: so much longer than the recording
TAG_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class Medium:
    """One object to deliver, and what a browser calls it when it saves it; `is_saved`: it is not opened."""

    key: str
    described: ManifestObject
    saved_as: str
    duration_seconds: float
    is_saved: bool = False

    @property
    def is_picture(self) -> bool:
        """Whether it is shown in a page."""
        return self.described.content_type.startswith("image/")

    @property
    def tag(self) -> str:
        """Changes with the content."""
        return f'"{self.described.sha256[:TAG_CHARACTERS]}"'

    @property
    def headers(self) -> dict[str, str]:
        """What all deliveries of it say."""
        return {
            "etag": self.tag,
            "accept-ranges": "bytes",
            "cache-control": cache_control(self.key),
            "content-disposition": content_disposition(
                self.saved_as, ATTACHMENT if self.is_saved else INLINE
            ),
        }


class MediaDelivery:
    """Finds media and sends them; `mode` says how those of a bucket travel. Pictures always go through us."""

    def __init__(self, storage: Storage, mode: Literal["proxied", "presigned"]) -> None:
        self.storage, self.mode = storage, mode
        self._manifests: dict[str, tuple[str, Manifest]] = {}

    @property
    def origin(self) -> str | None:
        """Whence media come, if not from us."""
        if self.mode != "presigned" or not isinstance(self.storage, S3Storage):
            return None
        parts = urlsplit(self.storage.presigned_url("any", 1))
        return f"{parts.scheme}://{parts.netloc}"

    def manifest(self, record: ShelvedRecord) -> Manifest:
        """What a record has, asked once a revision. Raises KeyError when it is gone."""
        revision, manifest = self._manifests.get(record.id, ("", None))
        if manifest is None or revision != record.revision:
            manifest = read_manifest(self.storage, record.id)
            self._manifests[record.id] = (record.revision, manifest)
        return manifest

    def find(self, record: ShelvedRecord, name: str) -> Medium:
        """The medium of that name, or that lies at that place. Raises KeyError for everything else."""
        for each in self.manifest(record).objects:
            if each.name in layout.MEDIA and name in (each.name, each.place):
                saved_as = download_name(record.recorded_on, record.title, each.name)
                key = object_key(record.id, each.place)
                return Medium(key, each, saved_as, record.duration_seconds)
        raise KeyError(name)

    def answer(self, request: Request, medium: Medium) -> Response:
        """The medium, or the part of it that was asked for, or where it is."""
        if medium.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=medium.headers)
        if isinstance(self.storage, FolderStorage):
            return FileResponse(
                _inside(self.storage.root, medium.key),
                headers=medium.headers,
                media_type=medium.described.content_type,
            )
        assert isinstance(self.storage, S3Storage)  # noqa: S101 - there are two homes
        if self.mode == "presigned" and not medium.is_picture:
            seconds = int(medium.duration_seconds) + WATCHING_SECONDS
            url = self.storage.presigned_url(medium.key, seconds)
            return RedirectResponse(url, 307, headers={"cache-control": "no-store"})
        return _streamed(request, self.storage, medium)


def media_router(delivery: MediaDelivery) -> APIRouter:
    """The media below their records' addresses, for members."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(require_member)])

    @router.api_route("/recordings/{record_id}/media/{name}", methods=READING)
    def medium(
        record_id: str, name: str, request: Request, room: Annotated[Room, Depends(current_room)]
    ) -> Response:
        """One medium, of the present version."""
        return delivered(delivery, request, room, record_id, f"media/{name}")

    return router


def delivered(delivery: MediaDelivery, request: Request, room: Room, record_id: str, name: str) -> Response:
    """A medium by its record and name. Raises HTTPException 404 for what there is not."""
    record = room.library.find(record_id, sees_held=room.sees_held)
    if record is None:
        raise HTTPException(404)
    try:
        return delivery.answer(request, delivery.find(record, name))
    except KeyError as error:
        raise HTTPException(404) from error


def _streamed(request: Request, storage: S3Storage, medium: Medium) -> Response:
    """Through us, a piece at a time."""
    size_bytes, asked = medium.described.size_bytes, request.headers
    try:
        part = requested_range(asked.get("range"), asked.get("if-range"), medium.tag, size_bytes)
    except UnsatisfiableError:
        return Response(status_code=416, headers={"content-range": f"bytes */{size_bytes}"})
    start, end = (part.start, part.end) if part else (0, size_bytes)
    headers = {**medium.headers, "content-length": str(end - start)}
    if part:
        headers["content-range"] = part.header
    pieces: Iterator[bytes] = iter(())
    if request.method != "HEAD":
        pieces = open_range(storage, medium.key, start, end)
    status, kind = 206 if part else 200, medium.described.content_type
    return StreamingResponse(pieces, status, headers, media_type=kind)


def _inside(root: Path, key: str) -> Path:
    """The file of a key. Raises KeyError for one that would lie outside of the archive, or is not there."""
    path = (root / key).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        raise KeyError(key)
    return path
