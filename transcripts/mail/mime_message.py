"""A mail as RFC 5322 wants it: headers, text and HTML in seven bits, no long lines.

Values in, message out; nothing is sent and no clock is read here. The same values always give
the same bytes. Everything is quoted-printable, so that no server on the way needs to change a
byte that a DKIM signature covers.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from hashlib import sha256
from typing import Any

from transcripts.errors.mail_errors import MailAddressInvalidError
from transcripts.mail.calendar_file import CalendarFile
from transcripts.mail.subject_folding import Subject

_INVISIBLE = ("Cf", "Cs")  # formatting characters, among them those that turn the direction of reading
_BREAKING = ("Cc", "Zl", "Zp")
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """The finished wording: `subject` is one line, `short` is for messengers."""

    subject: str
    text: str
    html: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Attachments:
    """What goes with a mail: a picture that its HTML shows as `cid:poster`, a calendar file."""

    poster: bytes | None = None
    calendar: CalendarFile | None = None


POSTER_URL = "cid:poster"


class MailPolicy(EmailPolicy):
    """The policy for SMTP, but a Message-ID stays whole on its line, and a subject is kept to the letter.

    Not every reader unfolds a Message-ID cleanly. How a subject is folded, tells `subject_folding`.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if name.lower() == "subject" and type(value) is str and one_line(value) == value:
            return name, Subject(value)
        stored: tuple[str, Any] = super().header_store_parse(name, value)
        return stored

    def fold(self, name: str, value: str) -> str:
        if name.lower() == "message-id":
            return f"{name}: {value}\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() == "message-id":
            return self.fold(name, value).encode()
        return super().fold_binary(name, value)


MAIL_POLICY = MailPolicy(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom, to whom, and how the mail is known; addresses as in `Netzwerk <liste@example.org>`."""

    sender: str
    recipient: str
    message_id: str
    sent_at: datetime
    reply_to: str | None = None


def compose_message(
    rendered: RenderedMail, envelope: Envelope, attachments: Attachments | None = None
) -> EmailMessage:
    """The message as RFC 5322 wants it.

    Raises `PermanentError` (MailAddressInvalidError) for a sender or recipient that
    is not one address: both come from the settings; and `ValueError` for a
    Message-ID outside of RFC 5322, which is made by a program.
    """
    message = EmailMessage(policy=MAIL_POLICY)
    _set_headers(message, rendered.subject, envelope)
    message.set_content(rendered.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", charset="utf-8", cte="quoted-printable")
    _attach(message, attachments or Attachments())
    message["Content-Language"] = "de"  # last: setting content would take it away
    _set_boundaries(message, envelope.message_id)
    return message


def _set_headers(message: EmailMessage, subject: str, envelope: Envelope) -> None:
    message["From"] = mail_address(envelope.sender)
    message["To"] = mail_address(envelope.recipient)
    if envelope.reply_to:
        message["Reply-To"] = mail_address(envelope.reply_to)
    message["Subject"] = one_line(subject)
    message["Date"] = envelope.sent_at
    message["Message-ID"] = _checked_message_id(envelope.message_id)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no notes of absence in return
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange


def _attach(message: EmailMessage, attachments: Attachments) -> None:
    html = message.get_body(("html",))
    if attachments.poster is not None and isinstance(html, EmailMessage):
        html.add_related(
            attachments.poster,
            maintype="image",
            subtype="jpeg",
            cid=f"<{POSTER_URL.removeprefix('cid:')}>",
            disposition="inline",
            filename="standbild.jpg",
        )
    if attachments.calendar is not None:
        message.add_attachment(
            attachments.calendar.content.decode(),
            subtype="calendar",
            charset="utf-8",
            cte="quoted-printable",
            filename="treffen.ics",
            params={"method": attachments.calendar.method},
        )


def _set_boundaries(message: EmailMessage, message_id: str) -> None:
    """Boundaries that follow from the mail, so that the same mail has the same bytes."""
    multiparts = (part for part in message.walk() if part.is_multipart())
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=={sha256(f'{message_id}{number}'.encode()).hexdigest()[:32]}==")


def one_line(text: str) -> str:
    """The text without line breaks, control and invisible characters; runs of spaces become one."""
    kinds = ((character, unicodedata.category(character)) for character in text)
    visible = (" " if kind in _BREAKING else character for character, kind in kinds if kind not in _INVISIBLE)
    return " ".join("".join(visible).split())


def mail_address(text: str) -> Address:
    """The one address `text` holds, as in `Netzwerk <liste@example.org>`; its domain in ASCII form.

    Raises `PermanentError` (MailAddressInvalidError) when there is none, or more than one.
    """
    try:
        address = _only_address(text)
        domain = address.domain.encode("idna").decode()
        return Address(address.display_name, address.username.encode("ascii").decode(), domain)
    except (ValueError, LookupError, MessageError) as error:  # also what codecs and Python's parser raise
        raise MailAddressInvalidError(address=one_line(text)) from error


def _only_address(text: str) -> Address:
    if one_line(text) != text.strip():
        raise ValueError("control characters in an address")
    header = EmailMessage(policy=MAIL_POLICY)
    header["To"] = text
    (address,) = header["To"].addresses  # ValueError unless there is exactly one
    if header["To"].defects or not address.username or not address.domain:
        raise ValueError("not an address")
    found: Address = address
    return found


def _checked_message_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"not a Message-ID: {message_id!r}")
    return message_id
