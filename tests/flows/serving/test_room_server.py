"""`mitschnitt room`: opens, shows its owner the way in on a terminal, and ends when told."""

import os
import pty
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

PROGRAM = [sys.executable, "-m", "flows.cli.main", "room", "--port", "0"]
ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 90
# As long as a system waits before it acknowledges the first half of an answer, if the second waits for that.
DELAYED_SECONDS = 0.04


def test_on_a_terminal_the_owner_is_shown_a_link_that_signs_in_once(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(PROGRAM, cwd=tmp_path, stdout=theirs, stderr=theirs, env=environment())
    try:
        shown = read_until(ours, "/anmelden/link?t=", "\n")
        link = next(word for word in shown.split() if "/anmelden/link?t=" in word)
        home = link.split("/anmelden")[0]
        token = link.partition("=")[2]
        wait_until_open(home)
        with httpx.Client(headers={"origin": home}) as browser:
            statuses = [
                browser.post(f"{home}/anmelden/link", data={"t": token}).status_code for _ in range(2)
            ]
            assert statuses == [303, 410]
            assert browser.get(f"{home}/").status_code == 200
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
        os.close(ours)
        os.close(theirs)


def test_into_a_file_no_link_is_written(tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    with log.open("wb") as opened:
        process = subprocess.Popen(PROGRAM, cwd=tmp_path, stdout=opened, stderr=opened, env=environment())
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "Lesesaal ist offen" not in log.read_text():
            assert time.monotonic() < deadline
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        home = next(word for word in log.read_text().split() if word.startswith("http")).rstrip("/")
        wait_until_open(home)
        assert httpx.get(f"{home}/anmelden").status_code == 200
        assert fastest_of_ten(f"{home}/healthz") < DELAYED_SECONDS
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)
    assert "anmelden" not in log.read_text().lower()


def test_a_port_that_is_taken_is_said_to_be(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        command = [*PROGRAM[:-1], str(other.getsockname()[1])]
        ran = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, env=environment(), check=False
        )
    assert ran.returncode == 1
    assert "lässt sich kein Lesesaal öffnen" in ran.stderr


def fastest_of_ten(url: str) -> float:
    """In how many seconds an answer comes at best over a connection that was used before."""
    seconds = []
    with httpx.Client() as client:
        client.get(url)
        for _ in range(10):
            began = time.monotonic()
            client.get(url)
            seconds.append(time.monotonic() - began)
    return min(seconds)


def environment() -> dict[str, str]:
    """Wide enough that no link is broken over lines; modules are found wherever it runs."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "400"}


def wait_until_open(home: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            httpx.get(f"{home}/anmelden")
            return
        except httpx.ConnectError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def read_until(terminal: int, *marks: str) -> str:
    """What is shown until all marks were seen, one after the other."""
    shown = ""
    while True:
        shown += os.read(terminal, 4096).decode()
        position = 0
        for mark in marks:
            position = shown.find(mark, position)
            if position < 0:
                break
        else:
            return shown
