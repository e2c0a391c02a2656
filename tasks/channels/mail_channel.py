"""Mail as a channel: by SMTP to the list, or as a file into the outbox while no server is named."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from time import monotonic, sleep

from tasks.channels.channel_interface import Trace
from tasks.channels.imap import ImapMailbox, has_copy
from tasks.channels.mailman import MailmanList, post_status, posts_so_far
from tasks.channels.smtp import SmtpServer, put_into_outbox, send
from transcripts.errors.error_kinds import StepError
from transcripts.mail.ledger import LedgerEntry, Publication
from transcripts.mail.mime_message import MAIL_POLICY

MAIL = "mail"
# Between two looks; each one is longer, since a mailbox is logged into each time.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 10.0


@dataclass(frozen=True, slots=True)
class _Mail:
    """What is told of a mail whichever way it goes."""

    message: EmailMessage

    @property
    def recipient(self) -> str:
        """The address it goes to."""
        return str(self.message["To"])

    @property
    def message_id(self) -> str:
        """The mail's own."""
        return str(self.message["Message-ID"])

    @property
    def stored(self) -> bytes | None:
        """The mail, byte for byte as it is sent."""
        return self.message.as_bytes(policy=MAIL_POLICY)


@dataclass(frozen=True, slots=True)
class DeliveryEvidence:
    """Who can tell what became of a mail, and for how long they are asked.

    The list's server, and a mailbox that the list writes to.
    """

    mailing_list: MailmanList | None = None
    mailbox: ImapMailbox | None = None
    wait_seconds: float = 0

    @property
    def is_there_one(self) -> bool:
        """Whether anybody can be asked."""
        return self.mailing_list is not None or self.mailbox is not None

    def say(self, sender: str, entry: LedgerEntry) -> Trace | None:
        """What is for sure, as soon as it is; None when that is nothing, or nobody answers."""
        until, pause = monotonic() + self.wait_seconds, FIRST_PAUSE_SECONDS
        while (found := self._mailbox_says(entry) or self._list_says(sender, entry)) is None:
            left = until - monotonic()
            if left <= 0 or not self.is_there_one:
                return None
            sleep(min(pause, left))
            pause = min(1.5 * pause, LONGEST_PAUSE_SECONDS)
        return found

    def _mailbox_says(self, entry: LedgerEntry) -> Trace | None:
        if self.mailbox is None:
            return None
        with suppress(StepError):
            if has_copy(self.mailbox, entry.message_id):
                return Trace(True, Publication.OUT, f"a copy lies in the mailbox on {self.mailbox.host}")
        return None

    def _list_says(self, sender: str, entry: LedgerEntry) -> Trace | None:
        if self.mailing_list is None:
            return None
        with suppress(StepError):
            return post_status(self.mailing_list, sender, entry)
        return None


NOBODY = DeliveryEvidence()


@dataclass(frozen=True, slots=True)
class SmtpHandover(_Mail):
    """A mail for a server; the `delivery_evidence` are asked what became of it."""

    server: SmtpServer
    delivery_evidence: DeliveryEvidence = NOBODY
    channel: str = MAIL

    def look_before(self) -> int | None:
        """The list's counter of posts, where it can be asked."""
        if self.delivery_evidence.mailing_list is not None:
            with suppress(StepError):
                return posts_so_far(self.delivery_evidence.mailing_list)
        return None

    def hand_over(self, begin: Callable[[], None]) -> str:
        """Raises what `tasks.channels.smtp.send` raises."""
        answer = send(self.message, self.server, begin)
        return f"{self.server.host}:{self.server.port}: {answer}"

    def trace(self, entry: LedgerEntry) -> Trace | None:
        """What the list's server and the mailbox say."""
        return self.delivery_evidence.say(parseaddr(str(self.message["From"]))[1], entry)


@dataclass(frozen=True, slots=True)
class OutboxHandover(_Mail):
    """A mail that is only written down, for a person to send."""

    outbox: Path
    name: str
    channel: str = MAIL

    def look_before(self) -> int | None:
        """Nothing is counted."""
        return None

    def hand_over(self, begin: Callable[[], None]) -> str:
        """Write the file; returns where."""
        begin()
        return str(put_into_outbox(self.message, self.outbox, self.name))

    def trace(self, _entry: LedgerEntry) -> Trace | None:
        """Whether the file is there. If it is not, a person may have taken it away and sent it."""
        file = self.outbox / f"{self.name}.eml"
        return Trace(True, detail=str(file)) if file.exists() else None
