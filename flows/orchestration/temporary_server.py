"""Prefect's server for one command, where no other runs: started while the command loads, stopped with it.

Prefect would start one itself, which outlives a command that is killed. This one ends with its starter on
every signal, and is deaf to those that are sent to both, so that the command can still say how it ended.
The port is opened before the server is begun: what asks early is answered as soon as the server can.

`python -m flows.orchestration.temporary_server` is the server; everything else here is for who starts it.
"""

import atexit
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import httpx
from pydantic import SecretStr

from flows.orchestration.forced_exit import exit_promptly_on_signal
from flows.orchestration.prefect_database import lay_out_database
from flows.orchestration.prefect_environment import access_to
from tasks.processes.child_process import running
from tasks.processes.module_loading import loading
from transcripts.errors.job_errors import PrefectNotStartedError

LOOPBACK = "127.0.0.1"
# A small machine under load takes a minute.
LONGEST_START_SECONDS = 300.0
# To write down what it has heard last.
LONGEST_END_SECONDS = 5.0
LAST_WORDS_BYTES = 300
# What nobody asks for within one command.
LEFT_OUT = {
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
}


class TemporaryServer:
    """The server of this command: it runs what it is told to, and starts nothing by the clock."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._said: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the stack closes it
        self._stack.callback(self._said.close)
        password = f"mitschnitt:{secrets.token_urlsafe()}"
        with socket.create_server((LOOPBACK, 0)) as port:
            self.address = f"http://{LOOPBACK}:{port.getsockname()[1]}/api"
            access = access_to(self.address, SecretStr(password))
            self._process = self._stack.enter_context(
                running(
                    [sys.executable, "-m", "flows.orchestration.temporary_server", str(port.fileno())],
                    timeout_seconds=None,
                    environment=os.environ | access | LEFT_OUT | {"PREFECT_SERVER_API_AUTH_STRING": password},
                    stdin=subprocess.PIPE,
                    stderr=self._said,
                    pass_fds=[port.fileno()],
                )
            )
        os.environ.update(access)

    def wait_until_ready(self) -> None:
        """Until it answers. Raises PrefectNotStartedError."""
        try:
            httpx.get(f"{self.address}/health", timeout=LONGEST_START_SECONDS).raise_for_status()
        except httpx.HTTPError as error:
            raise PrefectNotStartedError(reason=self._last_words() or str(error)) from error

    def end(self) -> None:
        """Let it write down what it has heard, and end it."""
        with self._stack:
            if self._process.stdin is not None:
                self._process.stdin.close()
            try:
                self._process.wait(LONGEST_END_SECONDS)
            except subprocess.TimeoutExpired:
                return  # the stack makes it end

    def _last_words(self) -> str:
        self._said.seek(max(0, self._said.seek(0, os.SEEK_END) - LAST_WORDS_BYTES))
        return " ".join(self._said.read().decode(errors="replace").split())


class KnownServer:
    """One that runs anyway."""

    def wait_until_ready(self) -> None:
        """It is, or Prefect's client waits for it."""


def ensure_server() -> TemporaryServer | KnownServer:
    """Begin a server for this command unless one is configured; call before Prefect is loaded.

    The command, which may wait for the server, ends promptly when it is told to.
    """
    exit_promptly_on_signal()
    if os.environ.get("PREFECT_API_URL"):
        return KnownServer()
    if not os.environ.get("PREFECT_API_DATABASE_CONNECTION_URL"):
        lay_out_database(Path(os.environ["PREFECT_HOME"]))
    server = TemporaryServer()
    atexit.register(server.end)
    return server


def main() -> None:
    """Serve on the open port that is named by its number, until the starter closes the pipe or is gone."""
    # Systemd tells all of a command's processes to end: this one must outlast the command.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
    port = socket.socket(fileno=int(sys.argv[1]))
    with loading():
        import uvicorn
        from prefect.server.api.server import create_app

        api = create_app(ephemeral=True)
    # Nobody is waited for at the end: what the command asked was answered, what it keeps open it left open.
    config = uvicorn.Config(api, log_level="error", timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)

    def end_with_pipe() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=end_with_pipe, daemon=True).start()
    server.run(sockets=[port])
    os._exit(0)  # all is written down; threads of libraries must not hold the process


if __name__ == "__main__":
    main()
