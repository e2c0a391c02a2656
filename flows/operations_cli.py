"""The commands that keep running: `mitschnitt serve` for one machine, `mitschnitt worker` for more."""

import os
from typing import Annotated

import typer
from rich.console import Console

from config.settings import load_settings
from flows.reading_room.serving import HostOption, PortOption
from flows.runtime import prepare_prefect
from transcripts.errors import PermanentError

output = Console(highlight=False, soft_wrap=True)


def add_operations_commands(app: typer.Typer) -> None:
    """Hang the commands into the command line."""
    app.command("serve")(serve_command)
    app.command("worker")(worker_command)
    app.command("server")(server_command)


def serve_command(host: HostOption = None, port: PortOption = None) -> None:
    """Alles auf diesem Rechner betreiben: Verarbeitung, Termine, Lesesaal. Endet mit Strg+C.

    Was abstürzt, wird neu gestartet. Was beim Beenden noch läuft, geht beim nächsten Start weiter.
    """
    from flows.serving import serve_everything

    settings = load_settings().settings
    prepare_prefect(settings)
    room = settings.reading_room
    serve_everything(settings, host or room.host, room.port if port is None else port)


def server_command(
    host: Annotated[str, typer.Option(help="Adresse, an der gelauscht wird.")] = "127.0.0.1",
) -> None:
    """Nur Prefects Server betreiben, der die Arbeit auf mehrere Rechner verteilt. Endet mit Strg+C.

    Andere Rechner erreichen ihn nur mit Kennwort („prefect.auth“).
    """
    from flows.serving import serve_prefect

    settings = load_settings().settings
    prepare_prefect(settings)
    serve_prefect(settings, host)


def worker_command() -> None:
    """Auf diesem Rechner Aufzeichnungen verarbeiten. Endet mit Strg+C; Angefangenes geht anderswo weiter."""
    settings = load_settings().settings
    prepare_prefect(settings)
    if not os.environ.get("PREFECT_API_URL"):
        raise PermanentError("no_prefect")
    from flows.worker import run_worker

    run_worker(settings)
