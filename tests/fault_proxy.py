"""Stands between us and a server and breaks things: cuts, delays and falsifies what passes.

It forwards bytes and knows no protocol, so it works for TLS as well: there a falsified byte
breaks the connection, as it would in the world.
"""

import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

CHUNK_BYTES = 16_384
DELAY_SECONDS = 0.2


class Fault(StrEnum):
    """What happens to a connection."""

    CUT = "cut"
    DELAY = "delay"
    CORRUPT = "corrupt"


@dataclass
class Plan:
    """How thickly faults lie: at random, one within so many bytes, for what we send and what we are sent."""

    seed: int = 1
    sent_bytes: int = 12_000_000
    received_bytes: int = 100_000
    kinds: tuple[Fault, ...] = tuple(Fault)
    enabled: bool = True
    placed: dict[Fault, int] = field(default_factory=lambda: dict.fromkeys(Fault, 0))

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable, not secret
        self._lock = threading.Lock()

    def draw(self, within_bytes: int) -> tuple[Fault, int]:
        """The next fault of one direction of a connection, and the byte from here that it strikes."""
        with self._lock:
            return self._random.choice(self.kinds), self._random.randrange(within_bytes)

    def strike(self, fault: Fault) -> None:
        """Count a fault that really happened."""
        with self._lock:
            self.placed[fault] += 1

    @property
    def total(self) -> int:
        """How many faults happened so far."""
        return sum(self.placed.values())


@contextmanager
def fault_proxy(upstream_port: int, plan: Plan) -> Iterator[int]:
    """Listen on a free port of the loopback and pass everything on; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()
        threading.Thread(target=_accept, args=(listener, upstream_port, plan, ended), daemon=True).start()
        yield listener.getsockname()[1]
        ended.set()


def _accept(listener: socket.socket, upstream_port: int, plan: Plan, ended: threading.Event) -> None:
    while not ended.is_set():
        try:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", upstream_port))
        except OSError:
            continue
        ways = ((client, server, plan.sent_bytes), (server, client, plan.received_bytes))
        for origin, goal, within_bytes in ways:
            threading.Thread(target=_pass_on, args=(origin, goal, plan, within_bytes), daemon=True).start()


def _pass_on(origin: socket.socket, goal: socket.socket, plan: Plan, within_bytes: int) -> None:
    """Forward one direction until it ends or is cut."""
    fault, at = plan.draw(within_bytes)
    with suppress(OSError):
        while content := origin.recv(CHUNK_BYTES):
            if plan.enabled and at < len(content):
                plan.strike(fault)
                goal.sendall(_struck(content, fault, at))
                if fault is Fault.CUT:
                    break
                fault, at = plan.draw(within_bytes)
            else:
                goal.sendall(content)
                at = max(0, at - len(content))
    _reset(origin)
    _reset(goal)


def _struck(content: bytes, fault: Fault, at: int) -> bytes:
    """What is passed on instead."""
    if fault is Fault.CUT:
        return content[:at]
    if fault is Fault.CORRUPT:
        return content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]
    time.sleep(DELAY_SECONDS)
    return content


def _reset(connection: socket.socket) -> None:
    """End a connection at once, as a broken line does."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
