"""The guard by itself, in a process of its own, because it cannot be taken down again."""

import subprocess
import sys

from tests.misbehaving_server import serve

PRELUDE = """
import os, socket, subprocess, sys, urllib.request
from tasks.fetching import address_guard as guard
allowed = sys.argv[1]
port = int(allowed.partition(":")[2] or 0)
guard.install((allowed,))

def outcome(act):
    try:
        act()
    except guard.AddressRefusedError as error:
        return f"refused {error.host}"
    except OSError as error:
        return type(error).__name__
    return "done"
"""


def guarded(code: str, allowed: str = "localhost:9") -> list[str]:
    """The lines that `code` prints behind a guard with this exception."""
    run = subprocess.run(
        [sys.executable, "-c", PRELUDE + code, allowed], capture_output=True, text=True, check=False
    )
    assert run.stderr == ""
    return run.stdout.splitlines()


def test_every_spelling_of_a_private_address_is_refused_when_connecting() -> None:
    hosts = [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "10.0.0.1",
        "169.254.169.254",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
    ]
    code = f"for host in {hosts}: print(outcome(lambda: socket.create_connection((host, 80), timeout=1)))"
    assert guarded(code) == [f"refused {host}" for host in hosts]


def test_an_allowed_name_is_reached_on_its_port_only() -> None:
    code = (
        "for other in (port, port + 1):"
        " print(outcome(lambda: socket.create_connection(('localhost', other), timeout=1)))"
    )
    with serve({}) as site:
        assert guarded(code, f"localhost:{site.port}") == ["done", "refused localhost"]


def test_an_allowed_name_without_a_port_is_reached_at_the_ports_of_the_web_only() -> None:
    """What stands in the settings for a file share must not open the databases of the same machine."""
    code = """
for each in (80, 443, 22, 5432, 8080):
    print(outcome(lambda: socket.create_connection(("localhost", each), timeout=1)))
"""
    lines = guarded(code, "localhost")
    assert not any(each.startswith("refused") for each in lines[:2])  # whether anybody listens there or not
    assert lines[2:] == ["refused localhost"] * 3


def test_datagrams_and_unix_sockets_are_refused_too() -> None:
    code = """
print(outcome(lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 53))))
print(outcome(lambda: socket.socket(type=socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, ("10.0.0.1", 53))))
print(outcome(lambda: socket.socket(socket.AF_UNIX).connect("/run/docker.sock")))
"""
    assert guarded(code) == ["refused 127.0.0.1", "refused 10.0.0.1", "refused socket"]


def test_a_refusal_passes_through_libraries_that_swallow_errors() -> None:
    code = """
def read():
    try:
        urllib.request.urlopen("http://127.0.0.1:1/")
    except Exception:
        pass
print(outcome(read))
"""
    assert guarded(code) == ["refused 127.0.0.1"]


def test_no_program_is_started() -> None:
    code = """
print(outcome(lambda: subprocess.run(["/bin/true"])))
print(outcome(lambda: os.system("true")))
print(outcome(lambda: os.posix_spawn("/bin/true", ["true"], {})))
print(outcome(lambda: os.execv("/bin/true", ["true"])))
print(outcome(os.fork))
"""
    assert guarded(code) == ["PermissionError"] * 5
