"""Several machines as one would run them: Prefect on PostgreSQL, workers with folders of their own, S3, mail.

All on the loopback. A machine can be killed with all that runs on it, as when its power fails.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from flows.reading_room.prefect_monitor import PrefectWatch
from tasks.storage.s3_storage import S3Storage
from tests.flows.operations import Desk, Machine, wait_for
from tests.postgres_server import USER, running_postgres_server
from tests.prefect_server import PrefectServer
from tests.s3_server import BUCKET, S3Server, free_port, running_s3_server

PASSWORD = "mitschnitt:nur-fuer-diese-probe"
# Who waits for a turn to transcribe must get it after a restart of the server, too.
LEASES = {"PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem"}


@dataclass
class Letterbox:
    """Every mail that was handed over."""

    letters: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        self.letters.append(envelope.content)
        return "250 OK"

    @property
    def mails(self) -> list[Message]:
        return [message_from_bytes(each, policy=default) for each in self.letters]


@dataclass(frozen=True)
class Cluster:
    """The running whole."""

    folder: Path
    prefect: PrefectServer
    storage: S3Storage
    letterbox: Letterbox
    environment: dict[str, str]
    stack: ExitStack

    def machine(self, name: str, **settings: str) -> Machine:
        """A machine with a work folder of its own; `settings` such as `worker__recordings_at_once`."""
        more = {f"MITSCHNITT_{key.upper()}": value for key, value in settings.items()}
        return Machine(self.folder / name, {**self.environment, "MITSCHNITT_WORKER__NAME": name, **more})

    def start(self, machine: Machine) -> None:
        """Its worker, asked to end with the cluster if it lives then."""
        self.stack.enter_context(machine.running("worker"))

    def wait_for_workers(self, count: int) -> None:
        """Until so many have reported to Prefect."""
        watch = PrefectWatch(self.prefect.address, PASSWORD, kept_seconds=0)
        wait_for(lambda: watch.condition().workers_online >= count)

    def desk(self) -> Desk:
        """Whoever submits, on a machine that processes nothing."""
        machine = self.machine("desk")
        machine.folder.mkdir()
        return self.stack.enter_context(machine.desk())


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Storage, database, Prefect and mail, without any worker yet."""
    with ExitStack() as stack:
        s3 = stack.enter_context(running_s3_server(_made(folder / "s3")))
        port = stack.enter_context(running_postgres_server())
        letterbox, smtp_port = Letterbox(), free_port()
        controller = Controller(letterbox, hostname="127.0.0.1", port=smtp_port)
        controller.start()
        stack.callback(controller.stop)
        prefect = _prefect(_made(folder / "prefect"), port)
        stack.callback(prefect.stop)
        prefect.start()
        storage = S3Storage(BUCKET, "", s3.access)
        environment = _environment(s3, prefect, smtp_port)
        with ExitStack() as machines:
            yield Cluster(folder, prefect, storage, letterbox, environment, machines)


def kill_machine(machine: Machine) -> None:
    """Everything that works in its folder, at once."""

    def is_dead() -> bool:
        """Whether nothing was left to kill, not even what was begun a moment ago."""
        alive = processes_in(machine.folder)
        for process_id in alive:
            with suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
        return not alive

    wait_for(is_dead)


def processes_in(folder: Path) -> list[int]:
    """The processes that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == folder.resolve():
                found.append(int(process.name))
        except OSError:
            continue  # it has ended meanwhile
    return found


def _prefect(folder: Path, port: int) -> PrefectServer:
    database = f"postgresql+asyncpg://{USER}@127.0.0.1:{port}/postgres"
    own = {"PREFECT_API_DATABASE_CONNECTION_URL": database, "PREFECT_SERVER_API_AUTH_STRING": PASSWORD}
    return PrefectServer(folder, own | LEASES)


def _environment(s3: S3Server, prefect: PrefectServer, smtp_port: int) -> dict[str, str]:
    """The settings that all machines share."""
    access = s3.access
    settings = {
        "ARCHIVE__URL": f"s3://{BUCKET}",
        "ARCHIVE__ENDPOINT_URL": access.endpoint_url,
        "ARCHIVE__REGION": access.region,
        "ARCHIVE__ACCESS_KEY_ID": access.access_key_id,
        "ARCHIVE__SECRET_ACCESS_KEY": access.secret_access_key,
        "ARCHIVE__CA_FILE": access.ca_file,
        "PREFECT__API_URL": prefect.address,
        "PREFECT__AUTH": PASSWORD,
        "READING_ROOM__SECRET_KEY": "derselbe-auf-allen-rechnern-nur-hier",
        "ANNOUNCEMENT__TO": "liste@example.org",
        "ANNOUNCEMENT__FROM": "aufzeichnung@example.org",
        "ANNOUNCEMENT__SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "NETWORK__BASE_URL": "https://mitschnitt.example.org",
    }
    return {f"MITSCHNITT_{name}": value for name, value in settings.items() if value}


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
