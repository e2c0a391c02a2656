"""The commands that keep running: `mitschnitt serve` for one machine, `mitschnitt worker` for more."""

import os
from typing import Annotated

import typer

from flows.doctor.check import Program
from flows.orchestration.prefect_environment import prepare_prefect
from flows.serving.room_server import HostOption, PortOption
from flows.serving.startup_checks import CheckedOption, strict_settings
from tasks.processes.module_loading import loading
from transcripts.errors.job_errors import NoPrefectError


def add_operations_commands(app: typer.Typer) -> None:
    """Hang the commands into the command line."""
    app.command("serve")(serve_command)
    app.command("worker")(worker_command)
    app.command("server")(server_command)


def serve_command(host: HostOption = None, port: PortOption = None) -> None:
    """Alles auf diesem Rechner betreiben: Verarbeitung, Termine, Lesesaal. Endet mit Strg+C.

    Was abstürzt, wird neu gestartet. Was beim Beenden noch läuft, geht beim nächsten Start weiter.
    """
    from flows.serving.all_in_one import serve_everything

    settings = strict_settings(Program.SERVE)
    prepare_prefect(settings, is_service=True)
    room = settings.reading_room
    serve_everything(settings, host or room.host, room.port if port is None else port)


def server_command(
    host: Annotated[str, typer.Option(help="Adresse, an der gelauscht wird.")] = "127.0.0.1",
) -> None:
    """Nur Prefects Server betreiben, der die Arbeit auf mehrere Rechner verteilt. Endet mit Strg+C.

    Andere Rechner erreichen ihn nur mit Kennwort („prefect.auth“).
    """
    from flows.serving.all_in_one import serve_prefect

    settings = strict_settings(Program.SERVER)
    prepare_prefect(settings, is_service=True)
    serve_prefect(settings, host)


def worker_command(checked: CheckedOption = False) -> None:
    """Auf diesem Rechner Aufzeichnungen verarbeiten. Endet mit Strg+C; Angefangenes geht anderswo weiter."""
    settings = strict_settings(Program.WORKER, was_checked=checked)
    prepare_prefect(settings, is_service=True)
    if not os.environ.get("PREFECT_API_URL"):
        raise NoPrefectError()
    with loading():
        from flows.workers.worker import run_worker

    run_worker(settings)
