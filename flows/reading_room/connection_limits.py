"""Limits on connections to the room: how many, how long each may idle, and which is closed first.

uvicorn itself closes a line only after an answer, and only if nothing more arrives there. Half a request
would hold its line for good, and some thousand of them all that the system allows a process.
"""

from asyncio import TimerHandle, Transport
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from itertools import islice
from operator import itemgetter
from time import monotonic
from typing import Any, cast

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from config.settings import Settings
from flows.reading_room.member_address import visitor_of
from flows.reading_room.middleware import Refusals, too_often

BACKLOG = 256
"""So many are let in at once, before any of them can be sent away."""

RESERVED_FILES = BACKLOG + 394
FILES_A_LINE = 2  # the line, and the video that goes out on it
LARGEST_HEAD_BYTES = 32_768
SECONDS_TO_WAIT = 10
# So long a line is spared, before and after its first request.
NEW_SECONDS, SERVED_SECONDS = 1.0, 10.0
# Those that wait longest come first; to look at thousands for every new line would be an attack of our own.
ADDRESSES_LOOKED_AT = 64


@dataclass(frozen=True, slots=True)
class LineLimits:
    """How many lines there may be, and how slow.

    `spare`: so many more than `in_all` for a moment in which nobody idles who could give way.
    `head_seconds`: for a request's head, from the first moment on. `pace_seconds`: so often a body is
    looked at, which must have brought `bytes_a_second` meanwhile. `stalled_seconds`: for taking the next
    part of an answer. `idle_seconds`: between an answer and the next request.
    """

    in_all: int
    of_address: int
    spare: int = 250
    head_seconds: float = 10.0
    pace_seconds: float = 20.0
    bytes_a_second: int = 500
    stalled_seconds: float = 120.0
    idle_seconds: float = 75.0
    """Longer than members think and than proxies keep theirs (nginx: 60): none is cut off as it is used."""


