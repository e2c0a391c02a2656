"""A mail server that does as it should up to one stage of the conversation, and there misbehaves as told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO


class At(StrEnum):
    """The stages; `TEXT` is amid the mail's text, before the line that ends it."""

    GREETING = "greeting"
    HELLO = "hello"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    TEXT = "text"
    END = "end"


SILENCE = "silence"
HANG_UP = "hang up"
PROPERLY = {
    At.GREETING: "220 da",
    At.HELLO: "250 gut",
    At.SENDER: "250 gut",
    At.RECIPIENT: "250 gut",
    At.DATA: "354 los",
    At.END: "250 angenommen",
}
COMMANDS = {b"EHLO": At.HELLO, b"HELO": At.HELLO, b"MAIL": At.SENDER, b"RCPT": At.RECIPIENT, b"DATA": At.DATA}
# So little of the text is read before the server misbehaves amid it.
READ_BYTES = 100


@dataclass(frozen=True)
class Misdeed:
    """What is said at a stage instead of the proper answer, or `SILENCE`, or `HANG_UP` without a word."""

    at: At
    answer: str
    hangs_up: bool = False

    def __str__(self) -> str:
        return f"{self.at}: {self.answer}"


@contextmanager
def scripted(misdeed: Misdeed) -> Iterator[int]:
    """Serve on a free port of the loopback, which is yielded; each connection goes the same way."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, misdeed, over), daemon=True).start()
        yield listener.getsockname()[1]
        over.set()


def _accept(listener: socket.socket, misdeed: Misdeed, over: threading.Event) -> None:
    with suppress(OSError):  # the listener was closed
        while True:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                _Conversation(connection, misdeed, over).run()


class _Conversation:
    def __init__(self, connection: socket.socket, misdeed: Misdeed, over: threading.Event) -> None:
        self._connection, self._misdeed, self._over = connection, misdeed, over

    def run(self) -> None:
        with self._connection.makefile("rb") as lines:
            if not self._answered(At.GREETING):
                return
            while line := lines.readline():
                stage = COMMANDS.get(line[:4].upper())
                if stage is None:
                    self._say("221 auf Wiedersehen")
                    return
                if not self._answered(stage):
                    return
                if stage is At.DATA and not self._text(lines):
                    return

    def _text(self, lines: BinaryIO) -> bool:
        """Read the text; whether the conversation goes on."""
        if self._misdeed.at is At.TEXT:
            lines.read(READ_BYTES)
            return self._answered(At.TEXT)
        while lines.readline() != b".\r\n":
            continue
        return self._answered(At.END)

    def _answered(self, stage: At) -> bool:
        """Answer well or badly; whether the conversation goes on."""
        if stage is not self._misdeed.at:
            return self._say(PROPERLY[stage])
        if self._misdeed.answer == SILENCE:
            self._over.wait()
            return False
        if self._misdeed.answer != HANG_UP:
            self._say(self._misdeed.answer)
        return not (self._misdeed.hangs_up or self._misdeed.answer == HANG_UP)

    def _say(self, words: str) -> bool:
        self._connection.sendall(words.encode() + b"\r\n")
        return True
