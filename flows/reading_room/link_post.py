"""Sends the links by which members sign in, some time after the answer is given, so that nobody can time it.

One thread takes the wishes one after the other. Work that began with the answer would slow it down
by milliseconds, for members only; so the thread lets some time pass, never the same. What it
logs are codes: addresses appear nowhere, neither ours nor what a mail server says about them.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from queue import Empty, Full, Queue
from secrets import token_hex
from threading import Event, Thread

from tasks.mail import SmtpServer, send_or_keep
from transcripts.errors import StepError, TemporaryError
from transcripts.mail_message import Envelope, compose_message, mail_address
from transcripts.reading_room.sign_in_mail import SignInMail, render_sign_in_mail

MOST_WAITING = 200
PAUSES_SECONDS = (2.0, 15.0, 60.0)
DELAY_SECONDS = (0.3, 1.5)

logger = logging.getLogger("mitschnitt.reading_room")


@dataclass(frozen=True, slots=True)
class Wish:
    """Someone asked for a link; `address` is in comparable form and may be anybody's."""

    address: str = field(repr=False)
    wanted: str
    due_at: float = field(default_factory=lambda: time.monotonic() + random.uniform(*DELAY_SECONDS))  # noqa: S311


@dataclass(frozen=True, slots=True)
class Mailer:
    """How mails leave the house: from whom, through which server, or else into which folder.

    `templates` is the network's own wording, if it has one.
    """

    sender: str
    server: SmtpServer | None
    outbox: Path
    templates: Path | None = None

    def deliver(self, mail: SignInMail, recipient: str) -> None:
        """Hand one mail over. Raises what `tasks.mail.send` raises, PermanentError `mail_address_invalid`."""
        message = self._message(mail, recipient)
        send_or_keep(message, self.server, self.outbox, f"anmelden-{token_hex(8)}")

    def _message(self, mail: SignInMail, recipient: str) -> EmailMessage:
        identity = f"<sign-in.{token_hex(16)}@{mail_address(self.sender).domain}>"
        now = datetime.now(UTC).astimezone()
        rendered = render_sign_in_mail(mail, self.templates)
        return compose_message(rendered, Envelope(self.sender, recipient, identity, now))


class LinkPost:
    """Takes wishes at once and fulfils them in its own time; `fulfil` raises StepError."""

    def __init__(self, fulfil: Callable[[Wish], None]) -> None:
        self._fulfil = fulfil
        self._waiting: Queue[Wish] = Queue(MOST_WAITING)
        self._stopping = Event()
        self._thread = Thread(target=self._work, name="sign-in mails", daemon=True)

    def ask(self, wish: Wish) -> None:
        """Take a wish; takes the same time whoever it is for."""
        try:
            self._waiting.put_nowait(wish)
        except Full:
            logger.warning("too many sign-in mails are waiting; one was dropped")

    def start(self) -> None:
        """Begin to fulfil."""
        self._thread.start()

    def stop(self) -> None:
        """Fulfil no more; what still waits is forgotten, and can be asked for again."""
        self._stopping.set()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                wish = self._waiting.get(timeout=0.5)
            except Empty:
                continue
            if not self._stopping.wait(max(0.0, wish.due_at - time.monotonic())):
                self._try(wish)

    def _try(self, wish: Wish) -> None:
        for pause_seconds in (*PAUSES_SECONDS, None):
            try:
                return self._fulfil(wish)
            except TemporaryError as error:
                logger.warning("a sign-in mail could not be sent now: %s", error.code)
                if pause_seconds is None or self._stopping.wait(pause_seconds):
                    return None
            except StepError as error:
                return logger.error("a sign-in mail could not be sent: %s", error.code)
        return None
