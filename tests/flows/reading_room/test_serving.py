"""`mitschnitt serve`, started and stopped as a person would."""

import signal
import socket
import time
from pathlib import Path

import httpx
import pytest

from tasks.s3_access import S3Access
from tasks.storage import open_storage
from tests.flows.workplace import Workplace
from tests.tasks.test_search_index import publish_sample


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def answered(address: str) -> str:
    """The text at an address, as soon as there is one with the sample in it."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            answer = httpx.get(address)
            if answer.status_code == 200 and "Melderegister" in answer.text:
                return answer.text
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{address} did not answer")


@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_it_serves_what_is_in_the_archive_and_stops_when_asked(
    tmp_path: Path, how: signal.Signals, status: int
) -> None:
    publish_sample(open_storage(str(tmp_path / "archive"), S3Access()), tmp_path, "2026-11-19-rat")
    port = free_port()
    process = Workplace(tmp_path, {"MITSCHNITT_READING_ROOM__ACCESS": "open"}).start("serve", "--port", port)
    assert "<mark>Melderegister</mark>" in answered(f"http://127.0.0.1:{port}/suche?q=Melderegister")
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert f"http://127.0.0.1:{port}/" in out
    assert "Traceback" not in err
