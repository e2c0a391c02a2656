"""Mail as a channel: by SMTP to the list, or as a file into the outbox while no server is named."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from tasks.handover import Trace
from tasks.mail import SmtpServer, put_into_outbox, send
from tasks.mailman import MailmanList, fate, posts_so_far
from transcripts.errors import StepError
from transcripts.ledger import LedgerEntry
from transcripts.mail_message import MAIL_POLICY

MAIL = "mail"


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
class SmtpHandover(_Mail):
    """A mail for a server; `mailing_list`, if known, is asked what became of it, for `wait_seconds`."""

    server: SmtpServer
    mailing_list: MailmanList | None = None
    wait_seconds: float = 0
    channel: str = MAIL

    def look_before(self) -> int | None:
        """The list's counter of posts, where it can be asked."""
        if self.mailing_list is not None:
            with suppress(StepError):
                return posts_so_far(self.mailing_list)
        return None

    def hand_over(self, begin: Callable[[], None]) -> str:
        """Raises what `tasks.mail.send` raises."""
        answer = send(self.message, self.server, begin)
        return f"{self.server.host}:{self.server.port}: {answer}"

    def trace(self, entry: LedgerEntry) -> Trace | None:
        """What the list's server says."""
        if self.mailing_list is None:
            return None
        sender = parseaddr(str(self.message["From"]))[1]
        return fate(self.mailing_list, sender, entry, self.wait_seconds)


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
