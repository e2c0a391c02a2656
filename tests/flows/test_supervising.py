"""Programs that are kept running: what is heard of one that falls."""

import asyncio
import os
import signal
import sys

import pytest

from flows.supervising import Service, Supervisor

FALLS = "import sys; print('Port 4200\\nis already in use'); sys.exit(3)"
CHATTERS_AND_FALLS = f"print('viel' * 100_000); {FALLS}"
LEAVES_A_CHILD = f"import subprocess; subprocess.Popen(['sleep', '600']); {FALLS}"


@pytest.mark.parametrize("program", [FALLS, CHATTERS_AND_FALLS, LEAVES_A_CHILD])
def test_the_last_words_of_a_mute_program_are_told_when_it_falls(program: str) -> None:
    said = told_of(Service("Prefect", [sys.executable, "-c", program], mute=True))
    assert said.startswith("endet mit 3 und wird in 2 s neu gestartet. Zuletzt gesagt: „")
    assert said.endswith("Port 4200 is already in use“")
    assert len(said) < 700


def test_a_program_that_is_heard_anyway_is_not_repeated(capfd: pytest.CaptureFixture[str]) -> None:
    said = told_of(Service("Lesesaal", [sys.executable, "-c", FALLS]))
    assert said == "endet mit 3 und wird in 2 s neu gestartet"
    assert capfd.readouterr().out == "Port 4200\nis already in use\n"


def told_of(service: Service) -> str:
    """What is told first of a service; then all is ended, as by an administrator."""
    told: list[str] = []

    def tell(_service: Service, what: str) -> None:
        told.append(what)
        os.kill(os.getpid(), signal.SIGTERM)

    asyncio.run(Supervisor([service], tell).run())
    return told[0]
