"""Programs end with whoever started them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.processes.child_process import bound, finished, running

PATIENCE_SECONDS = 60
# Starts a program, says that it runs, and waits.
STARTER = """
import subprocess, sys
from tasks.processes.child_process import running

program = ["sh", "-c", "echo runs; exec sleep 600"]
with running(program, timeout_seconds=600, stdout=subprocess.PIPE) as process:
    print(process.pid, process.stdout.readline().decode(), end="", flush=True)
    process.wait()
"""


def is_there(process_id: int) -> bool:
    """Whether it runs; one that has ended and was not fetched by its parent does not."""
    try:
        return ") Z " not in Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return False


def group_members(group: int) -> list[int]:
    """The processes of a group that run."""
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(fields[2]) == group and fields[0] != "Z":
            members.append(int(stat.parent.name))
    return members


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it becomes true within a patient while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("name", ["SIGHUP", "SIGINT", "SIGTERM", "SIGKILL"])
def test_a_program_ends_with_its_starter_on_every_signal(name: str) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    child = int(starter.stdout.readline().split()[0])
    assert is_there(child)
    starter.send_signal(signal.Signals[name])
    starter.communicate(timeout=PATIENCE_SECONDS)
    assert eventually(lambda: not is_there(child))


def test_what_a_program_has_started_ends_with_the_block() -> None:
    program = ["sh", "-c", "sleep 600 & echo runs; wait"]
    with running(program, timeout_seconds=600, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"runs\n"
        assert len(group_members(process.pid)) == 2
    assert eventually(lambda: group_members(process.pid) == [])


def test_what_a_program_leaves_behind_ends_with_the_block() -> None:
    with running(["sh", "-c", "sleep 600 & exit 3"], timeout_seconds=600) as process:
        assert process.wait() == 3
        assert len(group_members(process.pid)) == 1
    assert eventually(lambda: group_members(process.pid) == [])


def test_an_exception_in_the_block_ends_the_program() -> None:
    with (
        pytest.raises(RuntimeError, match="enough"),
        running(["sleep", "600"], timeout_seconds=600) as process,
    ):
        raise RuntimeError("enough")
    assert not is_there(process.pid)


def test_a_program_whose_parent_died_before_it_could_be_watched_never_begins(tmp_path: Path) -> None:
    mark = tmp_path / "begun"
    other_parent = ["sh", "-c", '"$@"; true', "sh"]
    subprocess.run([*other_parent, *bound(["touch", str(mark)])], check=True)
    assert not mark.exists()
    subprocess.run(bound(["touch", str(mark)]), check=True)
    assert mark.exists()


def test_a_program_that_takes_too_long_is_ended_and_named_without_its_arguments() -> None:
    with pytest.raises(subprocess.TimeoutExpired) as raised:
        finished(["sleep", "601"], timeout_seconds=0.2)
    assert "sleep" in str(raised.value)
    assert "601" not in str(raised.value)


def test_a_program_that_takes_too_long_is_told_as_such_whatever_that_led_to() -> None:
    def hears_nothing() -> None:
        with running(["sleep", "600"], timeout_seconds=0.2) as process:
            process.wait()
            raise RuntimeError("the program said nothing")

    with pytest.raises(subprocess.TimeoutExpired):
        hears_nothing()


def test_a_finished_program_tells_its_status_and_its_words() -> None:
    ended = finished(["sh", "-c", "echo out; echo err >&2; exit 4"], timeout_seconds=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (4, "out\n", "err\n")


def test_the_terminal_s_signals_do_not_reach_the_program() -> None:
    with running(["sleep", "600"], timeout_seconds=600) as process:
        assert os.getpgid(process.pid) == process.pid != os.getpgid(0)
