"""`mitschnitt room`: what members and organisers use, in one process that stops cleanly.

FastAPI is loaded only when the command runs; of `mitschnitt serve` this is one part.
"""

import gc
import logging
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from config.settings import Settings
from flows.composition import imprint_of, index_file, storage_of
from flows.doctor.check import Program
from flows.orchestration.prefect_environment import prepare_prefect
from flows.pipeline.glossary_terms import known_terms
from flows.serving.startup_checks import CheckedOption, strict_settings
from flows.state_folder import FolderWatch
from tasks.storage.storage_interface import Storage
from transcripts.errors.error_kinds import DamagedError, StepError
from transcripts.errors.machine_errors import PortTakenError

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from flows.desk.desk_context import Jobs
    from flows.desk.document_desk import DocumentJobs
    from flows.reading_room.access_control import AccessControl
    from flows.reading_room.library import Follower, Library
    from flows.reading_room.prefect_monitor import PrefectWatch
    from flows.reading_room.room_context import Room
    from flows.upkeep.duty_monitor import DutyWatch
    from transcripts.mail.mime_message import RenderedMail

# A long record is made of tens of thousands of objects that stay; to look for garbage among those of all
# records each time takes longer than to make one.
OBJECTS_BETWEEN_COLLECTIONS = 50_000
MOST_WAITING = 4096
"""Who finds no place in this line is turned away by the system, and comes again after seconds."""

output = Console(highlight=False, soft_wrap=True)
logger = logging.getLogger("mitschnitt.reading_room")


@dataclass(frozen=True, slots=True)
class ReadingRoom:
    """What is served, and the access control whose threads must be at work meanwhile."""

    app: "FastAPI"
    access_control: "AccessControl"


HostOption = Annotated[str | None, typer.Option(help="Adresse, an der gelauscht wird.")]
PortOption = Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0: irgendein freier.")]


