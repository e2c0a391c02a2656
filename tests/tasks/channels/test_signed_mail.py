"""What a mail provider signs (DKIM) arrives as it was signed: nothing needs to be changed on the way."""

import re
import smtplib
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from config.settings import Settings
from flows.doctor.example_mails import EXAMPLE_MEETING, example_mails
from tasks.channels.smtp import send
from tests.dkim_signatures import Provider
from tests.tasks.channels.test_smtp import Mailbox, served
from transcripts.mail.calendar_file import calendar_file
from transcripts.mail.mime_message import MAIL_POLICY, Attachments, Envelope, RenderedMail, compose_message

CALENDAR = calendar_file(EXAMPLE_MEETING, "wir@example.org", datetime(2026, 11, 20, tzinfo=UTC))
PICTURE = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def provider() -> Provider:
    return Provider()


def every_mail() -> list[EmailMessage]:
    """Every kind of mail, with all that can be attached."""
    return [composed(each, Attachments(PICTURE, CALENDAR)) for each in example_mails(Settings())]


def composed(rendered: RenderedMail, attachments: Attachments | None = None) -> EmailMessage:
    envelope = Envelope(
        sender="Netzwerk Bürgerräte <robot@members.example.test>",
        recipient="liste@example.org",
        message_id="<beispiel@members.example.test>",
        sent_at=datetime(2026, 11, 20, tzinfo=UTC),
        reply_to="Orga <orga@members.example.test>",
    )
    return compose_message(rendered, envelope, attachments)


def test_no_server_needs_to_change_a_byte_of_any_mail() -> None:
    for mail in every_mail():
        content = mail.as_bytes(policy=MAIL_POLICY)
        assert content.isascii(), "nothing that a server without 8BITMIME would encode anew"
        assert max(len(line) for line in content.split(b"\r\n")) <= 78
        assert re.findall(rb"(?<!\r)\n|\r(?!\n)", content) == [], "no break that a server would mend"
        assert b"\0" not in content
        assert not re.search(rb"(?m)^From ", content), "no line that a mailbox file would escape"
        for part in mail.walk():
            if not part.is_multipart():
                assert part["Content-Transfer-Encoding"] in ("quoted-printable", "base64")


def test_every_mail_arrives_as_it_was_signed(provider: Provider) -> None:
    mailbox = Mailbox()
    with served(mailbox) as server, smtplib.SMTP(server.host, server.port) as line:
        for mail in every_mail():
            content = provider.signed(mail.as_bytes(policy=MAIL_POLICY))
            line.sendmail("robot@members.example.test", "liste@example.org", content)
    assert mailbox.messages
    assert all(provider.has_signed(each) for each in mailbox.messages)
    assert not any(provider.has_signed(each.replace(b"Hallo", b"Halli")) for each in mailbox.messages)


def test_what_we_send_is_what_a_provider_gets_to_sign() -> None:
    mailbox, mails = Mailbox(), every_mail()
    with served(mailbox) as server:
        for mail in mails:
            send(mail, server)
    assert mailbox.messages == [mail.as_bytes(policy=MAIL_POLICY) for mail in mails]


def test_a_server_that_reads_and_writes_mails_anew_writes_the_same_body(provider: Provider) -> None:
    for mail in every_mail():
        signed = provider.signed(mail.as_bytes(policy=MAIL_POLICY), with_subject=False)
        again = message_from_bytes(signed, policy=policy.compat32.clone(linesep="\r\n")).as_bytes()
        assert again.partition(b"\r\n\r\n")[2] == signed.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(
    "line", ["From hier an.", ".", "..", "> Zitat", "Größe " * 400, "ohne-Leerzeichen" * 200, "Ende \t "]
)
def test_lines_that_servers_stumble_over_arrive_as_they_were_signed(provider: Provider, line: str) -> None:
    mail = composed(RenderedMail("Probe", f"Eins\n{line}\n{line}\n\n\n", f"<p>\n{line}\n</p>\n"))
    mailbox = Mailbox()
    with served(mailbox) as server, smtplib.SMTP(server.host, server.port) as smtp:
        content = provider.signed(mail.as_bytes(policy=MAIL_POLICY))
        smtp.sendmail("robot@members.example.test", "liste@example.org", content)
    assert max(len(each) for each in content.split(b"\r\n")) <= 998
    assert provider.has_signed(mailbox.messages[0])
    arrived = message_from_bytes(mailbox.messages[0], policy=policy.default).get_body(("plain",))
    assert arrived is not None
    assert arrived.get_content().splitlines()[1:3] == [line, line]
