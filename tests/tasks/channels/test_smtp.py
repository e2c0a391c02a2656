"""Handing mail over to a real SMTP server that behaves and misbehaves."""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tasks.channels.smtp import SmtpServer, check_server, parse_smtp_url, put_into_outbox, send
from tests.s3_server import free_port, make_certificate
from transcripts.errors.archive_errors import RecordBusyError
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError


class Mailbox:
    """Keeps what arrives; `answers` are given to DATA in turn, then 250."""

    def __init__(self, *answers: str) -> None:
        self.messages: list[bytes] = []
        self.recipients: list[str] = []
        self.answers = list(answers)

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "drop":
            self.messages.append(envelope.content)
            server.transport.abort()
            return "250 OK"
        if answer.startswith("2"):
            self.messages.append(envelope.content)
            self.recipients += envelope.rcpt_tos
        return answer


@contextmanager
def served(mailbox: Mailbox, **options: Any) -> Iterator[SmtpServer]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield SmtpServer("smtp", "127.0.0.1", controller.port)
    finally:
        controller.stop()


def message() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Netzwerk Bürgerräte <netzwerk@example.org>"
    mail["To"] = "Liste <liste@example.org>"
    mail["Subject"] = "Grüße"
    mail.set_content("Schöne Grüße\n")
    return mail


def failure(server: SmtpServer) -> StepError:
    with pytest.raises(StepError) as caught:
        send(message(), server)
    return caught.value


def test_a_mail_arrives_once_with_its_umlauts() -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        send(message(), server)
    (raw,) = mailbox.messages
    arrived = message_from_bytes(raw, policy=default)
    assert arrived["Subject"] == "Grüße"
    assert arrived.get_content().strip() == "Schöne Grüße"
    assert mailbox.recipients == ["liste@example.org"]


def test_a_temporary_refusal_may_be_tried_again() -> None:
    mailbox = Mailbox("451 spaeter")
    with served(mailbox) as server:
        error = failure(server)
        assert isinstance(error, TemporaryError)
        assert error.code == "smtp_delayed"
        send(message(), server)
    assert len(mailbox.messages) == 1


def test_a_final_refusal_is_permanent_and_keeps_the_servers_words() -> None:
    with served(Mailbox("554 keine Lust")) as server:
        error = failure(server)
    assert isinstance(error, PermanentError)
    assert error.code == "smtp_refused"
    assert "keine Lust" in str(error)


def test_a_connection_lost_after_the_text_leaves_the_outcome_unknown() -> None:
    mailbox = Mailbox("drop")
    with served(mailbox) as server:
        error = failure(server)
    assert isinstance(error, PermanentError)
    assert error.code == "outcome_unknown"
    assert len(mailbox.messages) == 1, "the server had it all the same"


def test_a_server_that_is_away_is_temporary() -> None:
    error = failure(SmtpServer("smtp", "127.0.0.1", free_port()))
    assert isinstance(error, TemporaryError)
    assert error.code == "smtp_unreachable"


def test_a_wrong_password_is_permanent_and_is_not_shown() -> None:
    def refuse(*_arguments: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    options = {"authenticator": refuse, "auth_require_tls": False, "auth_required": True}
    with served(Mailbox(), **options) as server:
        wrong = SmtpServer("smtp", server.host, server.port, "netzwerk", "geheim")
        error = failure(wrong)
    assert error.code == "smtp_login"
    assert "geheim" not in repr(wrong) + repr(error) + repr(error.__cause__)


def test_encryption_that_is_asked_for_but_not_offered_is_refused() -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        error = failure(SmtpServer("smtp+starttls", server.host, server.port))
    assert isinstance(error, PermanentError)
    assert mailbox.messages == []


def test_checking_sends_nothing() -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        check_server(server)
    assert mailbox.messages == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtps://mail.example.org", SmtpServer("smtps", "mail.example.org", 465)),
        (
            "smtp+starttls://u%40x:p%2Fw@m.example.org:2525",
            SmtpServer("smtp+starttls", "m.example.org", 2525),
        ),
        ("smtp://127.0.0.1", SmtpServer("smtp", "127.0.0.1", 25)),
    ],
)
def test_addresses_of_servers_are_read(url: str, expected: SmtpServer) -> None:
    found = parse_smtp_url(url)
    assert (found.scheme, found.host, found.port) == (expected.scheme, expected.host, expected.port)
    if "@" in url:
        assert (found.user, found.password) == ("u@x", "p/w")


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail", "smtps://:geheim@", "smtps://a:geheim@h:port"]
)
def test_a_wrong_address_is_not_repeated(url: str) -> None:
    with pytest.raises(PermanentError) as caught:
        parse_smtp_url(url)
    assert "geheim" not in str(caught.value)


