"""`mitschnitt serve` and `worker` as an administrator runs them, and jobs as the desk sees them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.s3_server import S3Server

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 480
ENDED = ("done", "held", "failed", "cancelled")


class RefusedError(Exception):
    """The desk's question was answered with an error; its code is the message."""


@dataclass(frozen=True)
class Desk:
    """A process that asks about jobs."""

    process: "subprocess.Popen[str]"

    def ask(self, question: str, **about: Any) -> Any:
        """The answer. Raises RefusedError with the code of a StepError."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([question, about]) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "error" in reply:
            raise RefusedError(reply["error"])
        return reply["answer"]

    def wait_for(self, job_id: str, *states: str, seconds: float = PATIENCE_SECONDS) -> Any:
        """The job as soon as it is in one of these states."""
        seen: list[Any] = []

        def job() -> Any:
            seen.append(self.ask("job", id=job_id))
            return seen[-1] if seen[-1]["state"] in states else None

        return wait_for(job, seconds, lambda: str(seen[-1]))


@dataclass(frozen=True)
class Machine:
    """A folder in which commands run, with settings of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def running(self, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
        """A command, asked to end afterwards if it has not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "flows.cli.main", *arguments]
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.full_environment, stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=240)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Ask about jobs with this machine's settings."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.ask_jobs"],
            cwd=self.folder,
            env=self.full_environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield Desk(process)
        finally:
            process.communicate(timeout=60)

    @property
    def log(self) -> str:
        """What the commands said."""
        return (self.folder / "log").read_text()

    @property
    def full_environment(self) -> dict[str, str]:
        """What commands get: nothing of the caller's settings."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MITSCHNITT_", "PREFECT_"))
        }
        own = {"PYTHONPATH": str(ROOT), "MITSCHNITT_FETCH__ALLOW_HOSTS": "127.0.0.1:*"}
        return {**inherited, **own, **self.environment}


def submitted(desk: Desk, **about: Any) -> str:
    """Submit as soon as a worker has made the deployment known; without a word, title and day are known."""
    about = {"title": "Treffen", "recorded_on": "2026-11-19", **about}

    def job_id() -> str | None:
        try:
            return str(desk.ask("submit", **about))
        except RefusedError as refusal:
            if str(refusal) != "no_worker_yet":
                raise
            return None

    return str(wait_for(job_id))


def s3_settings(server: S3Server, prefix: str) -> dict[str, str]:
    """The settings of an archive in the server's bucket."""
    return {
        "MITSCHNITT_ARCHIVE__URL": f"s3://{server.bucket}/{prefix}",
        "MITSCHNITT_ARCHIVE__ENDPOINT_URL": str(server.access.endpoint_url),
        "MITSCHNITT_ARCHIVE__ACCESS_KEY_ID": str(server.access.access_key_id),
        "MITSCHNITT_ARCHIVE__SECRET_ACCESS_KEY": str(server.access.secret_access_key),
        "MITSCHNITT_ARCHIVE__CA_FILE": str(server.access.ca_file),
    }


def processes_of_run(job_id: str) -> list[int]:
    """The processes that work on a job, by the environment that they were begun with."""
    mark, found = f"PREFECT__FLOW_RUN_ID={job_id}".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue  # it has ended meanwhile
        if mark in environment:
            found.append(int(folder.name))
    return found


def wait_for(
    found: Callable[[], Any], seconds: float = PATIENCE_SECONDS, why: Callable[[], str] = str
) -> Any:
    """What `found` returns as soon as it is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(0.3)
    raise AssertionError(why())
