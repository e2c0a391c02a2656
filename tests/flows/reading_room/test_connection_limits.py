"""Nobody idles the room to death: every way of being slow has an end, and idle lines give way to readers."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import httpx
import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from flows.reading_room.connection_limits import (
    RESERVED_FILES,
    ConnectionLimitGuard,
    Line,
    LineLimits,
    Lines,
    TrustedAddresses,
    lines_within,
)
from flows.reading_room.middleware import Refusals
from tasks.processes.open_files import MOST_OPEN_FILES, allow_open_files
from transcripts.pages.room.room_pages import Site

QUICK = LineLimits(
    60, 40, head_seconds=1.0, pace_seconds=1.0, bytes_a_second=500, stalled_seconds=1.2, idle_seconds=3.0
)
LONG_AGO = 30.0
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
BIG = 40_000_000


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads what is sent, or refuses it unread; answers shortly, or at length."""
    request = Request(scope, receive)
    if request.method == "POST" and request.url.path != "/refused":
        with suppress(Exception):
            await request.body()
    if request.url.path == "/slow":
        await asyncio.sleep(2)
    answer: Any = PlainTextResponse("gut")
    if request.url.path == "/big":
        answer = StreamingResponse(iter([b"x" * 100_000] * (BIG // 100_000)))
    await answer(scope, receive, send)


@contextmanager
def serving(
    limits: LineLimits = QUICK, proxies: tuple[str, ...] = ("127.0.0.1",)
) -> Iterator[tuple[int, Lines]]:
    lines = Lines(limits, TrustedAddresses(proxies))
    with socket.create_server(("0.0.0.0", 0)) as listener:  # all of the loopback's addresses
        config = uvicorn.Config(
            app, http=cast("Any", lines.protocol()), ws="none", log_level="critical", lifespan="off",
            timeout_keep_alive=60, timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()[1], lines
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def quick() -> Iterator[tuple[int, Lines]]:
    with serving() as server:
        yield server


def line_to(port: int, host: str = "127.0.0.1", said: bytes = b"") -> socket.socket:
    """A line from this address of the loopback."""
    line = socket.create_connection(("127.0.0.1", port), source_address=(host, 0), timeout=LONG_AGO)
    line.sendall(said)
    return line


def seconds_open(line: socket.socket, meanwhile: Callable[[], bytes] = bytes) -> float:
    """How long the other side keeps a line on which these pieces come now and then."""
    began = time.monotonic()
    line.settimeout(0.05)
    while time.monotonic() - began < LONG_AGO:
        try:
            if not line.recv(65536):
                break
        except TimeoutError:
            pass
        except OSError:
            break
        with suppress(OSError):
            line.sendall(meanwhile())
    line.close()
    return time.monotonic() - began


@pytest.mark.parametrize("beginning", [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ", b"\r\n\r\n"])
@pytest.mark.parametrize("more", [b"", b"y"])
def test_a_head_that_is_not_complete_soon_is_waited_for_no_longer(
    quick: tuple[int, Lines], beginning: bytes, more: bytes
) -> None:
    if not beginning and more:
        more = b"\r\n"  # empty lines may come before a request, one after the other
    assert seconds_open(line_to(quick[0], said=beginning), lambda: more) < LONG_AGO


def test_half_a_head_after_an_answer_ends_as_soon(quick: tuple[int, Lines]) -> None:
    assert seconds_open(line_to(quick[0], said=GET + b"GET / HT"), lambda: b"") < LONG_AGO


def test_a_line_without_a_next_request_is_kept_a_while_and_not_for_good(quick: tuple[int, Lines]) -> None:
    assert 2.0 < seconds_open(line_to(quick[0], said=GET)) < LONG_AGO


@pytest.mark.parametrize("drops", [b"", b"z"])
def test_a_body_that_stays_away_or_drips_is_not_waited_for(quick: tuple[int, Lines], drops: bytes) -> None:
    assert seconds_open(line_to(quick[0], said=POST), lambda: drops) < LONG_AGO


@pytest.mark.parametrize("drops", [b"", b"z" * 100])
def test_nor_is_the_rest_of_a_body_that_was_refused(quick: tuple[int, Lines], drops: bytes) -> None:
    assert seconds_open(line_to(quick[0], said=POST.replace(b"/ ", b"/refused ")), lambda: drops) < LONG_AGO


def test_a_slow_body_that_keeps_its_pace_arrives(quick: tuple[int, Lines]) -> None:
    body = POST.replace(b"1000000", b"4000")
    with line_to(quick[0], said=body) as line:
        for _ in range(20):
            time.sleep(0.1)
            line.sendall(b"b" * 200)
        assert line.recv(1000).startswith(b"HTTP/1.1 200")


def test_an_answer_that_nobody_takes_is_not_offered_for_good(quick: tuple[int, Lines]) -> None:
    port, lines = quick
    with line_to(port, said=GET.replace(b"/ ", b"/big ")) as line:
        time.sleep(0.2)
        mine = line.getsockname()[:2]
        deadline = time.monotonic() + LONG_AGO
        while any(each.client == mine for each in list(lines._addresses)):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_an_answer_that_is_taken_slowly_is_taken_whole(quick: tuple[int, Lines]) -> None:
    with line_to(quick[0], said=GET.replace(b"/ ", b"/big ")) as line:
        got = 0
        while got < BIG:
            piece = line.recv(2_000_000)
            assert piece
            got += len(piece)
            time.sleep(0.02)


def test_an_answer_that_takes_its_time_is_not_cut_off(quick: tuple[int, Lines]) -> None:
    with httpx.Client() as client:
        assert client.get(f"http://127.0.0.1:{quick[0]}/slow").text == "gut"


def test_many_requests_on_one_line_are_all_answered(quick: tuple[int, Lines]) -> None:
    with line_to(quick[0], said=GET * 5) as line:
        shown = b""
        while shown.count(b"gut") < 5:
            piece = line.recv(65536)
            assert piece
            shown += piece
    with httpx.Client() as client:
        for _ in range(5):
            time.sleep(0.3)
            assert client.get(f"http://127.0.0.1:{quick[0]}/").text == "gut"


PATIENT = LineLimits(60, 20, spare=40, head_seconds=60, pace_seconds=60, stalled_seconds=60, idle_seconds=60)


@pytest.mark.parametrize("said", [b"", b"GET / HTT", GET])
@pytest.mark.parametrize(
    "hosts", [("127.0.0.1",), ("127.0.0.2",), tuple(f"127.0.1.{n}" for n in range(1, 80))]
)
def test_whoever_idles_gives_way_to_readers(said: bytes, hosts: tuple[str, ...]) -> None:
    """From a proxy's address, from one address and from many, three times as many as there may be."""
    with serving(PATIENT) as (port, lines):
        idle = [line_to(port, hosts[number % len(hosts)]) for number in range(180)]
        for each in idle:
            with suppress(OSError):  # gave way already
                each.sendall(said)
        time.sleep(0.3)  # while they are answered, nobody idles
        for number in range(20):
            with line_to(port, f"127.0.9.{1 + number % 5}", GET) as reader:
                assert reader.recv(1000).startswith(b"HTTP/1.1 200")
        assert len(lines) <= PATIENT.in_all + PATIENT.spare
        if hosts == ("127.0.0.2",):
            assert max(lines._counts.values()) <= PATIENT.of_address
        for each in idle:
            each.close()


def test_who_waits_for_an_answer_never_gives_way() -> None:
    with serving(PATIENT) as (port, _):
        asking = [line_to(port, said=GET.replace(b"/ ", b"/slow ")) for _ in range(30)]
        time.sleep(0.3)
        idle = [line_to(port) for _ in range(100)]
        assert all(each.recv(1000).startswith(b"HTTP/1.1 200") for each in asking)
        for each in (*asking, *idle):
            each.close()


def test_where_all_are_at_work_one_more_is_refused_and_the_next_is_let_in_afterwards() -> None:
    limits = LineLimits(8, 8, spare=2, head_seconds=60)
    with serving(limits) as (port, lines):
        asking = []
        for _ in range(10):
            asking.append(line_to(port, said=GET.replace(b"/ ", b"/slow ")))
            time.sleep(0.03)
        assert seconds_open(line_to(port)) < LONG_AGO
        assert all(each.recv(1000) for each in asking)
        with line_to(port, said=GET) as line:
            assert line.recv(1000).startswith(b"HTTP/1.1 200")
        for each in asking:
            each.close()
        deadline = time.monotonic() + LONG_AGO
        while len(lines):
            assert time.monotonic() < deadline, "every line is counted out again"
            time.sleep(0.05)
        assert not lines._counts
        assert not lines._waiting


def test_what_is_wanted_never_exceeds_what_the_process_may_hold_open() -> None:
    assert lines_within(4000, MOST_OPEN_FILES) == 4000
    assert lines_within(4000, 1024) == (1024 - RESERVED_FILES) // 2
    assert lines_within(4000, 100) == 1


def test_the_limit_of_open_files_is_raised_and_never_lowered() -> None:
    first = allow_open_files()
    assert first >= 1024
    assert allow_open_files() == first


def test_so_many_requests_of_one_visitor_at_a_time_and_no_more() -> None:
    """Behind a proxy, whose lines are its own."""
    asyncio.run(crowd_at_a_proxy())


async def crowd_at_a_proxy() -> None:
    let_go = asyncio.Event()
    statuses: dict[str, list[int]] = {}

    async def waits(_: Scope, __: Receive, send: Send) -> None:
        await let_go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    guard = ConnectionLimitGuard(
        waits, 3, TrustedAddresses(("127.0.0.1", "10.0.0.0/8")), Refusals(Site("Netz", None))
    )

    async def ask(host: str) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.setdefault(host, []).append(message["status"])

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "headers": [],
            "query_string": b"",
            "client": (host, 1),
        }
        await guard(scope, cast("Receive", bytes), send)

    hosts = ("203.0.113.1", "203.0.113.2", "2001:db8::1", "10.1.2.3")
    asked = [asyncio.ensure_future(ask(host)) for host in hosts for _ in range(5)]
    await asyncio.sleep(0.05)
    let_go.set()
    await asyncio.gather(*asked)
    assert {host: sorted(each) for host, each in statuses.items()} == {
        **{host: [200] * 3 + [429] * 2 for host in hosts[:3]},
        "10.1.2.3": [200] * 5,
    }
    assert not guard._at_once


def test_a_line_is_what_uvicorn_takes_for_a_protocol() -> None:
    assert issubclass(Line, asyncio.Protocol)
