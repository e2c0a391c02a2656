"""Prefect's server for one command: there when it is needed, gone with the command."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process_tree import eventually, marked

ROOT = Path(__file__).parents[3]
SERVER = "-m flows.orchestration.temporary_server"
# A command that runs a flow and then, if told so, waits.
COMMAND = """
import os, sys
from config.loading import load_settings
from flows.orchestration.prefect_environment import prepare_prefect
from flows.orchestration.temporary_server import ensure_server

prepare_prefect(load_settings().settings)
server = ensure_server()
from prefect import flow

@flow(persist_result=False)
def answer():
    print("answers", flush=True)
    if "wait" in sys.argv:
        sys.stdin.read()

server.wait_until_ready()
answer()
"""


def begun(folder: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    """The command in this folder, where all its data come to lie, marked by it."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TEST_MARK": str(folder), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def servers(folder: Path) -> list[int]:
    """The servers that commands in this folder have begun."""
    return [number for number, words in marked(f"TEST_MARK={folder}").items() if SERVER in words]


def wait_until_it_answers(command: "subprocess.Popen[str]") -> None:
    assert command.stdout is not None
    assert command.stdout.readline() == "answers\n"


def test_a_command_has_its_server_until_it_ends(tmp_path: Path) -> None:
    command = begun(tmp_path, "wait")
    wait_until_it_answers(command)
    assert len(servers(tmp_path)) == 1
    _, told = command.communicate(input="", timeout=60)
    assert (command.returncode, told) == (0, "")
    assert servers(tmp_path) == []


@pytest.mark.parametrize("name", ["SIGHUP", "SIGINT", "SIGTERM", "SIGKILL"])
def test_no_signal_leaves_the_server_behind(name: str, tmp_path: Path) -> None:
    command = begun(tmp_path, "wait")
    wait_until_it_answers(command)
    command.send_signal(signal.Signals[name])
    command.wait(timeout=60)
    assert eventually(lambda: marked(f"TEST_MARK={tmp_path}") == {})


def test_the_server_outlasts_a_command_that_is_told_to_end_together_with_it(tmp_path: Path) -> None:
    command = begun(tmp_path, "wait")
    wait_until_it_answers(command)
    (server,) = servers(tmp_path)
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(server, each)
    command.send_signal(signal.SIGTERM)
    command.wait(timeout=60)
    assert crashed_runs(tmp_path) == 1
    assert eventually(lambda: servers(tmp_path) == [])


def test_a_command_whose_server_is_lost_ends_all_the_same_when_it_is_told_to(tmp_path: Path) -> None:
    command = begun(tmp_path, "wait")
    wait_until_it_answers(command)
    (server,) = servers(tmp_path)
    os.kill(server, signal.SIGKILL)
    command.send_signal(signal.SIGTERM)
    command.wait(timeout=60)  # Prefect's client would try for four minutes
    assert command.returncode == 128 + signal.SIGTERM


def test_two_commands_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    commands = [begun(tmp_path), begun(tmp_path)]
    ended = [each.communicate(input="", timeout=200) for each in commands]
    assert ended == [("answers\n", "")] * 2
    assert [each.returncode for each in commands] == [0, 0]


def test_a_server_that_cannot_start_is_told_with_its_reason(tmp_path: Path) -> None:
    nowhere = f"sqlite+aiosqlite:///{tmp_path}/missing/prefect.db"
    command = begun(tmp_path, PREFECT_API_DATABASE_CONNECTION_URL=nowhere)
    said, told = command.communicate(input="", timeout=200)
    assert said == ""
    assert "prefect_not_started" in told
    assert "unable to open database file" in told


def crashed_runs(folder: Path) -> int:
    """How many runs are written down as crashed."""
    (file,) = folder.rglob("prefect.db")
    with sqlite3.connect(file) as database:
        ((count,),) = database.execute("SELECT count(*) FROM flow_run WHERE state_type = 'CRASHED'")
    return int(count)