def lines_within(most_wanted: int, open_files: int) -> int:
    """So many lines as are wanted, or as a process has room for that may hold so many files open."""
    return max(1, min(most_wanted, (open_files - RESERVED_FILES) // FILES_A_LINE))


def server_config(settings: Settings, app: ASGIApp, open_files: int) -> Config:
    """How uvicorn serves a room, in a process that may hold so many files open."""
    room = settings.reading_room
    most = lines_within(room.max_connections, open_files)
    limits = LineLimits(most, room.max_connections_per_address)
    return Config(
        app,
        http=cast("Any", Lines(limits, TrustedAddresses(room.trusted_proxies)).protocol()),
        ws="none",
        log_config=None,  # as everything here is logged
        access_log=False,  # who read what is nobody's business
        proxy_headers=False,  # a middleware reads them, from the proxies of the settings
        server_header=False,
        backlog=BACKLOG,
        h11_max_incomplete_event_size=LARGEST_HEAD_BYTES,
        timeout_keep_alive=round(limits.idle_seconds),
        timeout_graceful_shutdown=5,
    )


class TrustedAddresses:
    """Proxies, behind each of which there are many readers."""

    def __init__(self, entries: tuple[str, ...]) -> None:
        self._networks: list[IPv4Network | IPv6Network] = [ip_network(each) for each in entries]

    def __contains__(self, host: str) -> bool:
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in each for each in self._networks)


@dataclass(frozen=True, slots=True)
class _Idler:
    """A line that could give way; one `is_spared` while its first or next request may be on the way."""

    line: "Line"
    since: float
    is_spared: bool


@dataclass(slots=True)
class _Waiting:
    """The lines from one address that wait for a request, and since when; a dict keeps the oldest first."""

    new: dict["Line", float] = field(default_factory=dict)
    served: dict["Line", float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.new or self.served)

    def drop(self, line: "Line") -> None:
        self.new.pop(line, None)
        self.served.pop(line, None)

    def first(self, now: float) -> _Idler:
        """Who asked for nothing in good time, or for nothing more; else one of the larger group."""
        for group, patience_seconds in ((self.new, NEW_SECONDS), (self.served, SERVED_SECONDS)):
            line, since = next(iter(group.items()), (None, now))
            if line is not None and now - since > patience_seconds:
                return _Idler(line, since, is_spared=False)
        line, since = next(iter((self.new if len(self.new) > len(self.served) else self.served).items()))
        return _Idler(line, since, is_spared=True)


class Lines:
    """All lines of a room. Are there too many, one that waits gives way, of the address that has most."""

    def __init__(self, limits: LineLimits, proxies: TrustedAddresses) -> None:
        self.limits, self._proxies = limits, proxies
        self._addresses: dict[Line, str] = {}
        self._counts: Counter[str] = Counter()
        self._waiting: dict[str, _Waiting] = {}

    def __len__(self) -> int:
        return len(self._addresses)

    def protocol(self) -> Callable[..., "Line"]:
        """What uvicorn makes of a connection."""
        return partial(Line, self)

    def admit(self, line: "Line", host: str) -> bool:
        """Let a line in, should another have to go for it; False where none can."""
        address = visitor_of(host)
        if not self._has_room(address, is_proxy=host in self._proxies):
            return False
        self._addresses[line] = address
        self._counts[address] += 1
        self._waiting.setdefault(address, _Waiting()).new[line] = monotonic()
        return True

    def at_work(self, line: "Line") -> None:
        """A request is there whole: who waits for its answer never gives way."""
        self._stop_waiting(line)

    def waits(self, line: "Line") -> None:
        """The answer is out."""
        address = self._addresses.get(line)
        if address is not None:
            self._waiting.setdefault(address, _Waiting()).served[line] = monotonic()
        idler = self._idler() if len(self) > self.limits.in_all else None
        if idler is not None and not idler.is_spared:
            self._send_away(idler.line)

    def forget(self, line: "Line") -> None:
        """It is closed."""
        self._stop_waiting(line)
        address = self._addresses.pop(line, None)
        if address is not None:
            self._counts[address] -= 1
            if not self._counts[address]:
                del self._counts[address]

    def _has_room(self, address: str, *, is_proxy: bool) -> bool:
        if self._counts[address] >= self.limits.of_address and not is_proxy:
            waiting = self._waiting.get(address)
            return waiting is not None and self._send_away(waiting.first(monotonic()).line)
        if len(self) < self.limits.in_all:
            return True
        idler, has_spare = self._idler(), len(self) < self.limits.in_all + self.limits.spare
        if idler is None or (idler.is_spared and has_spare):
            return has_spare
        return self._send_away(idler.line)

    def _idler(self) -> _Idler | None:
        """Who gives way: first who is not spared, then one of the fullest address, then the oldest."""
        now = monotonic()
        found = [
            (not idler.is_spared, self._counts[address], now - idler.since, idler)
            for address, waiting in islice(self._waiting.items(), ADDRESSES_LOOKED_AT)
            for idler in [waiting.first(now)]
        ]
        return max(found, key=itemgetter(0, 1, 2))[-1] if found else None

    def _send_away(self, line: "Line") -> bool:
        self.forget(line)
        line.break_off()
        return True

    def _stop_waiting(self, line: "Line") -> None:
        address = self._addresses.get(line, "")
        waiting = self._waiting.get(address)
        if waiting is not None:
            waiting.drop(line)
            if not waiting:
                del self._waiting[address]


class Line(H11Protocol):
    """One connection, as uvicorn serves it, with an end to everything that a reader may be slow in."""

    def __init__(
        self, lines: Lines, config: Config, server_state: Any, app_state: Any, _loop: Any = None
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._lines, self._limits = lines, lines.limits
        self._deadline: TimerHandle | None = None
        self._stalled: TimerHandle | None = None
        self._has_begun = True  # with a request; the first may not be thought over for long
        self._answering: RequestResponseCycle | None = None
        self._received_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """See asyncio.Protocol."""
        super().connection_made(transport)
        if self._lines.admit(self, self.client[0] if self.client else ""):
            self._end_in(self._limits.head_seconds)
        else:
            self.break_off()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._lines.forget(self)
        self._unset(self._deadline)
        self._unset(self._stalled)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._received_bytes += len(data)
        if not self._has_begun and not self._is_answering:
            self._has_begun = True
            self._end_in(self._limits.head_seconds)
        super().data_received(data)

    def handle_events(self) -> None:
        """As uvicorn does; then see whether a request's head is complete."""
        super().handle_events()
        if self._is_answering and self.cycle is not self._answering:
            self._answering, self._has_begun = self.cycle, False
            self._lines.at_work(self)
            self._unset(self._deadline)
            self._look_again(self.cycle)

    def on_response_complete(self) -> None:
        """As uvicorn does; which may go on with a request that came before its turn."""
        super().on_response_complete()
        if self._is_answering:
            return
        self._lines.waits(self)
        if self.transport.is_closing():  # once all that was written is taken, which may be never
            self._end_in(self._limits.stalled_seconds)
        elif self.cycle.more_body:  # refused before it was sent whole
            self._has_begun = True
            self._end_in(self._limits.head_seconds)
        else:
            self._end_in(self._limits.idle_seconds)

    def pause_writing(self) -> None:
        """The reader takes no more for now."""
        super().pause_writing()
        self._unset(self._stalled)
        self._stalled = self.loop.call_later(self._limits.stalled_seconds, self.break_off)

    def resume_writing(self) -> None:
        """It goes on."""
        self._unset(self._stalled)
        super().resume_writing()

    def break_off(self) -> None:
        """Now, without waiting for the reader to take what is left."""
        if self.transport is not None:
            self.transport.abort()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _end_in(self, seconds: float) -> None:
        self._unset(self._deadline)
        self._deadline = self.loop.call_later(seconds, self.break_off)

    def _look_again(self, cycle: RequestResponseCycle) -> None:
        if cycle.more_body:
            self._deadline = self.loop.call_later(
                self._limits.pace_seconds, self._look_at_pace, cycle, self._received_bytes
            )

    def _look_at_pace(self, cycle: RequestResponseCycle, bytes_before: int) -> None:
        """Time in which we ourselves do not take what comes, or have not asked for it, does not count."""
        if self.cycle is not cycle or cycle.response_complete or not cycle.more_body:
            return
        came_bytes = self._received_bytes - bytes_before
        is_waited_for = not self.flow.read_paused and not cycle.waiting_for_100_continue
        if is_waited_for and came_bytes < self._limits.pace_seconds * self._limits.bytes_a_second:
            self.break_off()
        else:
            self._look_again(cycle)

    @staticmethod
    def _unset(timer: TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()


class ConnectionLimitGuard:
    """Lets so many requests of one visitor be answered at a time, also of those who come through a proxy."""

    def __init__(self, app: ASGIApp, most: int, proxies: TrustedAddresses, refusals: Refusals) -> None:
        self.app, self._most, self._proxies, self._refusals = app, most, proxies, refusals
        self._at_once: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See starlette.middleware. Stands behind what puts the visitor's address into the scope."""
        host = (scope.get("client") or ("",))[0]
        if scope["type"] != "http" or host in self._proxies:
            return await self.app(scope, receive, send)
        visitor = visitor_of(host)
        if self._at_once[visitor] >= self._most:
            refusal = too_often(self._refusals, Request(scope), SECONDS_TO_WAIT)
            return await refusal(scope, receive, send)
        self._at_once[visitor] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._at_once[visitor] -= 1
            if not self._at_once[visitor]:
                del self._at_once[visitor]
