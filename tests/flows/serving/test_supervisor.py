"""Programs that are kept running: what is heard of one that falls."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.s3_server import free_port

FALLS = "import sys; print('Port 4200\\nis already in use'); sys.exit(3)"
PROGRAMS = {
    "falls": FALLS,
    "chatters": f"print('viel' * 100_000); {FALLS}",
    "leaves a child": f"import subprocess; subprocess.Popen(['sleep', '600']); {FALLS}",
}
# In a process of its own, since a supervisor listens to the signals of its process.
SUPERVISES = """
import asyncio, json, os, signal, sys
from flows.serving.supervisor import Service, Supervisor

def tell(service, what):
    print(json.dumps(what), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

service = Service("Prefect", [sys.executable, "-c", sys.argv[1]], mute=sys.argv[2] == "mute")
asyncio.run(Supervisor([service], tell).run())
"""


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_last_words_of_a_mute_program_are_told_when_it_falls(name: str) -> None:
    (line,) = heard(PROGRAMS[name], "mute")
    said = json.loads(line)
    assert said.startswith("endet mit 3 und wird in 2 s neu gestartet. Zuletzt gesagt: „")
    assert said.endswith("Port 4200 is already in use“")
    assert len(said) < 700


def test_a_program_that_is_heard_anyway_is_not_repeated() -> None:
    *said, told = heard(FALLS, "aloud")
    assert said == ["Port 4200", "is already in use"]
    assert json.loads(told) == "endet mit 3 und wird in 2 s neu gestartet"


def heard(program: str, manner: str) -> list[str]:
    """The lines in the terminal until the first fall is told; then all is ended, as by an administrator."""
    command = [sys.executable, "-c", SUPERVISES, program, manner]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert ended.stderr == ""
    return ended.stdout.splitlines()


# Answers twice and never again, and notes each start.
HANGS = """
import http.server, sys, time
from pathlib import Path

class Answers(http.server.BaseHTTPRequestHandler):
    left = 2

    def do_GET(self):
        if not Answers.left:
            time.sleep(3600)
        Answers.left -= 1
        self.send_response(503)
        self.end_headers()

    def log_message(self, *_): pass

with Path(sys.argv[1]).open("a") as notes:
    notes.write("begun\\n")
http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Answers).serve_forever()
"""
WATCHES = """
import asyncio, os, signal, sys
from pathlib import Path
from flows.serving.supervisor import Service, Supervisor

said = []

def tell(service, what):
    said.append(what)
    print(what, flush=True)
    if len(said) == 4:
        os.kill(os.getpid(), signal.SIGTERM)

program, notes, port = sys.argv[1:]
service = Service("Lesesaal", [sys.executable, "-c", program, notes, port],
                  alive_url=f"http://127.0.0.1:{port}/", silence_seconds=4.0)
asyncio.run(Supervisor([service], tell).run())
"""


def test_one_that_hangs_is_ended_and_begun_again(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    command = [sys.executable, "-c", WATCHES, HANGS, str(notes), str(free_port())]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, timeout=240)
    assert ended.stderr == ""
    silent, begun_again, *_ = ended.stdout.splitlines()
    assert silent == "antwortet nicht mehr und wird abgebrochen"
    assert begun_again.startswith("endet mit -9 und wird in")
    assert notes.read_text().count("begun") >= 2


NEVER_ANSWERS = f"import time; time.sleep(3); {FALLS}"


def test_one_that_has_never_answered_is_still_beginning(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WATCHES, NEVER_ANSWERS, str(tmp_path / "notes"), str(free_port())]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, timeout=240)
    assert "antwortet nicht mehr" not in ended.stdout
    assert "endet mit 3" in ended.stdout
