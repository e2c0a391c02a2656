"""Thousands of lines that say nothing, or half of something, while members read: does anybody notice?

Starts a room of its own with the usual limit of 1,024 open files, which it has to raise itself. Members read
all the while from the same address as the attack, as behind a proxy, and then from another one.
"""

import argparse
import asyncio
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.attack.counts import Counts
from tasks.archive.publishing import publish
from tasks.processes.open_files import allow_open_files
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT, small_record

USUAL_LIMIT = 1024
LONGEST_START_SECONDS = 120.0
THINKING_SECONDS = 2.0
LONGEST_ANSWER_SECONDS = 30.0
# A thousand a second until all are there, and again for those that were closed.
OPENED_AT_ONCE, OPENED_EVERY_SECONDS = 100, 0.1
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""One for all: to make one takes a client longer than to read a page."""

ATTACKER = "127.0.0.2"
HALVES = (
    b"",
    b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: ",
    b"POST /anmelden HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nadd",
    b"GET /static/x/door.css HTTP/1.1\r\nHost: x\r\n\r\n",
)
"""Nothing, half a head, half a body; and a whole request, after which nothing comes."""


@dataclass(slots=True)
class Read:
    """What the members met."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """How long answers took, and how many failed."""
        ordered = sorted(self.seconds) or [0.0]
        half, most = (1000 * ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99))
        return f"{len(ordered)} answers, {len(self.errors)} errors; median {half:.0f} ms, 99 %: {most:.0f} ms"


def run(idle: int = 5000, members: int = 200, seconds: float = 30.0) -> Counts:
    """All of it, once from each address."""
    counts = Counts(f"{idle} idle lines, {members} members")
    allow_open_files()
    with _room() as (port, paths):
        for source in ("127.0.0.1", ATTACKER):
            read = asyncio.run(_attacked(port, paths, source, idle, members, seconds))
            print(f"  idle lines from {source}: {read.text}", flush=True)
            counts.checks += len(read.seconds) + len(read.errors)
            counts.holes += sorted(set(read.errors))
            counts.check(len(read.seconds) >= members, "the members could not read")
    return counts


@contextmanager
def _room() -> Iterator[tuple[int, tuple[str, ...]]]:
    """A room's port, and what there is to read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record = small_record(folder / "record")
        publish(FolderStorage(folder / "archive"), record, IMPRINT)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        process = _begun(folder, port)
        try:
            _wait_until_open(process, port)
            one = f"/recordings/{record.recording.id}/"
            yield port, ("/", one, "/suche?q=Rat", f"{one}transcript/transcript.txt")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _begun(folder: Path, port: int) -> subprocess.Popen[bytes]:
    def usual() -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (USUAL_LIMIT, hard))

    settings = '[reading_room]\naccess = "open"\nsearches_per_minute = 100000\n'
    (folder / "mitschnitt.toml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "flows.cli.main", "room", "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=quiet, stderr=quiet, preexec_fn=usual
    )


def _wait_until_open(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == httpx.codes.OK:
                return
        time.sleep(0.2)
    raise RuntimeError("the room did not open")


async def _attacked(
    port: int, paths: tuple[str, ...], source: str, idle: int, members: int, seconds: float
) -> Read:
    read, ends_at = Read(), time.monotonic() + seconds
    words = [str(each) for each in (port, source, idle, seconds)]
    attacker = subprocess.Popen([sys.executable, "-m", "bench.attack.idle", "--attack", *words])
    try:
        await asyncio.gather(*(_member(port, paths, number, ends_at, read) for number in range(members)))
    finally:
        attacker.kill()
        attacker.wait()
    return read


def _idle(port: int, source: str, count: int, seconds: float) -> None:
    """Keep so many lines open, from a process of its own; one that is closed is opened again."""
    allow_open_files()
    lines: list[socket.socket] = []
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        for _ in range(min(OPENED_AT_ONCE, count - len(lines))):
            with suppress(OSError):
                lines.append(_half(port, source, HALVES[len(lines) % len(HALVES)]))
        time.sleep(OPENED_EVERY_SECONDS)
        if len(lines) >= count:
            lines = [line for line in lines if _is_open(line)]


def _half(port: int, source: str, said: bytes) -> socket.socket:
    line = socket.socket()
    line.bind((source, 0))
    line.setblocking(False)
    with suppress(BlockingIOError):
        line.connect(("127.0.0.1", port))
    with suppress(OSError):
        line.send(said)
    return line


def _is_open(line: socket.socket) -> bool:
    try:
        is_open = line.recv(65_536) != b""
    except BlockingIOError:
        return True
    except OSError:
        is_open = False
    if not is_open:
        line.close()
    return is_open


async def _member(port: int, paths: tuple[str, ...], number: int, ends_at: float, read: Read) -> None:
    """Read a page, think, read the next, as a browser does over a line that is kept."""
    await asyncio.sleep(THINKING_SECONDS * (number % 100) / 100)
    address, turn = f"http://127.0.0.1:{port}", number
    again = httpx.AsyncHTTPTransport(retries=1, verify=NO_TLS)
    async with httpx.AsyncClient(timeout=LONGEST_ANSWER_SECONDS, transport=again) as client:
        while time.monotonic() < ends_at:
            began, turn = time.monotonic(), turn + 1
            try:
                answer = await _page(client, address + paths[turn % len(paths)])
                answer.raise_for_status()
                read.seconds.append(time.monotonic() - began)
            except httpx.HTTPError as error:
                read.errors.append(f"{paths[turn % len(paths)]}: {type(error).__name__} {error}")
            await asyncio.sleep(THINKING_SECONDS)


async def _page(client: httpx.AsyncClient, url: str) -> httpx.Response:
    """As RFC 9110, 9.2.2 lets browsers do it: what was asked over a kept line that closed is asked again."""
    try:
        return await client.get(url)
    except (httpx.RemoteProtocolError, httpx.ReadError):
        return await client.get(url)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=5000)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--attack", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.attack:
        port, source, count, seconds = options.attack
        _idle(int(port), source, int(count), float(seconds))
        return
    counts = run(options.idle, options.members, options.seconds)
    print(counts.text)
    sys.exit(bool(counts.holes))


if __name__ == "__main__":
    main()
