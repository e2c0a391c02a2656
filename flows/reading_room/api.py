"""The same for programs: JSON below `/api`, described by `/api/openapi.json`."""

from typing import Annotated

from fastapi import APIRouter, Depends

from flows.reading_room.room import Room, current_room

router = APIRouter(prefix="/api")


@router.get("/search")
def search(room: Annotated[Room, Depends(current_room)], q: str = "") -> dict[str, int]:
    """Search all records."""
    return {"record_count": room.library.search(q, limit=10).record_count}
