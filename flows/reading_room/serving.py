"""`mitschnitt room`: what members and organisers use, in one process that stops cleanly.

FastAPI is loaded only when the command runs; of `mitschnitt serve` this is one part.
"""

import gc
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from config.settings import Settings, glossary_text
from flows.places import current_imprint, current_settings, current_storage, index_file
from flows.runtime import prepare_prefect
from tasks.storage import Storage
from transcripts.errors import PermanentError

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from flows.desk.desk import Jobs
    from flows.reading_room.door import Door
    from flows.reading_room.library import Library
    from flows.reading_room.prefect_watch import PrefectWatch
    from flows.reading_room.room import Room
    from transcripts.mail_message import RenderedMail

# A long record is made of tens of thousands of objects that stay; to look for garbage among those of all
# records each time takes longer than to make one.
OBJECTS_BETWEEN_COLLECTIONS = 50_000
BACKLOG = 512
KEEP_ALIVE_SECONDS = 75
"""Longer than members think and than proxies keep theirs (nginx: 60), so none is cut off as it is used."""

output = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class ReadingRoom:
    """What is served, and the door whose threads must be at work meanwhile."""

    app: "FastAPI"
    door: "Door"


HostOption = Annotated[str | None, typer.Option(help="Adresse, an der gelauscht wird.")]
PortOption = Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0: irgendein freier.")]


def add_room_command(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("room")(room_command)


def room_command(host: HostOption = None, port: PortOption = None) -> None:
    """Nur den Lesesaal öffnen: Startseite, Suche, Aufzeichnungen. Endet mit Strg+C."""
    import uvicorn

    settings = current_settings()
    prepare_prefect(settings)  # only words for the desk, which asks Prefect's server if there is one
    host = host or settings.reading_room.host
    listening = _listen(host, settings.reading_room.port if port is None else port)
    port = int(listening.getsockname()[1])
    room = create_reading_room(settings, current_storage(), port)
    config = uvicorn.Config(
        room.app,
        access_log=False,  # who read what is nobody's business
        proxy_headers=False,  # the door reads them, from the proxies of the settings
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=5,
    )
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    with room.door.at_work(), suppress(KeyboardInterrupt):
        _greet(f"http://{f'[{host}]' if ':' in host else host}:{port}/", room.door)
        uvicorn.Server(config).run(sockets=[listening])


def create_reading_room(settings: Settings, storage: Storage, port: int) -> ReadingRoom:
    """The app that the settings describe, with its door; `port` is where it will listen."""
    from starlette.middleware import Middleware

    from flows.reading_room.app import create_app
    from flows.reading_room.condition import Condition, condition_router
    from flows.reading_room.door import door_of
    from flows.reading_room.figures import Counting, Figures

    room = room_of(settings, storage)
    door = door_of(settings, room, port)
    token, prefect = settings.reading_room.metrics_token, _watch()
    figures = Figures(room.library, prefect)
    condition = Condition(room.library, figures, prefect, token.get_secret_value() if token else None)
    routers = (*door.routers, *_desk(settings, storage, room.library), condition_router(condition))
    middleware = (Middleware(Counting, figures=figures), *door.middleware)
    return ReadingRoom(create_app(room, routers, middleware), door)


def _watch() -> "PrefectWatch | None":
    """Looks at Prefect's server, if there is one (see flows.runtime)."""
    from flows.reading_room.prefect_watch import PrefectWatch

    address = os.environ.get("PREFECT_API_URL")
    return PrefectWatch(address, os.environ.get("PREFECT_API_AUTH_STRING")) if address else None


def _desk(settings: Settings, storage: Storage, library: "Library") -> "tuple[APIRouter, ...]":
    """The organisers' desk, over Prefect as it is configured; it is loaded when the desk first asks."""
    from flows.desk.desk import Desk
    from flows.desk.following import Following
    from flows.desk.pages import desk_router
    from flows.desk.review import Reviewing, review_router
    from flows.desk.tus import GIGABYTE, TusServer, tus_router
    from tasks.uploads import Uploads
    from transcripts.glossary import parse_glossary

    uploads, largest_bytes = Uploads(storage), int(settings.reading_room.upload_max_gb * GIGABYTE)
    desk = Desk(_prefect_jobs, storage, uploads, settings.announcement.release == "held", largest_bytes)
    following = Following(library, current_imprint())
    reviewing = Reviewing(
        desk,
        following,
        current_imprint(),
        lambda record_id: _mail(settings, storage, record_id),
        lambda: parse_glossary(glossary_text(settings)),
    )
    return desk_router(desk), tus_router(TusServer(uploads, largest_bytes)), review_router(reviewing)


def _mail(settings: Settings, storage: Storage, record_id: str) -> "RenderedMail":
    """The mail about a record as it would go out; Prefect's part of announcing is loaded only now."""
    from flows.announcing import content_of
    from flows.delivering import Occasion
    from transcripts.ledger import FIRST

    return content_of(settings, storage, record_id, Occasion(FIRST)).rendered


def _prefect_jobs() -> "Jobs":
    from flows import jobs

    return jobs


def room_of(settings: Settings, storage: Storage) -> "Room":
    """The reading room that the settings describe."""
    from flows.reading_room.library import Library
    from flows.reading_room.room import Room
    from transcripts.reading_room.door_pages import NAVIGATION, OPEN_NAVIGATION
    from transcripts.reading_room.pages import Site

    is_open = settings.reading_room.access == "open"
    navigation = OPEN_NAVIGATION if is_open else NAVIGATION
    site = Site(settings.network.name, settings.network.base_url, navigation)
    return Room(site, Library(storage, index_file(settings)), is_open)


def _greet(address: str, door: "Door") -> None:
    """Where it is; and on a terminal, which nobody keeps, how its owner comes in."""
    output.print(f"Der Lesesaal ist offen: {address}  (Ende mit Strg+C)")
    if output.is_terminal and not door.doorkeeper.is_open:
        output.print(f"Anmelden ohne Mail, einmal, {door.link_minutes} Minuten lang: {door.owner_link()}")


def _listen(host: str, port: int) -> socket.socket:
    """The socket that members connect to; with port 0, on any free one.

    Raises PermanentError `port_taken` where it cannot be had.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise PermanentError("port_taken", place=f"{host}:{port}") from error
    # Connections inherit it. Without, an answer's second part waits 40 ms for the reader's word of the first.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