def test_the_outbox_holds_a_mail_once_however_often_it_is_put_there(tmp_path: Path) -> None:
    for _ in range(2):
        file = put_into_outbox(message(), tmp_path / "outbox", "2026-11-19-losverfahren-1")
    assert [each.name for each in (tmp_path / "outbox").iterdir()] == [file.name]
    assert message_from_bytes(file.read_bytes(), policy=default)["Subject"] == "Grüße"


def test_the_test_server_really_drops_connections() -> None:
    with served(Mailbox("drop")) as server, smtplib.SMTP(server.host, server.port) as client:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.send_message(message())
        client.close()


class Misbehaving(Mailbox):
    """Does something wrong at one command of the conversation."""

    def __init__(self, at: str, answer: str) -> None:
        super().__init__()
        self.at, self.answer = at, answer

    async def handle_MAIL(  # noqa: N802
        self, server: Any, _session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.at == "MAIL":
            return self._misbehave(server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.at == "RCPT":
            return self._misbehave(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def _misbehave(self, server: Any) -> str:
        if self.answer == "drop":
            server.transport.abort()
        return self.answer


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ("451 spaeter", TemporaryError, "smtp_delayed"),
        ("550 unbekannt", PermanentError, "smtp_refused"),
        ("drop", TemporaryError, "smtp_unreachable"),
    ],
)
def test_what_fails_before_the_text_is_never_uncertain(
    command: str, answer: str, kind: type[StepError], code: str
) -> None:
    mailbox, begun = Misbehaving(command, answer), []
    with served(mailbox) as server, pytest.raises(kind) as caught:
        send(message(), server, lambda: begun.append(True))
    assert caught.value.code == code
    assert begun == []
    assert mailbox.messages == []


def test_a_mail_that_may_not_begin_is_broken_off_and_never_arrives() -> None:
    mailbox = Mailbox()

    def another_was_faster() -> None:
        raise RecordBusyError(place="x")

    with served(mailbox) as server:
        with pytest.raises(TemporaryError, match="record_busy"):
            send(message(), server, another_was_faster)
        send(message(), server)
    assert len(mailbox.messages) == 1


def test_lines_that_begin_with_a_dot_arrive_as_they_are() -> None:
    mail, mailbox = message(), Mailbox()
    mail.set_content("Eins\n.\n..zwei\n", cte="7bit")
    with served(mailbox) as server:
        send(mail, server)
    (raw,) = mailbox.messages
    assert message_from_bytes(raw, policy=default).get_content().splitlines() == ["Eins", ".", "..zwei"]


def test_a_server_that_says_nothing_after_the_text_leaves_the_outcome_unknown() -> None:
    class Slow(Mailbox):
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            await asyncio.sleep(3)
            return await super().handle_DATA(server, session, envelope)

    with served(Slow()) as server, pytest.raises(PermanentError, match="outcome_unknown"):
        send(message(), replace(server, answer_seconds=0.3))


def test_a_server_that_wants_encryption_or_a_login_is_named_with_its_words(tmp_path: Path) -> None:
    with served(Mailbox(), tls_context=tls(tmp_path), require_starttls=True) as server:
        assert "530" in str(failure(server))
    with served(Mailbox(), authenticator=accept, auth_required=True, auth_require_tls=False) as server:
        error = failure(server)
    assert error.code == "smtp_refused"
    assert "530" in str(error)


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_encryption_with_a_trusted_certificate_and_a_login_work(scheme: str, tmp_path: Path) -> None:
    mailbox = Mailbox()
    with secured(mailbox, scheme, tmp_path) as server:
        trusting = replace(server, user="netzwerk", password="geheim", ca_file=str(tmp_path / "cert.pem"))
        send(message(), trusting)
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_certificate_nobody_trusts_is_refused_before_the_password_is_said(
    scheme: str, tmp_path: Path
) -> None:
    mailbox = Mailbox()
    passwords: list[object] = []
    with secured(mailbox, scheme, tmp_path, passwords) as server:
        error = failure(replace(server, user="netzwerk", password="geheim"))
    assert error.code == "smtp_certificate"
    assert isinstance(error, PermanentError)
    assert mailbox.messages == passwords == []


@contextmanager
def secured(
    mailbox: Mailbox, scheme: str, folder: Path, passwords: list[object] | None = None
) -> Iterator[SmtpServer]:
    """A server with a certificate of its own, that wants a login; notes the passwords it hears."""

    def note(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        if passwords is not None:
            passwords.append(data)
        return AuthResult(success=True)

    context, port = tls(folder), free_port()
    options: dict[str, Any] = {"authenticator": note, "auth_required": True}
    if scheme == "smtps":
        options |= {"ssl_context": context, "auth_require_tls": False}
    else:
        options |= {"tls_context": context, "require_starttls": True}
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield SmtpServer(scheme, "127.0.0.1", port)
    finally:
        controller.stop()


def tls(folder: Path) -> ssl.SSLContext:
    make_certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def accept(*_arguments: object) -> AuthResult:
    return AuthResult(success=True)