def add_room_command(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("room")(room_command)


def room_command(host: HostOption = None, port: PortOption = None, checked: CheckedOption = False) -> None:
    """Nur den Lesesaal öffnen: Startseite, Suche, Aufzeichnungen. Endet mit Strg+C."""
    import uvicorn

    from flows.reading_room.connection_limits import server_config
    from tasks.processes.open_files import allow_open_files

    settings = strict_settings(Program.ROOM, was_checked=checked)
    # Of Prefect only words for the desk, which asks its server if there is one.
    prepare_prefect(settings, is_service=True)
    host = host or settings.reading_room.host
    listening = _listen(host, settings.reading_room.port if port is None else port)
    port = int(listening.getsockname()[1])
    room = create_reading_room(settings, storage_of(settings.archive), port)
    config = server_config(settings, room.app, allow_open_files())
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    with room.access_control.at_work(), suppress(KeyboardInterrupt):
        _greet(f"http://{f'[{host}]' if ':' in host else host}:{port}/", room.access_control)
        uvicorn.Server(config).run(sockets=[listening])


def create_reading_room(settings: Settings, storage: Storage, port: int) -> ReadingRoom:
    """The app that the settings describe, with its access control; `port` is where it will listen."""
    from starlette.middleware import Middleware

    from flows.reading_room.access_control import access_control_of
    from flows.reading_room.app import create_app
    from flows.reading_room.health import Condition, condition_router
    from flows.reading_room.library import Follower
    from flows.reading_room.metrics import Counting, Figures

    room = room_of(settings, storage)
    access_control, follower = access_control_of(settings, room, port), Follower(room.library)
    token, prefect = settings.reading_room.metrics_token, _watch()
    duties = _duty_watch(settings, storage, access_control, follower)
    figures = Figures(room.library, prefect, duties)
    secret = token.get_secret_value() if token else None
    condition = Condition(room.library, figures, prefect, duties, secret, FolderWatch.of(settings))
    desk = _desk(settings, storage, room.library, duties)
    middleware = (Middleware(Counting, figures=figures), *access_control.middleware)
    routers, loops = (
        (*access_control.routers, *desk, condition_router(condition)),
        (follower.loop, duties.loop),
    )
    return ReadingRoom(create_app(room, routers, middleware, loops), access_control)


def _watch() -> "PrefectWatch | None":
    """Looks at Prefect's server, if there is one (see flows.orchestration.prefect_environment)."""
    from flows.reading_room.prefect_monitor import PrefectWatch

    address = os.environ.get("PREFECT_API_URL")
    return PrefectWatch(address, os.environ.get("PREFECT_API_AUTH_STRING")) if address else None


def _duty_watch(
    settings: Settings, storage: Storage, access_control: "AccessControl", follower: "Follower"
) -> "DutyWatch":
    """Watches over the room's loops, and over what Prefect starts if there is a server."""
    from flows.duties import INDEX, LINKS, MEMBERS
    from flows.upkeep.duty_monitor import DutyWatch
    from flows.upkeep.overdue_duties import tell_outage
    from flows.upkeep.prefect_duties import prefect_duties

    prefect = prefect_duties(settings)
    loops = {
        INDEX: follower.loop,
        LINKS: access_control.post.loop,
        MEMBERS: access_control.authenticator.membership.loop,
    }
    return DutyWatch(loops, prefect, lambda outage: tell_outage(settings, storage, outage))


def _desk(
    settings: Settings, storage: Storage, library: "Library", duties: "DutyWatch"
) -> "tuple[APIRouter, ...]":
    """The organisers' desk, over Prefect as it is configured; it is loaded when the desk first asks."""
    from flows.desk.desk_context import Desk
    from flows.desk.desk_routes import desk_router
    from flows.desk.document_desk import DocumentDesk, for_members
    from flows.desk.document_desk_routes import document_desk_router
    from flows.desk.proposal_routes import proposal_router
    from flows.desk.republishing import Republisher
    from flows.desk.review_routes import Reviewing, review_router
    from flows.desk.tus_uploads import TusServer, limits_of, tus_router
    from flows.local_clock import clock_of
    from tasks.archive.upload_store import Uploads

    uploads, limits = Uploads(storage), limits_of(settings.reading_room)
    uploading = TusServer(uploads, limits, timedelta(days=settings.retention.uploads_days))
    is_held, clock = settings.announcement.release == "held", clock_of(settings)
    desk = Desk(_prefect_jobs, storage, uploads, is_held, limits.largest_bytes, clock, duties.reports)
    imprint = imprint_of(settings)
    following = Republisher(library, imprint)
    reviewing = Reviewing(
        desk,
        following,
        imprint,
        lambda record_id: _mail(settings, storage, record_id),
        lambda: known_terms(settings),
    )
    documents = DocumentDesk(_document_jobs, storage, limits, clock, imprint, library.catch_up)
    return (
        desk_router(desk),
        tus_router(uploading),
        review_router(reviewing),
        document_desk_router(documents),
        proposal_router(for_members(documents)),
    )


def _mail(settings: Settings, storage: Storage, record_id: str) -> "RenderedMail":
    """The mail about a record as it would go out; Prefect's part of announcing is loaded only now."""
    from flows.announcing.recording_announcements import content_of
    from flows.delivery.deliver_once import Occasion
    from transcripts.mail.ledger import FIRST

    return content_of(settings, storage, record_id, Occasion(FIRST)).rendered


def _prefect_jobs() -> "Jobs":
    from flows.jobs import job_control

    return job_control


def _document_jobs() -> "DocumentJobs":
    from flows.documents import document_jobs

    return document_jobs


def room_of(settings: Settings, storage: Storage) -> "Room":
    """The reading room that the settings describe."""
    from flows.reading_room.library import Library
    from flows.reading_room.room_context import Room
    from transcripts.pages.room.menu import menu_of
    from transcripts.pages.room.room_pages import Site

    is_open = settings.reading_room.access == "open"
    site = Site(settings.network.name, settings.network.base_url, menu_of(is_open=is_open))
    library = Library(
        storage, index_file(settings), lambda error: _notify_of_damage(settings, storage, error)
    )
    return Room(site, library, is_open)


def _notify_of_damage(settings: Settings, storage: Storage, error: DamagedError) -> None:
    """The organisers hear of it once, whichever room sees it; a room that may write nothing only logs it."""
    from flows.organiser_mails.organiser_notices import notify_of_damage

    logger.warning("a record cannot be read: %s", error)
    try:
        notify_of_damage(settings, storage, error)
    except StepError as refused:
        logger.warning("the organisers could not be notified: %s", refused)


def _greet(address: str, access_control: "AccessControl") -> None:
    """Where it is; and on a terminal, which nobody keeps, how its owner comes in."""
    output.print(f"Der Lesesaal ist offen: {address}  (Ende mit Strg+C)")
    if output.is_terminal and not access_control.authenticator.is_open:
        minutes, link = access_control.link_minutes, access_control.owner_link()
        output.print(f"Anmelden ohne Mail, einmal, {minutes} Minuten lang: {link}")


class _Listening(socket.socket):
    """Lets more wait to be let in than are let in at once, which asyncio takes for the same."""

    def listen(self, backlog: int = 0, /) -> None:
        """Linux takes what it allows at most."""
        super().listen(max(backlog, MOST_WAITING))


def _listen(host: str, port: int) -> socket.socket:
    """The socket that members connect to; with port 0, on any free one.

    Raises PortTakenError where it cannot be had.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = _Listening(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        raise PortTakenError(place=f"{host}:{port}") from error
    # Connections inherit it. Without, an answer's second part waits 40 ms for the reader's word of the first.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
