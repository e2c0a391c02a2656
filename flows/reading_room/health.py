"""Health of the room: `/readyz` for proxies, `/healthz` for administrators, `/metrics` for Prometheus.

Everybody may ask whether people can read here, and whether all is well. How the parts behind it and the
duties are, and the figures, are for this machine itself and for whoever knows the token of the settings.
"""

import hmac
from dataclasses import dataclass
from ipaddress import ip_address

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from flows.reading_room.library import Library
from flows.reading_room.metrics import Figures
from flows.reading_room.prefect_monitor import PrefectWatch
from flows.reading_room.room_context import READING
from flows.state_folder import FolderWatch
from flows.upkeep.duty_monitor import DutyWatch

HEALTH, READY, METRICS = "/healthz", "/readyz", "/metrics"
# With one of these a request came through a proxy, also if that does not say from where.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
_NEVER_KEPT = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Condition:
    """What is looked at, and the token that opens the figures to other machines, if there is one."""

    library: Library
    figures: Figures
    prefect: PrefectWatch | None
    duties: DutyWatch
    token: str | None
    folders: FolderWatch

    @property
    def status(self) -> str:
        """In a word: "starting" before the archive was seen, else "missing", "overdue" or "ok"."""
        if not self.library.is_open:
            return "starting"
        if self.folders.missing():
            return "missing"
        return "overdue" if any(each.is_overdue for each in self.duties.reports()) else "ok"

    def may_see_all(self, request: Request) -> bool:
        """Whether this machine asks, past any proxy, or somebody who knows the token."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.token is not None and hmac.compare_digest(given.encode(), self.token.encode()):
            return True
        return _is_this_machine(request)

    def parts(self) -> dict[str, object]:
        """Each part in a word."""
        parts: dict[str, object] = {
            "archive": "ok" if self.library.follows else "away",
            "records": len(self.library.shelf.records),
        }
        if missing := self.folders.missing():
            parts["missing"] = missing
        if self.prefect is not None:
            found = self.prefect.condition()
            parts["prefect"] = "ok" if found.answers else "away"
            parts["workers"] = found.workers_online
        reports = self.duties.reports()
        parts["overdue"] = [each.duty.key for each in reports if each.is_overdue]
        parts["duties"] = [each.as_json() for each in reports]
        return parts


def condition_router(condition: Condition) -> APIRouter:
    """The addresses."""
    router = APIRouter(include_in_schema=False)

    @router.api_route(READY, methods=READING)
    def ready() -> Response:
        """200 as long as people can read here, 503 before the archive was seen for the first time."""
        is_open = condition.library.is_open
        told = {"status": "ok" if is_open else "starting"}
        return JSONResponse(told, 200 if is_open else 503, headers=_NEVER_KEPT)

    @router.api_route(HEALTH, methods=READING)
    def health(request: Request) -> Response:
        """200 while all is well, else 503: no archive yet, a folder gone, a duty overdue."""
        told: dict[str, object] = {"status": condition.status}
        if condition.may_see_all(request):
            told |= condition.parts()
        return JSONResponse(told, 200 if told["status"] == "ok" else 503, headers=_NEVER_KEPT)

    @router.api_route(METRICS, methods=READING)
    def metrics(request: Request) -> Response:
        """The figures in Prometheus' text format."""
        if not condition.may_see_all(request):
            raise HTTPException(403)
        content = generate_latest(condition.figures.registry)
        return Response(content, media_type=CONTENT_TYPE_LATEST, headers=_NEVER_KEPT)

    return router


def _is_this_machine(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
