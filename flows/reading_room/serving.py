"""`mitschnitt serve`: what members and organisers use, in one process that stops cleanly.

Today that is the reading room alone. FastAPI is loaded only when the command runs.
"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from config.settings import Settings
from flows.places import current_settings, current_storage, index_file
from tasks.storage import Storage

if TYPE_CHECKING:
    from fastapi import FastAPI

    from flows.reading_room.room import Room

output = Console(highlight=False, soft_wrap=True)


def add_serve_command(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("serve")(serve_command)


def serve_command(
    host: Annotated[str | None, typer.Option(help="Adresse, an der gelauscht wird.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0: irgendein freier.")] = None,
) -> None:
    """Den Lesesaal öffnen: Startseite, Suche, Aufzeichnungen. Endet mit Strg+C."""
    import uvicorn

    settings = current_settings()
    app = create_reading_room(settings, current_storage())
    config = uvicorn.Config(
        app,
        host=host or settings.reading_room.host,
        port=settings.reading_room.port if port is None else port,
        access_log=False,  # who read what is nobody's business
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    output.print(f"Der Lesesaal ist offen: http://{config.host}:{config.port}/  (Ende mit Strg+C)")
    uvicorn.Server(config).run()


def create_reading_room(settings: Settings, storage: Storage) -> "FastAPI":
    """The app that the settings describe, with its door."""
    from flows.reading_room.app import create_app

    return create_app(room_of(settings, storage))


def room_of(settings: Settings, storage: Storage) -> "Room":
    """The reading room that the settings describe."""
    from flows.reading_room.library import Library
    from flows.reading_room.room import Room
    from transcripts.reading_room.pages import Site

    site = Site(settings.network.name, settings.network.base_url)
    library = Library(storage, index_file(settings))
    return Room(site, library, is_open=settings.reading_room.access == "open")
