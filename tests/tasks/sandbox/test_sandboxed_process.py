"""The sandbox around real programs: what they may use, what they know, whom they reach, and that they end."""

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from tasks.sandbox.exit_causes import cause_of_end
from tasks.sandbox.isolation import is_isolated
from tasks.sandbox.resource_limits import MEGABYTE, Limits
from tasks.sandbox.sandboxed_process import sandboxed
from tests.misbehaving_server import serve
from tests.process_tree import eventually, marked

LIMITS = Limits(
    memory_bytes=200 * MEGABYTE,
    address_bytes=600 * MEGABYTE,
    processor_seconds=2,
    wall_seconds=60.0,
    file_bytes=MEGABYTE,
    open_files=64,
)
SECRETS = (
    "MITSCHNITT_ANNOUNCEMENT__SMTP_URL",
    "AWS_SECRET_ACCESS_KEY",
    "ANYTHING_ELSE",
    "http_proxy",
    "LD_PRELOAD_X",
)
needs_namespaces = pytest.mark.skipif(not is_isolated(), reason="this system refuses namespaces")


def run(code: str, folder: Path, limits: Limits = LIMITS, *, has_network: bool = False) -> tuple[int, str]:
    """How a program in Python ended, and what it printed."""
    with sandboxed(
        [sys.executable, "-c", code], limits, folder, has_network=has_network, stdout=subprocess.PIPE
    ) as process:
        out, _ = process.communicate()
        return process.returncode, out.decode()


def test_no_secret_of_the_environment_is_known_to_it_or_to_what_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "geheim")
    code = "import os, subprocess; print(dict(os.environ), subprocess.check_output(['env']))"
    status, out = run(code, tmp_path)
    assert status == 0
    assert "geheim" not in out
    assert not any(name in out for name in SECRETS)
    assert f"'HOME': '{tmp_path}'" in out


def test_all_limits_are_in_force(tmp_path: Path) -> None:
    _, out = run("print(open('/proc/self/limits').read())", tmp_path)
    lines = {line[:26].strip(): line[26:].split()[:2] for line in out.splitlines()}
    assert lines["Max address space"] == ["600000000"] * 2
    assert lines["Max data size"] == ["200000000"] * 2
    assert lines["Max cpu time"] == ["2", "7"]
    assert lines["Max file size"] == ["1000000"] * 2
    assert lines["Max open files"] == ["64"] * 2
    assert lines["Max core file size"] == ["0", "0"]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("while True: pass", "used_processor"),
        (
            "import signal; signal.signal(signal.SIGXFSZ, 0); file = open('x', 'ab', 0)\n"
            "for _ in 'xxx': file.write(bytes(9**7))",
            "used_room",
        ),
        ("import os; os.kill(os.getpid(), 11)", "reader_crashed"),
        ("import os; os.abort()", "reader_crashed"),
        ("import os; os.kill(os.getpid(), 9)", None),
        ("raise SystemExit(3)", None),
    ],
)
def test_how_it_ended_says_which_limit_it_reached(code: str, error: str | None, tmp_path: Path) -> None:
    status, _ = run(code, tmp_path)
    cause = cause_of_end(status, LIMITS)
    assert status != 0
    assert (cause.code if cause else None) == error


@pytest.mark.parametrize("code", ["bytearray(10**9)", "import mmap; mmap.mmap(-1, 10**9)"])
def test_memory_is_refused(code: str, tmp_path: Path) -> None:
    status, out = run(f"try: {code}\nexcept (MemoryError, OSError): print('refused')", tmp_path)
    assert (status, out) == (0, "refused\n")


def test_its_time_on_the_wall_is_limited(tmp_path: Path) -> None:
    limits = Limits(200 * MEGABYTE, 600 * MEGABYTE, 60, 1.0, MEGABYTE)
    begun = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        run("import time; time.sleep(600)", tmp_path, limits)
    assert time.monotonic() - begun < 30


def test_it_can_gain_no_rights(tmp_path: Path) -> None:
    _, out = run("print(open('/proc/self/status').read())", tmp_path)
    assert "NoNewPrivs:\t1" in out


@needs_namespaces
def test_only_what_fetches_has_a_network(tmp_path: Path) -> None:
    code = """
import socket
try: socket.create_connection(("127.0.0.1", {port}), timeout=5); print("reached")
except OSError: print("alone")
"""
    with serve({}) as site:
        within = code.format(port=site.port)
        assert run(within, tmp_path)[1] == "alone\n"
        assert run(within, tmp_path, has_network=True)[1] == "reached\n"


# A child that leaves its group and its session, as nothing does that means well.
RUNAWAY = """
import os, subprocess, sys
subprocess.Popen(["sleep", "600"], start_new_session=True, env={"MARK": sys.argv[1]})
print("runs", flush=True)
"""


@needs_namespaces
def test_what_has_left_its_group_ends_too(tmp_path: Path) -> None:
    mark = f"MARK=runaway-{os.getpid()}"
    with sandboxed(
        [sys.executable, "-c", RUNAWAY + "input()", mark.removeprefix("MARK=")],
        LIMITS,
        tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"runs\n"
        assert len(marked(mark)) == 1
    assert eventually(lambda: marked(mark) == {})


def is_gone(mark: str) -> bool:
    return marked(mark) == {}


STARTER = """
import subprocess, sys
from pathlib import Path
from tasks.sandbox.resource_limits import Limits
from tasks.sandbox.sandboxed_process import sandboxed

limits = Limits(10**9, 10**9, 60, 600.0, 10**6)
program = ["sh", "-c", "echo runs; exec sleep 600"]
with sandboxed(program, limits, Path(sys.argv[1]), stdout=subprocess.PIPE,
           extra_environment={"MARK": sys.argv[2]}) as process:
    print(process.stdout.readline().decode(), end="", flush=True)
    process.wait()
"""


def test_it_ends_with_its_starter_however_that_ends(tmp_path: Path) -> None:
    for sent in (signal.SIGKILL, signal.SIGTERM):
        mark = f"starter-{sent}-{os.getpid()}"
        command = [sys.executable, "-c", STARTER, str(tmp_path), mark]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as starter:
            assert starter.stdout is not None
            assert starter.stdout.readline() == b"runs\n"
            assert marked(f"MARK={mark}")
            starter.send_signal(sent)
        assert eventually(partial(is_gone, f"MARK={mark}"))


WITHOUT_NAMESPACES = """
import subprocess, sys
from pathlib import Path
from tasks.sandbox.isolation import is_isolated
from tasks.sandbox.resource_limits import Limits
from tasks.sandbox.sandboxed_process import sandboxed

with sandboxed(["cat", "/proc/self/limits"], Limits(10**9, 10**9, 60, 60.0, 12345), Path(sys.argv[1]),
           stdout=subprocess.PIPE) as process:
    print(is_isolated(), "12345" in process.communicate()[0].decode())
"""


def test_where_the_system_refuses_namespaces_the_limits_hold_all_the_same(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("setpriv", "sh", "prlimit", "cat"):
        programs.joinpath(name).symlink_to(str(shutil.which(name)))
    out = subprocess.check_output(
        [sys.executable, "-c", WITHOUT_NAMESPACES, str(tmp_path)], env={"PATH": str(programs)}
    )
    assert out == b"False True\n"
