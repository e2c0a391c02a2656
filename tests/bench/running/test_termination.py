"""What a measurement has started ends with it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

PATIENCE_SECONDS = 60


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while not condition():
        assert monotonic() < deadline
        sleep(0.05)


def noted_id(folder: Path) -> int:
    """Of PostgreSQL's first process; negative while its folder is made, 0 before."""
    noted = [each.read_text().split() for each in folder.glob("postgres-*/data/postmaster.pid")]
    return int(noted[0][0]) if noted and noted[0] else 0


def test_postgres_is_stopped_when_the_search_benchmark_is_told_to_end(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o711)  # who tests as root has PostgreSQL run as someone else
    command = [sys.executable, "-m", "bench.search", "--hours", "0"]
    bench = subprocess.Popen(command, env=os.environ | {"TMPDIR": str(tmp_path)}, stdout=subprocess.DEVNULL)
    wait_until(lambda: noted_id(tmp_path) > 0)
    server = noted_id(tmp_path)
    bench.terminate()
    assert bench.wait(timeout=PATIENCE_SECONDS) == 128 + 15
    wait_until(lambda: not Path(f"/proc/{server}").exists())
    assert list(tmp_path.glob("postgres-*")) == []
