"""Reads a mailbox that gets the list's mails, by IMAP: a copy that lies there is out, whatever else is known.

Nothing is changed there: the folder is opened for reading only. A copy that is not there says nothing.
"""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tasks.network.certificates import trusting
from transcripts.errors.mail_errors import (
    ImapUrlError,
    MailboxCertificateError,
    MailboxFolderError,
    MailboxLoginError,
    MailboxUnreachableError,
)

TIMEOUT_SECONDS = 20.0
DEFAULT_PORTS = {"imaps": 993, "imap+starttls": 143, "imap": 143}


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """A folder: `imaps://` is TLS from the start, `imap+starttls://` turns it on, `imap://` has none."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    ca_file: str | None = None


def parse_imap_url(url: str, folder: str = "INBOX", ca_file: Path | None = None) -> ImapMailbox:
    """Read `imaps://user:pw@host:993`. Raises ImapUrlError (the address is not repeated)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImapUrlError() from error
    if parts.scheme not in DEFAULT_PORTS or not (parts.hostname and parts.username and parts.password):
        raise ImapUrlError()
    return ImapMailbox(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or DEFAULT_PORTS[parts.scheme],
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=folder,
        ca_file=str(ca_file) if ca_file else None,
    )


def has_copy(mailbox: ImapMailbox, message_id: str) -> bool:
    """Whether a mail with this Message-ID lies in the folder (RFC 9051, SEARCH HEADER).

    Raises MailboxUnreachableError, MailboxLoginError, MailboxCertificateError,
    MailboxFolderError.
    """
    with _opened(mailbox) as connection:
        answer, found = connection.search(None, "HEADER", "Message-ID", _quoted(message_id))
        if answer != "OK":
            raise MailboxUnreachableError(host=mailbox.host)
        return any(found)


def check_mailbox(mailbox: ImapMailbox) -> None:
    """Log in and open the folder. Raises what `has_copy` raises."""
    with _opened(mailbox):
        pass


@contextmanager
def _opened(mailbox: ImapMailbox) -> Iterator[imaplib.IMAP4]:
    """The folder, open for reading only; what goes wrong is translated."""
    try:
        connection = _connected(mailbox)
        try:
            _log_in(connection, mailbox)
            answer, _ = connection.select(_quoted(mailbox.folder), readonly=True)
            if answer != "OK":
                raise MailboxFolderError(folder=mailbox.folder)
            yield connection
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                connection.logout()
    except ssl.SSLCertVerificationError as error:
        raise MailboxCertificateError(host=mailbox.host) from error
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxUnreachableError(host=mailbox.host) from error


def _connected(mailbox: ImapMailbox) -> imaplib.IMAP4:
    context = trusting(mailbox.ca_file)
    if mailbox.scheme == "imaps":
        return imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT_SECONDS)
    connection = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS)
    if mailbox.scheme == "imap+starttls":
        try:
            connection.starttls(context)
        except BaseException:
            with suppress(OSError):
                connection.shutdown()
            raise
    return connection


def _log_in(connection: imaplib.IMAP4, mailbox: ImapMailbox) -> None:
    """By SASL where the server has it, which takes every password; else by LOGIN, which takes ASCII."""
    words = f"\0{mailbox.user}\0{mailbox.password}".encode()
    try:
        if "AUTH=PLAIN" in connection.capabilities:
            connection.authenticate("PLAIN", lambda _: words)
        else:
            connection.login(_quoted(mailbox.user), mailbox.password)
    except (imaplib.IMAP4.abort, OSError):  # the line broke
        raise
    except (imaplib.IMAP4.error, UnicodeEncodeError):  # what was said holds the password
        raise MailboxLoginError(host=mailbox.host) from None


def _quoted(text: str) -> str:
    """A string as IMAP has it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
