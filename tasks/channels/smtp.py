"""Hands a mail over: to an SMTP server, or as a file to the outbox."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tasks.network.certificates import trusting
from transcripts.errors.mail_errors import (
    OutcomeUnknownError,
    SmtpCertificateError,
    SmtpDelayedError,
    SmtpLoginError,
    SmtpRefusedError,
    SmtpUnreachableError,
    SmtpUrlError,
)
from transcripts.mail.mime_message import MAIL_POLICY

END_OF_TEXT = b"\r\n.\r\n"
LONGEST_WORDS_BYTES = 1000


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where to send: `smtps://` is TLS from the start, `smtp+starttls://` turns it on, `smtp://` has none.

    `answer_seconds` is how long it may think about a mail before it takes it (RFC 5321, 4.5.3.2.6).
    """

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    timeout_seconds: float = 60
    answer_seconds: float = 600


def parse_smtp_url(url: str, ca_file: Path | None = None) -> SmtpServer:
    """Read `smtps://user:pw@host:465`. Raises SmtpUrlError (the address is not repeated)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SmtpUrlError() from error
    default_ports = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
    if parts.scheme not in default_ports or not parts.hostname:
        raise SmtpUrlError()
    return SmtpServer(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or default_ports[parts.scheme],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        ca_file=str(ca_file) if ca_file else None,
    )


def put_into_outbox(message: EmailMessage, outbox: Path, name: str) -> Path:
    """Write `NAME.eml`; the same name again replaces the file, so a repeat doubles nothing."""
    outbox.mkdir(parents=True, exist_ok=True)
    target = outbox / f"{name}.eml"
    draft = outbox / f".{name}.draft"
    draft.write_bytes(message.as_bytes(policy=MAIL_POLICY))
    draft.replace(target)
    return target


def send_or_keep(message: EmailMessage, server: SmtpServer | None, outbox: Path, name: str) -> str:
    """Send a mail, or put it into the outbox while no server is named; the server's words, or the file.

    Raises what `send` raises.
    """
    return send(message, server) if server else str(put_into_outbox(message, outbox, name))


def send(message: EmailMessage, server: SmtpServer, begin: Callable[[], None] = lambda: None) -> str:
    """Send one mail in one transaction; returns the server's last words.

    `begin` is called when all of the text has been passed on and only the line that ends it is
    missing: until then the server does not have the mail (RFC 5321, 4.1.1.4). What it raises
    breaks the transaction off.

    Raises SmtpUnreachableError or SmtpDelayedError when the server
    surely does not have the mail; SmtpLoginError, SmtpCertificateError or SmtpRefusedError
    when it refused it; OutcomeUnknownError when no answer came
    after the text was ended: then it may have been sent, and only a person or the
    list's own server can tell.
    """
    sender, recipients = _envelope(message)
    with _nothing_sent_yet(server):
        connection = _connected(server)
    try:
        with _nothing_sent_yet(server):
            _expect(connection.mail(sender), server)
            for recipient in recipients:
                _expect(connection.rcpt(recipient), server)
            _expect(connection.docmd("DATA"), server, wanted=354)
            line = _line_of(connection)
            _pass_on(line, _without_end(message.as_bytes(policy=MAIL_POLICY)), server)
            _expect_silence(line, server)
        begin()
        return _end(connection, line, str(message["Subject"]), server)
    finally:
        connection.close()


def _connected(server: SmtpServer) -> smtplib.SMTP:
    """Connect, secure, log in."""
    context = trusting(server.ca_file)
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=server.timeout_seconds, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
    if server.scheme == "smtp+starttls":
        connection.starttls(context=context)
    connection.ehlo_or_helo_if_needed()
    if server.user is not None:
        connection.login(server.user, server.password or "")
    return connection


@contextmanager
def _nothing_sent_yet(server: SmtpServer) -> Iterator[None]:
    """Translate what fails before the text is handed over: the server surely does not have the mail."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:  # such as 454: the server cannot look passwords up right now
            raise SmtpUnreachableError(host=server.host) from error
        raise SmtpLoginError(host=server.host) from error
    except ssl.SSLCertVerificationError as error:
        raise SmtpCertificateError(host=server.host) from error
    except smtplib.SMTPNotSupportedError as error:
        raise SmtpRefusedError(reason=str(error), host=server.host) from error
    except smtplib.SMTPResponseException as error:
        _expect((error.smtp_code, _as_bytes(error.smtp_error)), server, wanted=None)
        raise
    except (smtplib.SMTPException, OSError) as error:
        raise SmtpUnreachableError(host=server.host) from error


def _without_end(content: bytes) -> bytes:
    """The text as it goes over the line: a dot before each that begins a line (RFC 5321, 4.5.2)."""
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)


def _line_of(connection: smtplib.SMTP) -> socket.socket:
    if connection.sock is None:
        raise smtplib.SMTPServerDisconnected
    return connection.sock


def _pass_on(line: socket.socket, content: bytes, server: SmtpServer) -> None:
    """Send. Raises what the server said when it hung up meanwhile, else ConnectionError: nothing arrived."""
    try:
        line.sendall(content)
    except ConnectionError:
        _expect_silence(line, server)
        raise


def _expect_silence(line: socket.socket, server: SmtpServer) -> None:
    """A server that speaks before the text has ended, or hangs up, does not take the mail.

    Raises SmtpDelayedError, SmtpUnreachableError, SmtpRefusedError.
    """
    line.settimeout(0)
    try:
        said = line.recv(LONGEST_WORDS_BYTES)
    except (BlockingIOError, ssl.SSLWantReadError):
        return
    except OSError:
        said = b""
    finally:
        line.settimeout(server.timeout_seconds)
    code = int(said[:3]) if said[:3].isdigit() else 0
    _expect((code, said[4:].strip()), server, wanted=None)


def _end(connection: smtplib.SMTP, line: socket.socket, subject: str, server: SmtpServer) -> str:
    """The one moment after which a missing answer leaves the outcome open."""
    _expect_silence(line, server)
    try:
        _pass_on(line, END_OF_TEXT, server)
        line.settimeout(server.answer_seconds)
    except ConnectionError as error:
        raise SmtpUnreachableError(host=server.host) from error
    except OSError as error:
        raise OutcomeUnknownError(record=subject) from error
    try:
        answer = connection.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise OutcomeUnknownError(record=subject) from error
    if not 200 <= answer[0] < 300 and answer[0] < 400:
        raise OutcomeUnknownError(record=subject)  # what came was no answer of SMTP
    return _expect(answer, server)


def _expect(answer: tuple[int, bytes], server: SmtpServer, wanted: int | None = 250) -> str:
    """A success passes and is returned, 4xx may be tried again, 5xx is final; `wanted` None is no success."""
    code, text = answer
    reason = f"{code} {text.decode('utf-8', 'replace')}"[:300]
    if code >= 500:
        raise SmtpRefusedError(reason=reason, host=server.host)
    if code >= 400:
        raise SmtpDelayedError(reason=reason, host=server.host)
    if wanted is None or code // 100 != wanted // 100:  # what came was no answer to what we said
        raise SmtpUnreachableError(host=server.host)
    return reason


def _as_bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _envelope(message: EmailMessage) -> tuple[str, list[str]]:
    """The bare addresses of sender and recipients."""
    senders = getaddresses([str(message["From"])])
    recipients = getaddresses([str(value) for value in message.get_all("To", [])])
    return senders[0][1], [address for _, address in recipients if address]


def check_server(server: SmtpServer) -> None:
    """Connect and log in without sending anything. Raises what `send` raises before the text."""
    with _nothing_sent_yet(server):
        _connected(server).quit()
