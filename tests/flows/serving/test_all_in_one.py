"""`mitschnitt serve`: all under one command; what falls is begun again; nothing is lost when it ends."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.duties import BY_WORKERS, SCHEDULED
from flows.serving.all_in_one import _history_kept
from tests.flows.operations import Desk, Machine, submitted, wait_for
from tests.flows.workplace import recording_of
from tests.media_samples import meeting_clip
from tests.misbehaving_server import Site, serve_folder
from tests.s3_server import free_port
from transcripts.model import Stage


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine", {"MITSCHNITT_PREFECT__PORT": str(free_port())})


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "site"
    folder.mkdir()
    meeting_clip(folder / "treffen.mp4", 0, 60)
    with serve_folder(folder) as site:
        yield site


def test_what_falls_is_begun_again_and_what_was_under_way_survives_the_end(
    machine: Machine, site: Site
) -> None:
    with machine.running("serve", "--port", "0") as serve:
        is_up(machine)
        with machine.desk() as desk:
            job_id = submitted(desk, url=site.url("treffen.mp4"), title="Treffen")
            in_transcription(desk, job_id)
            for part in ("prefect server start", "flows.cli.main room"):
                os.kill(child_with(serve.pid, part), signal.SIGKILL)
            wait_for(lambda: machine.log.count("neu gestartet") == 2)
            is_up(machine)
            assert desk.wait_for(job_id, "running", "retrying")["record_id"] is None
        serve.send_signal(signal.SIGTERM)
        assert serve.wait(timeout=240) == 0
    assert not alive_in(machine.folder), "nothing goes on behind its back"
    fetched = len(site.asked("/treffen.mp4"))
    with machine.running("serve", "--port", "0"):
        is_up(machine)
        with machine.desk() as desk:
            done = desk.wait_for(job_id, "done", "failed")
    assert done["state"] == "done", done
    assert recording_of(machine.folder / "archive/recordings" / done["record_id"]).stage is Stage.ANNOUNCED
    assert len(site.asked("/treffen.mp4")) == fetched, "nothing is fetched again"
    assert len(list((machine.folder / "outbox").glob("*.eml"))) == 1


def test_the_work_folder_may_go_at_any_time_and_no_waiting_job_with_it(machine: Machine, site: Site) -> None:
    machine.environment["MITSCHNITT_READING_ROOM__ACCESS"] = "open"
    with machine.running("serve", "--port", "0") as serve:
        is_up(machine)
        wait_for(lambda: all_well(machine), why=lambda: machine.log)
        worker = child_with(serve.pid, "flows.cli.main worker")
        with machine.desk() as desk:
            first = submitted(desk, url=site.url("treffen.mp4"), title="Treffen")
            os.kill(worker, signal.SIGSTOP)
            shutil.rmtree(machine.folder / "work")
            assert health(machine)["missing"] == ["work.dir"]
            os.kill(worker, signal.SIGCONT)
            done = desk.wait_for(first, "done", "failed")
            assert done["state"] == "done", done
            wait_for(lambda: "missing" not in health(machine), why=lambda: str(health(machine)))
            wait_for(lambda: found(machine, "Treffen"), why=lambda: machine.log)


def test_prefects_server_listens_on_this_machine_alone_and_asks_for_a_password(machine: Machine) -> None:
    with machine.running("serve", "--port", "0"):
        is_up(machine)
        address = (machine.folder / "state/prefect/server-address").read_text()
        assert address.startswith("http://127.0.0.1:")
        assert httpx.get(f"{address}/health").status_code == 200
        assert httpx.post(f"{address}/flow_runs/filter", json={}).status_code == 401
        password = (machine.folder / "state/prefect/server.key").read_text()
        answer = httpx.post(f"{address}/flow_runs/filter", json={}, auth=("mitschnitt", password))
        assert answer.status_code == 200
        parts = wait_for(lambda: all_well(machine), why=lambda: machine.log)
    duties = {each["key"]: each for each in parts.pop("duties")}
    assert parts == {
        "status": "ok", "archive": "ok", "records": 0, "prefect": "ok", "workers": 1, "overdue": []
    }  # fmt: skip
    for each in SCHEDULED:
        assert duties[each.duty.key]["next_due"], "its schedule has made runs by itself"
    for by_worker in BY_WORKERS:
        assert duties[by_worker.duty.key]["last_done"], "the worker has left word"


@pytest.mark.parametrize(("taken", "says"), [("room", "kein Lesesaal"), ("prefect", "kein Prefect-Server")])
def test_a_port_that_another_program_has_is_said_before_anything_is_begun(
    machine: Machine, taken: str, says: str
) -> None:
    ports = {"room": free_port(), "prefect": int(machine.environment["MITSCHNITT_PREFECT__PORT"])}
    with (
        socket.create_server(("127.0.0.1", ports[taken])),
        machine.running("serve", "--port", str(ports["room"])) as serve,
    ):
        assert serve.wait(timeout=240) == 1
    assert says in machine.log
    assert not rooms_of(machine)
    assert not (machine.folder / "state/prefect/server-address").exists()


def all_well(machine: Machine) -> dict[str, Any] | None:
    """What the room says of the parts, as soon as it knows of all that is to happen by itself."""
    parts = health(machine)
    is_known = all(each["next_due"] and not each["trouble"] for each in parts["duties"])
    return parts if parts.get("workers") and is_known else None


def found(machine: Machine, query: str) -> object:
    """What the room finds; nothing while it has no index."""
    answer = httpx.get(f"{rooms_of(machine)[-1]}api/search", params={"q": query})
    return answer.is_success and answer.json()["results"]


def health(machine: Machine) -> dict[str, Any]:
    """What the room says of itself and the parts."""
    parts: dict[str, Any] = httpx.get(f"{rooms_of(machine)[-1]}healthz").json()
    return parts


def rooms_of(machine: Machine) -> list[str]:
    """Where the reading room was said to be, the last time last."""
    return re.findall(r"Lesesaal ist offen: (\S+)", machine.log)


def is_up(machine: Machine) -> None:
    """Wait until the reading room and Prefect's server answer where they were last said to be."""

    def answers() -> bool:
        assert "Fehler" not in machine.log, machine.log
        file = machine.folder / "state/prefect/server-address"
        rooms = rooms_of(machine)
        if not rooms or not file.exists():
            return False
        try:
            pages = (f"{rooms[-1]}anmelden", f"{file.read_text()}/health")
            return all(httpx.get(each).status_code == 200 for each in pages)
        except httpx.HTTPError:
            return False

    wait_for(answers, why=lambda: machine.log)


def in_transcription(desk: Desk, job_id: str) -> None:
    wait_for(lambda: desk.ask("job", id=job_id)["stage"] == "transcoded")


def child_with(parent: int, part: str) -> int:
    """The child of a process in whose command line this stands."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            above = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended meanwhile
        if above == parent and part in command:
            return int(folder.name)
    raise AssertionError(f"no child of {parent} runs {part}")


def alive_in(folder: Path) -> list[str]:
    """The processes that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == folder.resolve():
                found.append((process / "cmdline").read_bytes().decode())
        except OSError:
            continue
    return found


def test_prefects_server_is_told_in_its_own_words_when_to_forget() -> None:
    """The settings that it reads of our environment; another edition may call them otherwise."""
    code = (
        "from prefect.settings import get_current_settings as now\n"
        "vacuum, events = now().server.services.db_vacuum, now().server.events\n"
        "types = sorted(vacuum.enabled_vacuum_types)\n"
        "print(types, vacuum.retention_period.days, events.retention_period.days)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **_history_kept(30)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.split("\n")[0] == "['events', 'flow_runs', 'orphans'] 30 7"
