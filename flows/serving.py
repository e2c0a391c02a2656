"""`mitschnitt serve`: all of it on one machine: Prefect's server, a worker, the reading room.

The server listens on this machine alone, and asks for a password there too. Where the settings
name a server that runs elsewhere, none is started.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing

from rich.console import Console

from config.settings import Settings
from flows.runtime import access_to, own_password, prefect_access, remember_server
from flows.supervising import Service, Supervisor
from transcripts.errors import PermanentError

LOOPBACK = "127.0.0.1"
PROGRAM = (sys.executable, "-m", "flows.cli")

output = Console(highlight=False, soft_wrap=True)


def serve_everything(settings: Settings, host: str, port: int) -> None:
    """Until SIGTERM or Ctrl+C. Raises PermanentError `port_taken`."""
    port = _free(host, port)
    services = list(_services(settings, host, port))
    asyncio.run(Supervisor(services, _tell).run())


def _services(settings: Settings, host: str, port: int) -> Iterator[Service]:
    """What is kept running, in the order in which each needs the one before."""
    access = prefect_access(settings) if settings.prefect.api_url else {}
    if not access:
        server_port, password = _free(LOOPBACK, settings.prefect.port), own_password(settings)
        address = f"http://{LOOPBACK}:{server_port}/api"
        access = access_to(address, password)
        remember_server(settings, address)
        yield _prefect_server(settings, server_port, password.get_secret_value())
    yield Service("Verarbeitung", [*PROGRAM, "worker"], access)
    yield Service("Lesesaal", [*PROGRAM, "room", "--host", host, "--port", str(port)], access)


def serve_prefect(settings: Settings, host: str) -> None:
    """Become Prefect's server, for workers on other machines. Raises PermanentError `prefect_open`.

    Whoever may start runs can read what a worker can: other machines may only come in with a password.
    """
    if host != LOOPBACK and settings.prefect.auth is None:
        raise PermanentError("prefect_open", host=host)
    service = _prefect_server(
        settings, settings.prefect.port, own_password(settings).get_secret_value(), host
    )
    os.execve(service.command[0], service.command, {**os.environ, **service.environment})  # noqa: S606 - no shell


def _prefect_server(settings: Settings, port: int, password: str, host: str = LOOPBACK) -> Service:
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", host, "--port", str(port)]
    environment = {
        "PREFECT_SERVER_API_AUTH_STRING": password,
        # Who waits for his turn to transcribe must get it after a restart, too.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
    }
    if settings.prefect.database_url:
        environment["PREFECT_API_DATABASE_CONNECTION_URL"] = settings.prefect.database_url.get_secret_value()
    return Service("Prefect", command, environment, ready_url=f"http://{LOOPBACK}:{port}/api/health")


def _free(host: str, port: int) -> int:
    """The port if it can be had; for 0 any free one. Raises PermanentError `port_taken`."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with closing(socket.create_server((host, port), family=family)) as listening:
            return int(listening.getsockname()[1])
    except OSError as error:
        raise PermanentError("port_taken", place=f"{host}:{port}") from error


def _tell(service: Service, what: str) -> None:
    output.print(f"[dim]{service.name} {what}.[/]")
    sys.stdout.flush()
