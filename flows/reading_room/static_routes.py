"""Files as they are: scripts and styles, and a record's texts from the archive. Media: media_routes."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import RedirectResponse, Response

from flows.reading_room.room_context import READING, Room, current_room
from tasks.archive.record_files import read_documents, read_manifest, read_recording
from transcripts.archive import layout
from transcripts.archive.download_names import content_disposition, download_name
from transcripts.archive.layout import content_type
from transcripts.pages.room.assets import assets, assets_version

FOR_GOOD = "public, max-age=31536000, immutable"
TEXTS = (
    layout.TRANSCRIPT,
    layout.CORRECTED,
    layout.VTT,
    layout.SRT,
    layout.TEXT,
    layout.CHAPTERS,
    layout.CHAPTERS_VTT,
    layout.CHAPTERS_TEXT,
    layout.CHAPTERS_PODLOVE_XML,
    layout.CHAPTERS_PODLOVE_JSON,
    layout.CHAPTERS_PODCAST,
)
"""What may be taken away of a record; its source and its mails are nobody's business here."""

static_router = APIRouter(include_in_schema=False)
router = APIRouter(include_in_schema=False)


@static_router.api_route("/static/{version}/{name}", methods=READING)
def static_file(version: str, name: str) -> Response:
    """A script or style; of the present version it may be kept for good."""
    asset = assets().get(name)
    if asset is None:
        raise HTTPException(404)
    caching = FOR_GOOD if version == assets_version() else "no-cache"
    return Response(asset.content, media_type=asset.content_type, headers={"Cache-Control": caching})


@router.api_route("/recordings/{record_id}/index.html", methods=READING)
def plain_address(record_id: str) -> Response:
    """The archive's own address of a record's page."""
    return RedirectResponse(f"/recordings/{record_id}/", 301)


@router.api_route("/recordings/{record_id}/{name:path}", methods=READING)
def record_file(record_id: str, name: str, room: Annotated[Room, Depends(current_room)]) -> Response:
    """One of a record's texts, of its present version."""
    if name not in TEXTS or room.library.find(record_id, sees_held=room.sees_held) is None:
        raise HTTPException(404)
    storage = room.library.storage
    try:
        described = read_manifest(storage, record_id).named(name)
        content = read_documents(storage, record_id, [name])[name]
    except KeyError as error:
        raise HTTPException(404) from error
    recording = read_recording(storage, record_id)
    saved_as = download_name(recording.recorded_on, recording.title, name)
    headers = {
        "Content-Disposition": content_disposition(saved_as),
        "Cache-Control": "private, no-cache",
        "ETag": f'"{described.sha256[:32]}"',
    }
    return Response(content, media_type=content_type(name), headers=headers)
