"""Handing mail over to a real SMTP server that behaves and misbehaves."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tasks.mail import SmtpServer, check_server, parse_smtp_url, put_into_outbox, send
from tests.s3_server import free_port
from transcripts.errors import PermanentError, StepError, TemporaryError


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
