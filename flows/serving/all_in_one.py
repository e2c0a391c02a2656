"""`mitschnitt serve`: all of it on one machine: Prefect's server, a worker, the reading room.

The server listens on this machine alone, and asks for a password there too. Where the settings
name a server that runs elsewhere, none is started.
"""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from config.settings import Settings
from flows.orchestration.prefect_database import lay_out_database
from flows.orchestration.prefect_environment import (
    access_to,
    forget_server,
    own_password,
    prefect_access,
    remember_server,
)
from flows.serving.startup_checks import CHECKED
from flows.serving.supervisor import Service, Supervisor
from flows.upkeep.duty_status import room_address
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.job_errors import PrefectOpenError
from transcripts.errors.machine_errors import PortTakenError, PrefectPortTakenError

LOOPBACK = "127.0.0.1"
PROGRAM = (sys.executable, "-m", "flows.cli.main")

logger = logging.getLogger("mitschnitt.serve")


def serve_everything(settings: Settings, host: str, port: int) -> None:
    """Until SIGTERM or Ctrl+C. Raises PortTakenError, PrefectPortTakenError."""
    services = list(_services(settings, host, port))
    try:
        asyncio.run(Supervisor(services, _tell).run())
    finally:
        forget_server(settings)


def _services(settings: Settings, host: str, port: int) -> Iterator[Service]:
    """What is kept running: reading first, which waits for nobody; then each after the one that it needs."""
    _expect_free(host, port, PortTakenError)
    is_own = settings.prefect.api_url is None
    if is_own:
        _expect_free(LOOPBACK, settings.prefect.port, PrefectPortTakenError)
    access = _own_access(settings) if is_own else prefect_access(settings)
    room = [*PROGRAM, "room", CHECKED, "--host", host, "--port", str(port)]
    yield Service("Lesesaal", room, access, alive_url=_ready_url(host, port))
    if is_own:
        yield _prefect_server(settings, access["PREFECT_API_AUTH_STRING"])
    yield Service("Verarbeitung", [*PROGRAM, "worker", CHECKED], access)


def _ready_url(host: str, port: int) -> str | None:
    """Where the room answers; None for one that takes any free port, which nobody knows before."""
    return f"{room_address(host, port)}readyz" if port else None


def _own_access(settings: Settings) -> dict[str, str]:
    """How to reach the server that is about to be started; other commands find it, too."""
    address = f"http://{LOOPBACK}:{settings.prefect.port}/api"
    remember_server(settings, address)
    return access_to(address, own_password(settings))


def serve_prefect(settings: Settings, host: str) -> None:
    """Become Prefect's server, for workers on other machines. Raises PrefectOpenError.

    Whoever may start runs can read what a worker can: other machines may only come in with a password.
    """
    if host != LOOPBACK and settings.prefect.auth is None:
        raise PrefectOpenError(host=host)
    service = _prefect_server(settings, own_password(settings).get_secret_value(), host)
    os.execve(service.command[0], list(service.command), {**os.environ, **service.environment})  # noqa: S606 - no shell


def _prefect_server(settings: Settings, password: str, host: str = LOOPBACK) -> Service:
    port = settings.prefect.port
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", host, "--port", str(port)]
    environment = {
        "PREFECT_SERVER_API_AUTH_STRING": password,
        # Who waits for his turn to transcribe must get it after a restart, too.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
        **_history_kept(settings.retention.prefect_days),
    }
    if settings.prefect.database_url is None:
        lay_out_database(Path(os.environ["PREFECT_HOME"]))
    else:
        environment["PREFECT_API_DATABASE_CONNECTION_URL"] = settings.prefect.database_url.get_secret_value()
    health = f"http://{LOOPBACK}:{port}/api/health"
    return Service("Prefect", command, environment, health, mute=True, alive_url=health)


def _history_kept(days: float) -> dict[str, str]:
    """How Prefect's server is told to forget, with their logs, runs that ended so long ago."""
    return {
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(round(days * 24 * 3600)),
    }


def _expect_free(host: str, port: int, refusal: type[PermanentError]) -> None:
    """Raises `refusal` when the port cannot be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise refusal(place=f"{host}:{port}") from error


def _tell(service: Service, what: str) -> None:
    logger.info("%s %s.", service.name, what)
