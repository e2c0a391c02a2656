"""Programs that are kept running: what is heard of one that falls."""

import json
import subprocess
import sys

import pytest

FALLS = "import sys; print('Port 4200\\nis already in use'); sys.exit(3)"
PROGRAMS = {
    "falls": FALLS,
    "chatters": f"print('viel' * 100_000); {FALLS}",
    "leaves a child": f"import subprocess; subprocess.Popen(['sleep', '600']); {FALLS}",
}
# In a process of its own, since a supervisor listens to the signals of its process.
SUPERVISES = """
import asyncio, json, os, signal, sys
from flows.supervising import Service, Supervisor

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
