"""Who may use the desk: organisers alone, after signing in, also where everybody may read."""

from urllib.parse import urlencode

from fastapi import HTTPException, Request

from flows.reading_room.room_context import READING, current_visitor
from flows.reading_room.site_address import SIGN_IN, wanted_path


def require_organiser(request: Request) -> None:
    """Sends who is not signed in to sign in, and refuses members with 403. A FastAPI dependency."""
    if current_visitor(request).is_organiser:
        return
    is_signed_in = getattr(request.state, "member_key", None) is not None
    if is_signed_in or request.method not in READING:
        raise HTTPException(403)
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    raise HTTPException(303, headers={"location": f"{SIGN_IN}?{urlencode({'next': wanted_path(target)})}"})
