"""How long a recording takes to fetch beside curl, over plain HTTP on this machine.

`python -m bench.fetching [--gigabytes 1] [--segments 2000] [--rounds 5]` fetches one large file by our
whole fetching step (a caged child with yt-dlp, then the hash of what came), and by `curl -o`; then an HLS
stream of many small segments by ours, and by one curl that has all their addresses. In turns, and with turns
in who is first. What our step takes for a file of next to no length is its start-up, and is told apart: the
ratio is of what is left. The server runs in a process of its own and hands files to the kernel.

`--megabits 1000` puts all of it on a line of that rate, which the kernel keeps to (a network namespace of
its own with `tc`'s token bucket; as root). Without it, what is measured is the processor.
"""

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

from bench.running.termination import end_on_sigterm
from tasks.fetching.fetch_step import FetchLimits, fetch
from transcripts.media.media_values import LocalFile
from transcripts.sources.source_url import parse_source_url

BLOCK_BYTES = 4_000_000
LARGE, SMALL, STREAM = "large.mp4", "small.mp4", "stream.m3u8"
GOAL = 1.10
ON_THE_LINE = "BENCH_FETCHING_ON_THE_LINE"
KINDS = {".mp4": "video/mp4", ".m3u8": "application/vnd.apple.mpegurl", ".ts": "video/mp2t"}


@dataclass(frozen=True, slots=True)
class Times:
    """What one way took by the clock, round by round."""

    wall_seconds: list[float] = field(default_factory=list)

    def add(self, do: Callable[[], object]) -> None:
        started = time.perf_counter()
        do()
        self.wall_seconds.append(time.perf_counter() - started)

    @property
    def median_seconds(self) -> float:
        return statistics.median(self.wall_seconds)


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    if sys.argv[1:2] == ["serve"]:
        _serve(Path(sys.argv[2]))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--segments", type=int, default=2000)
    parser.add_argument("--segment-kilobytes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabits", type=int, default=0, help="a second; 0: as fast as this machine is")
    given = parser.parse_args()
    if given.megabits and os.environ.get(ON_THE_LINE) is None:
        _go_on_a_line(given.megabits)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make_files(folder, int(given.gigabytes * 1e9), given.segments, given.segment_kilobytes * 1000)
        with _server(folder) as base:
            _compare(base, folder, given.segments, given.rounds)


def _go_on_a_line(megabits: int) -> NoReturn:
    """Begin again in a network namespace whose loopback is a line of this rate."""
    line = f"ip link set lo up && tc qdisc add dev lo root tbf rate {megabits}mbit burst 512kb latency 50ms"
    again = shlex.join([sys.executable, "-m", "bench.fetching", *sys.argv[1:]])
    command = ["unshare", "--net", "sh", "-c", f"{line} && exec {again}"]
    sys.exit(subprocess.run(command, env={**os.environ, ON_THE_LINE: "yes"}).returncode)


def _compare(base: str, folder: Path, segments: int, rounds: int) -> None:
    start_up, hashing, ours = Times(), Times(), {LARGE: Times(), STREAM: Times()}
    curls = {LARGE: Times(), STREAM: Times()}
    commands = {
        LARGE: ["curl", "-sSf", "-o", str(folder / "curl.mp4"), f"{base}/{LARGE}"],
        STREAM: ["curl", "-sSf", "-o", str(folder / "curl-#1.ts"), f"{base}/segment-[0-{segments - 1}].ts"],
    }
    for number in range(rounds):
        start_up.add(partial(_fetch, f"{base}/{SMALL}"))
        hashing.add(partial(LocalFile.of, folder / LARGE))
        for name, command in commands.items():
            ways: list[tuple[Times, Callable[[], object]]] = [
                (ours[name], partial(_fetch, f"{base}/{name}")),
                (curls[name], partial(subprocess.run, command, check=True)),
            ]
            for times, do in ways if number % 2 == 0 else reversed(ways):
                times.add(do)
    print(f"start-up of the child: {start_up.median_seconds:.2f} s", flush=True)
    print(f"hash of {LARGE}, which curl does not make: {hashing.median_seconds:.2f} s", flush=True)
    for name in commands:
        _print(name, ours[name], curls[name], start_up)


def _print(name: str, ours: Times, curl: Times, start_up: Times) -> None:
    for who, times in (("mitschnitt", ours), ("curl", curl)):
        wall = "  ".join(f"{each:.2f}" for each in times.wall_seconds)
        print(f"{name:<12} {who:<12} median {times.median_seconds:.2f} s: {wall}")
    pairs = zip(ours.wall_seconds, curl.wall_seconds, strict=True)
    ratios = [(one - start_up.median_seconds) / other for one, other in pairs]
    ratio = statistics.median(ratios)
    if ratio <= 0:
        print(f"{name:<12} shorter than the start-up varies: nothing is measured", flush=True)
        return
    judged = "within" if ratio <= GOAL else "above"
    print(f"{name:<12} without start-up {ratio:.2f} times curl's, {judged} {GOAL:.2f}", flush=True)


def _fetch(address: str) -> None:
    authority = address.split("/")[2]
    limits = FetchLimits((authority,), 8 * 3600, 50 * 10**9, "Europe/Berlin")
    with tempfile.TemporaryDirectory() as folder:
        fetch(parse_source_url(address), Path(folder), limits, lambda _: None)


def _make_files(folder: Path, size_bytes: int, segments: int, segment_bytes: int) -> None:
    with (folder / LARGE).open("wb") as stream:
        for start in range(0, size_bytes, BLOCK_BYTES):
            stream.write(os.urandom(min(BLOCK_BYTES, size_bytes - start)))
    (folder / SMALL).write_bytes(os.urandom(1000))
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:4"]
    for number in range(segments):
        (folder / f"segment-{number}.ts").write_bytes(os.urandom(segment_bytes))
        lines += ["#EXTINF:4,", f"segment-{number}.ts"]
    (folder / STREAM).write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))


# -- The server --


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "bench.fetching", "serve", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None:
                raise AssertionError("it was asked for as a pipe")
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


class _Handler(BaseHTTPRequestHandler):
    """A file, whole or from where it is asked for, by the kernel."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a file comes after its headers: the kernel would wait between the two
    folder: Path

    def do_GET(self) -> None:
        path = self.folder / self.path.strip("/").partition("?")[0]
        size = path.stat().st_size
        asked = self.headers.get("Range", "").removeprefix("bytes=").partition("-")
        start, end = int(asked[0] or 0), min(int(asked[2] or size - 1), size - 1)
        self.send_response(206 if asked[1] else 200)
        self.send_header("Content-Type", KINDS[path.suffix])
        self.send_header("Content-Length", str(end + 1 - start))
        self.send_header("ETag", f'"{size}"')
        if asked[1]:
            self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.end_headers()
        with path.open("rb") as stream:
            while start <= end:
                sent = os.sendfile(self.connection.fileno(), stream.fileno(), start, end + 1 - start)
                if not sent:
                    break
                start += sent

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever has seen enough hangs up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _serve(folder: Path) -> None:
    server = _HttpServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"folder": folder}))
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
