"""Sends the links by which members sign in, some time after the answer is given, so that nobody can time it.

One loop takes the wishes one after the other. Work that began with the answer would slow it down
by milliseconds, for members only; so some time passes before it, never the same. What is
logged are codes: addresses appear nowhere, neither ours nor what a mail server says about them.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from secrets import token_hex
from threading import Lock

from flows.duties import LINKS
from flows.local_clock import Clock
from tasks.access.signed_tokens import LINK_SECONDS
from tasks.channels.smtp import SmtpServer, send_or_keep
from tasks.processes.supervised_loop import LOOP_CLOCK, LoopClock, SupervisedLoop
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.mail_errors import SmtpRefusedError
from transcripts.mail.mime_message import Envelope, compose_message, mail_address
from transcripts.mail.sign_in_mail import SignInMail, render_sign_in_mail

MOST_WAITING = 200
# Of one wish, which fails; the last one again and again.
PAUSES_SECONDS = (2.0, 15.0, 60.0)
# So long nobody waits for a link, and asks for another one.
KEPT_SECONDS = float(LINK_SECONDS)
DELAY_SECONDS = (0.3, 1.5)
# Others wait no longer than this because of a wish that fails.
LONGEST_PAUSE_SECONDS = 15.0
IDLE_SECONDS = 60.0

logger = logging.getLogger("mitschnitt.reading_room")


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """Someone asked for a link; `address` is in comparable form and may be anybody's.

    `is_own`: asked for in a browser in which this address was signed in before.
    """

    address: str = field(repr=False)
    wanted: str
    is_own: bool = False


@dataclass(slots=True)
class _Waiting:
    """A wish that is not fulfilled; moments as the clock's `monotonic` counts."""

    wish: LinkRequest
    asked_at: float
    due_at: float
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Mailer:
    """How mails leave the house: from whom, through which server, or else into which folder.

    `templates` is the network's own wording, if it has one.
    """

    sender: str
    server: SmtpServer | None
    outbox: Path
    clock: Clock
    templates: Path | None = None

    def deliver(self, mail: SignInMail, recipient: str) -> None:
        """Hand one mail over. Raises what `smtp.send` raises, and MailAddressInvalidError."""
        message = self._message(mail, recipient)
        send_or_keep(message, self.server, self.outbox, f"anmelden-{token_hex(8)}")

    def _message(self, mail: SignInMail, recipient: str) -> EmailMessage:
        identity = f"<sign-in.{token_hex(16)}@{mail_address(self.sender).domain}>"
        rendered = render_sign_in_mail(mail, self.templates)
        return compose_message(rendered, Envelope(self.sender, recipient, identity, self.clock.local_now))


class SignInLinkSender:
    """Takes wishes at once and fulfils them in its own time.

    `fulfil` returns whether a mail went out. Whatever it raises, the wish is tried again for as long as
    somebody may wait for the link; only what is permanent is not.
    """

    def __init__(self, fulfil: Callable[[LinkRequest], bool], clock: LoopClock = LOOP_CLOCK) -> None:
        self.loop = SupervisedLoop(
            LINKS.key,
            self._fulfil_next,
            self._due_in_seconds,
            grace=LINKS.tolerance,
            longest_pause_seconds=LONGEST_PAUSE_SECONDS,
            clock=clock,
        )
        self._fulfil, self._clock = fulfil, clock
        self._waiting: list[_Waiting] = []
        self._changing = Lock()

    def ask(self, wish: LinkRequest) -> None:
        """Take a wish; takes the same time whoever it is for."""
        now = self._clock.monotonic()
        with self._changing:
            is_full = len(self._waiting) >= MOST_WAITING
            if not is_full:
                delay_seconds = random.uniform(*DELAY_SECONDS)  # noqa: S311 - guards no secret
                self._waiting.append(_Waiting(wish, now, now + delay_seconds))
        if is_full:
            logger.warning("too many sign-in mails are waiting; one was dropped")
        self.loop.wake()

    @property
    def waiting_count(self) -> int:
        """How many wishes are not fulfilled yet."""
        return len(self._waiting)

    def start(self) -> None:
        """Begin to fulfil."""
        self.loop.start()

    def stop(self) -> None:
        """Fulfil no more; what still waits is forgotten, and can be asked for again."""
        self.loop.stop()

    def _due_in_seconds(self) -> float:
        with self._changing:
            earliest = min((each.due_at for each in self._waiting), default=float("inf"))
        return min(IDLE_SECONDS, max(0.0, earliest - self._clock.monotonic()))

    def _fulfil_next(self) -> bool:
        """Fulfil the wish whose time has come first; whether a mail went out. Raises what `fulfil` raises."""
        waiting = self._take_next()
        if waiting is None:
            return False
        try:
            is_sent = self._fulfil(waiting.wish)
        except PermanentError as error:
            self._forget(waiting)
            if not isinstance(error, SmtpRefusedError):
                raise
            logger.warning("a sign-in mail was refused: %s", error.code)  # one mailbox, and not the post
            return False
        self._forget(waiting)
        return is_sent

    def _take_next(self) -> _Waiting | None:
        """One whose time has come. It waits for its next try already, should this one fail."""
        now = self._clock.monotonic()
        with self._changing:
            kept = [each for each in self._waiting if now - each.asked_at < KEPT_SECONDS]
            dropped, self._waiting = len(self._waiting) - len(kept), kept
            due = min(
                (each for each in kept if each.due_at <= now), key=lambda each: each.due_at, default=None
            )
            if due is not None:
                due.due_at = now + PAUSES_SECONDS[min(due.tries, len(PAUSES_SECONDS) - 1)]
                due.tries += 1
        if dropped:
            logger.error("sign-in mails that expired unsent: %d", dropped)
        return due

    def _forget(self, waiting: _Waiting) -> None:
        with self._changing:
            self._waiting = [each for each in self._waiting if each is not waiting]
