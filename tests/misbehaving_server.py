"""A web server for tests on the loopback: serves a folder properly, or misbehaves as told.

`serve_folder` serves files with Range and ETag. `serve` answers each path
with a handler of the test's; the handlers below are the usual misdeeds. Both count
what was asked for, so that a test can tell a resumed download from a new one.
"""

import hashlib
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_TYPES = {
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".html": "text/html; charset=utf-8",
}


@dataclass(frozen=True)
class Asked:
    """One request as it came in; `range` is the Range header or ""."""

    path: str
    range: str


@dataclass
class Site:
    """A running server."""

    port: int
    requests: list[Asked] = field(default_factory=list)

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.authority}/{path.lstrip('/')}"

    def asked(self, path: str) -> list[Asked]:
        return [one for one in self.requests if one.path == path]


class Exchange(BaseHTTPRequestHandler):
    """One request and the means to answer it, well or badly."""

    protocol_version = "HTTP/1.1"
    site: Site
    handlers: Mapping[str, "Handler"]
    fallback: "Handler"
    timeout = 30

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.site.requests.append(Asked(path, self.headers.get("Range", "")))
        try:
            self.handlers.get(path, self.fallback)(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_HEAD = do_POST = do_PROPFIND = do_GET  # noqa: N815 - http.server finds methods by these names

    def start(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A complete answer; underscores in header names become hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.start(status, {"Content-Length": str(len(body)), **named})
        if self.command != "HEAD":
            self.wfile.write(body)

    def hang_up(self) -> None:
        """End the connection without the rest."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


Handler = Callable[[Exchange], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of most of these tests; anything else is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def serve(
    handlers: Mapping[str, Handler], host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[Site]:
    """Answer each path with its handler, any other with 404, on a free port."""
    with _running(handlers, partial(error, status=404), host, tls) as site:
        yield site


@contextmanager
def serve_program(handler: "Handler", host: str = "127.0.0.1") -> Iterator[Site]:
    """Answer every path with one handler, as a program that knows its own addresses, on a free port."""
    with _running({}, handler, host, None) as site:
        yield site


@contextmanager
def serve_folder(folder: Path, host: str = "127.0.0.1") -> Iterator[Site]:
    """Serve the files of `folder` as a good server does, on a free port."""
    with _running({}, partial(_file_of_folder, folder=folder), host, None) as site:
        yield site


@contextmanager
def _running(
    handlers: Mapping[str, Handler], fallback: Handler, host: str, tls: ssl.SSLContext | None
) -> Iterator[Site]:
    site = Site(port=0)
    parts = {"site": site, "handlers": handlers, "fallback": staticmethod(fallback)}
    server = _Server((host, 0), type("Bound", (Exchange,), parts))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# -- Handlers: fix their options with functools.partial --


def file(
    exchange: Exchange,
    *,
    content: bytes,
    kind: str = "video/mp4",
    etag: str | None = "",
    modified: str | None = None,
    disposition: str | None = None,
) -> None:
    """A file, whole or from where it is asked for.

    `etag` "" means that of the content, None a server that knows neither ETag nor Range.
    """
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"' if etag == "" else etag
    headers = {"Content-Type": kind, **({"ETag": tag, "Accept-Ranges": "bytes"} if tag else {})}
    if modified:
        headers["Last-Modified"] = modified
    if disposition:
        headers["Content-Disposition"] = disposition
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", exchange.headers.get("Range", ""))
    if not tag or not asked:
        exchange.reply(200, content, **headers)
        return
    start, end = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
    if start >= len(content):
        exchange.reply(416, Content_Range=f"bytes */{len(content)}")
        return
    headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
    exchange.reply(206, content[start : end + 1], **headers)


def slow_file(exchange: Exchange, *, content: bytes, seconds: float) -> None:
    """A file that takes so long, however small it is: sent in equal parts, twice a second."""
    parts = max(1, round(2 * seconds))
    size = -(-len(content) // parts)
    exchange.start(200, {"Content-Type": "video/mp4", "Content-Length": str(len(content))})
    for start in range(0, len(content), size):
        exchange.wfile.write(content[start : start + size])
        exchange.wfile.flush()
        time.sleep(seconds / parts)


def error(exchange: Exchange, *, status: int) -> None:
    """Nothing but a status."""
    exchange.reply(status, b"no")


def redirect(exchange: Exchange, *, to: str) -> None:
    """Somewhere else."""
    exchange.reply(302, Location=to)


def page(exchange: Exchange, *, html: str) -> None:
    """A web page."""
    exchange.reply(200, html.encode(), Content_Type="text/html; charset=utf-8")


def endless(exchange: Exchange, *, kind: str = "video/mp4") -> None:
    """A body in chunks that never ends."""
    exchange.start(200, {"Content-Type": kind, "Transfer-Encoding": "chunked"})
    while True:
        exchange.wfile.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")


def announced(exchange: Exchange, *, size_bytes: int) -> None:
    """A body that claims a size and does not come."""
    exchange.start(200, {"Content-Type": "video/mp4", "Content-Length": str(size_bytes)})
    exchange.hang_up()


def stalled(exchange: Exchange, *, content: bytes, after: int, seconds: float) -> None:
    """The first bytes, then silence; and only silence for the rest."""
    asked = re.fullmatch(r"bytes=(\d+)-", exchange.headers.get("Range", ""))
    start = int(asked[1]) if asked else 0
    headers = {"Content-Type": "video/mp4", "Content-Length": str(len(content) - start), "ETag": '"a"'}
    if start:
        headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
    exchange.start(206 if start else 200, headers)
    exchange.wfile.write(content[start:after])
    exchange.wfile.flush()
    time.sleep(seconds)
    exchange.close_connection = True


def slow(exchange: Exchange, *, content: bytes, etag: str = '"a"', pause_seconds: float = 0.2) -> None:
    """The whole file, in pieces of 200 kB with pauses."""
    headers = {"Content-Type": "video/mp4", "Content-Length": str(len(content)), "ETag": etag}
    exchange.start(200, headers)
    for start in range(0, len(content), 200_000):
        exchange.wfile.write(content[start : start + 200_000])
        exchange.wfile.flush()
        time.sleep(pause_seconds)


def refusing_to_speak(exchange: Exchange) -> None:
    """A connection that closes before any answer."""
    exchange.hang_up()


@dataclass
class CutAtHalf:
    """A file whose connection breaks in the middle of what is left, the first `cuts` times.

    Only requests after the first count as tries at the body: the first is yt-dlp's look at the headers.
    """

    content: bytes
    cuts: int
    has_ranges: bool = True
    etag: str = '"a"'
    tries: int = 0

    def __call__(self, exchange: Exchange) -> None:
        self.tries += 1
        if not 1 < self.tries <= 1 + self.cuts:
            file(exchange, content=self.content, etag=self.etag if self.has_ranges else None)
            return
        asked = re.fullmatch(r"bytes=(\d+)-", exchange.headers.get("Range", ""))
        start = int(asked[1]) if asked and self.has_ranges else 0
        rest = self.content[start:]
        headers = {"Content-Type": "video/mp4", "Content-Length": str(len(rest))}
        if self.has_ranges:
            headers["ETag"] = self.etag
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        exchange.start(206 if start else 200, headers)
        exchange.wfile.write(rest[: len(rest) // 2])
        exchange.wfile.flush()
        exchange.hang_up()


@dataclass
class FirstThen:
    """One answer for the first `count` requests, another one from then on."""

    first: Handler
    then: Handler
    count: int = 1
    tries: int = 0

    def __call__(self, exchange: Exchange) -> None:
        self.tries += 1
        (self.first if self.tries <= self.count else self.then)(exchange)


def _file_of_folder(exchange: Exchange, *, folder: Path) -> None:
    path = (folder / unquote(urlsplit(exchange.path).path).lstrip("/")).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        exchange.reply(404, b"no")
        return
    kind = _TYPES.get(path.suffix.lower(), "application/octet-stream")
    modified = formatdate(path.stat().st_mtime, usegmt=True)
    file(exchange, content=path.read_bytes(), kind=kind, modified=modified)
