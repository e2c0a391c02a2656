"""`mitschnitt serve`: all of it on one machine: Prefect's server, a worker, the reading room.

The server listens on this machine alone, and asks for a password there too. Where the settings
name a server that runs elsewhere, none is started.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape

from config.settings import Settings
from flows.runtime import access_to, forget_server, own_password, prefect_access, remember_server
from flows.supervising import Service, Supervisor
from transcripts.errors import PermanentError

LOOPBACK = "127.0.0.1"
PROGRAM = (sys.executable, "-m", "flows.cli")

output = Console(highlight=False, soft_wrap=True)


def serve_everything(settings: Settings, host: str, port: int) -> None:
    """Until SIGTERM or Ctrl+C. Raises PermanentError `port_taken`, `prefect_port_taken`."""
    services = list(_services(settings, host, port))
    try:
        asyncio.run(Supervisor(services, _tell).run())
    finally:
        forget_server(settings)


def _services(settings: Settings, host: str, port: int) -> Iterator[Service]:
    """What is kept running: reading first, which waits for nobody; then each after the one that it needs."""
    _expect_free(host, port, "port_taken")
    is_own = settings.prefect.api_url is None
    if is_own:
        _expect_free(LOOPBACK, settings.prefect.port, "prefect_port_taken")
    access = _own_access(settings) if is_own else prefect_access(settings)
    yield Service("Lesesaal", [*PROGRAM, "room", "--host", host, "--port", str(port)], access)
    if is_own:
        yield _prefect_server(settings, access["PREFECT_API_AUTH_STRING"])
    yield Service("Verarbeitung", [*PROGRAM, "worker"], access)


def _own_access(settings: Settings) -> dict[str, str]:
    """How to reach the server that is about to be started; other commands find it, too."""
    address = f"http://{LOOPBACK}:{settings.prefect.port}/api"
    remember_server(settings, address)
    return access_to(address, own_password(settings))


def serve_prefect(settings: Settings, host: str) -> None:
    """Become Prefect's server, for workers on other machines. Raises PermanentError `prefect_open`.

    Whoever may start runs can read what a worker can: other machines may only come in with a password.
    """
    if host != LOOPBACK and settings.prefect.auth is None:
        raise PermanentError("prefect_open", host=host)
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
    }
    if settings.prefect.database_url:
        environment["PREFECT_API_DATABASE_CONNECTION_URL"] = settings.prefect.database_url.get_secret_value()
    return Service("Prefect", command, environment, f"http://{LOOPBACK}:{port}/api/health", mute=True)


def _expect_free(host: str, port: int, code: str) -> None:
    """Raises PermanentError `code` when the port cannot be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise PermanentError(code, place=f"{host}:{port}") from error


def _tell(service: Service, what: str) -> None:
    output.print(f"[dim]{service.name} {escape(what)}.[/]")
    sys.stdout.flush()
