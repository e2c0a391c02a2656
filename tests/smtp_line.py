"""A line to a mail server that breaks at the worst moment: around the end of a mail's text."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

END_OF_TEXT = b"\r\n.\r\n"


class Break(StrEnum):
    """When a connection breaks."""

    NEVER = "never"
    BEFORE_END = "before_end"  # the server never gets the end of the text, so it drops the mail
    AFTER_ANSWER = "after_answer"  # the server has the mail, and its answer is lost


@dataclass
class Line:
    """Passes connections on to `upstream`, a share of them broken; `is_used` is set when one begins."""

    upstream: int
    chance: random.Random
    share: float = 0.0
    listener: socket.socket = field(init=False)
    is_used: threading.Event = field(default_factory=threading.Event)
    broken: dict[Break, int] = field(default_factory=lambda: dict.fromkeys(Break, 0))

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self.listener.getsockname()[1]
        return port

    def draw(self) -> Break:
        """What happens to the next connection."""
        if self.chance.random() >= self.share:
            return Break.NEVER
        return self.chance.choice((Break.BEFORE_END, Break.AFTER_ANSWER))


@contextmanager
def line_to(upstream: int, share: float, seed: int = 1) -> Iterator[Line]:
    """Listen on a free port of the loopback until the `with` ends."""
    line = Line(upstream, random.Random(seed), share)  # noqa: S311 - repeatable, not secret
    with socket.create_server(("127.0.0.1", 0)) as listener:
        line.listener = listener
        threading.Thread(target=_accept, args=(line,), daemon=True).start()
        yield line


def _accept(line: Line) -> None:
    with suppress(OSError):  # the listener was closed
        while True:
            client, _ = line.listener.accept()
            line.is_used.set()
            _Connection(line, client, line.draw()).start()


class _Connection:
    """One connection, passed on by two threads."""

    def __init__(self, line: Line, client: socket.socket, breaks: Break) -> None:
        self._line, self._client, self._breaks = line, client, breaks
        self._server = socket.create_connection(("127.0.0.1", line.upstream))
        self._has_ended = threading.Event()

    def start(self) -> None:
        """Pass on until one side hangs up."""
        for way in (self._there, self._back):
            threading.Thread(target=way, daemon=True).start()

    def _there(self) -> None:
        last = b""
        with suppress(OSError):
            while part := self._client.recv(65536):
                last = (last + part)[-len(END_OF_TEXT) :]
                if last == END_OF_TEXT and self._breaks is Break.BEFORE_END:
                    break
                if last == END_OF_TEXT:
                    self._has_ended.set()
                self._server.sendall(part)
        self._hang_up(Break.BEFORE_END if last == END_OF_TEXT else Break.NEVER)

    def _back(self) -> None:
        with suppress(OSError):
            while part := self._server.recv(65536):
                if self._has_ended.is_set() and self._breaks is Break.AFTER_ANSWER:
                    self._hang_up(Break.AFTER_ANSWER)
                    return
                self._client.sendall(part)
        self._hang_up(Break.NEVER)

    def _hang_up(self, how: Break) -> None:
        if how is self._breaks:
            self._line.broken[how] += 1
        for each in (self._client, self._server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
