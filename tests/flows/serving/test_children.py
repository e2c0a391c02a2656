"""Whatever a command has started ends with it, whichever signal ends the command."""

import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tasks.archive.publishing import publish
from tasks.archive.record_store import read_ledger
from tasks.storage.folder_storage import FolderStorage
from tests import misbehaving_server as server
from tests.archive_records import IMPRINT, RECORD_ID, small_record
from tests.flows.operations import Machine, submitted
from tests.media_samples import MEETING, make
from tests.misbehaving_server import Site, serve
from tests.process_tree import eventually, marked
from tests.s3_server import free_port

SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM", "SIGKILL"]
SERVER, FETCH, ENGINE = "flows.orchestration.temporary_server", "tasks.fetching.fetch_child", "prefect.engine"
# By what ffmpeg is known, whether it reads a file or what we decode.
FFMPEG = "-nostats"

each_signal = pytest.mark.parametrize("name", SIGNALS)


@pytest.fixture(scope="module")
def long_meeting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nearly an hour, so that ffmpeg is busy for a while."""
    target = tmp_path_factory.mktemp("media") / "lang.mp4"
    return make(target, "-stream_loop", "8", "-i", str(MEETING), "-c", "copy")


@pytest.fixture
def site(long_meeting: Path) -> Iterator[Site]:
    """A recording that arrives at once, and one that takes its time."""
    content = long_meeting.read_bytes()
    pages = {
        "/schnell.mp4": partial(server.file, content=content),
        "/langsam.mp4": partial(server.slow_file, content=content, seconds=600),
    }
    with serve(pages) as site:
        yield site


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """What runs in a sandbox knows nothing of the mark, but where it works: below the same folder."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    return Machine(tmp_path / "machine", {"TEST_MARK": str(tmp_path), "TMPDIR": str(temporary)})


def is_under_way(machine: Machine, *parts: str) -> Callable[[], bool]:
    """Whether programs with these words in their command lines run for this machine."""

    def look() -> bool:
        running = marked(machine.environment["TEST_MARK"]).values()
        return all(any(part in words for words in running) for part in parts)

    return look


def end_and_look(machine: Machine, arguments: tuple[str, ...], parts: tuple[str, ...], name: str) -> None:
    """Begin a command, end it while `parts` are under way, and see that nothing is left."""
    with machine.running(*arguments) as command:
        assert eventually(is_under_way(machine, *parts)), machine.log
        command.send_signal(signal.Signals[name])
        command.wait(timeout=240)
        assert nothing_is_left(machine)


def nothing_is_left(machine: Machine) -> bool:
    return eventually(lambda: not marked(machine.environment["TEST_MARK"]), 30)


@each_signal
def test_process_amid_fetching_leaves_nothing(name: str, machine: Machine, site: Site) -> None:
    end_and_look(machine, ("process", site.url("langsam.mp4")), (SERVER, FETCH), name)


@each_signal
def test_process_amid_transcoding_leaves_nothing(name: str, machine: Machine, site: Site) -> None:
    end_and_look(machine, ("process", site.url("schnell.mp4")), (SERVER, FFMPEG), name)


@each_signal
def test_transcribe_leaves_nothing(name: str, machine: Machine, long_meeting: Path) -> None:
    end_and_look(machine, ("transcribe", str(long_meeting), "--output", "out"), (SERVER, FFMPEG), name)


@each_signal
def test_the_reading_room_leaves_nothing(name: str, machine: Machine) -> None:
    open_room = {"MITSCHNITT_READING_ROOM__ACCESS": "open"}
    room = Machine(machine.folder, machine.environment | open_room)
    end_and_look(room, ("room", "--port", str(free_port())), ("flows.cli.main room",), name)


@each_signal
def test_serve_leaves_nothing(name: str, machine: Machine) -> None:
    ports = {"MITSCHNITT_PREFECT__PORT": str(free_port()), "MITSCHNITT_READING_ROOM__ACCESS": "open"}
    whole = Machine(machine.folder, machine.environment | ports)
    parts = ("flows.cli.main room", "prefect server start", "flows.cli.main worker")
    end_and_look(whole, ("serve", "--port", str(free_port())), parts, name)


@each_signal
def test_a_worker_takes_its_run_and_what_that_has_started_along(
    name: str, machine: Machine, site: Site, prefect_server: str
) -> None:
    worker = Machine(
        machine.folder,
        machine.environment
        | {"MITSCHNITT_PREFECT__API_URL": prefect_server, "MITSCHNITT_WORKER__NAME": f"rechner-{name}"},
    )
    asking = Machine(machine.folder, {**worker.environment, "TEST_MARK": "the desk"})
    with worker.running("worker") as command:
        with asking.desk() as desk:
            submitted(desk, url=site.url("langsam.mp4"), title="Treffen")
        assert eventually(is_under_way(worker, ENGINE, FETCH)), worker.log
        command.send_signal(signal.Signals[name])
        command.wait(timeout=240)
        assert nothing_is_left(worker)


def test_an_announcement_that_waits_for_its_mail_server_ends_at_once_when_all_are_told_to(
    machine: Machine, tmp_path: Path
) -> None:
    storage = FolderStorage(machine.folder / "archive")
    publish(storage, small_record(tmp_path / "made"), IMPRINT)
    mail = {
        "TO": "liste@example.org",
        "FROM": "wir@example.org",
        "SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
    }
    settings = {f"MITSCHNITT_ANNOUNCEMENT__{key}": value for key, value in mail.items()}
    sender = Machine(machine.folder, machine.environment | settings)
    with sender.running("announce", RECORD_ID, "--send") as command:
        assert eventually(lambda: "smtp_unreachable" in read_ledger(storage, RECORD_ID).model_dump_json())
        for process_id in marked(machine.environment["TEST_MARK"]):  # as systemd does
            os.kill(process_id, signal.SIGTERM)
        command.wait(timeout=60)
        assert nothing_is_left(sender)
