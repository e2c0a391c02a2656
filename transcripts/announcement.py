"""The mail that tells a list of a new recording: its wording, and the message as it is sent.

Values in, text and message out; nothing is sent and no clock is read here. The
words live in `templates/announcement`, and a network may lay its own over them.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from hashlib import sha256
from pathlib import Path
from textwrap import wrap

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    select_autoescape,
)

from transcripts.errors import PermanentError
from transcripts.formats import format_clock, format_date_de, format_duration
from transcripts.links import link_at
from transcripts.model import Chapter

TEXT_COLUMNS = 72
TITLE_LETTERS = 200
DEFAULT_SIGNATURE = "Mitschnitt"
_INVISIBLE = ("Cf", "Cs")  # formatting characters, among them those that turn the direction of reading
_BREAKING = ("Cc", "Zl", "Zp")
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the list is told; `record_url` is the public address of the record."""

    title: str
    recorded_on: date
    duration_seconds: float
    record_url: str
    chapters: tuple[Chapter, ...]
    engine_model: str | None
    network_name: str | None
    has_speech: bool


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """The finished wording; `subject` is one line, `text` and `html` end in a line break."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """A chapter as the mail names it: when, what, and the address of its second."""

    clock: str
    title: str
    url: str


class MailPolicy(EmailPolicy):
    """The policy for SMTP, but a Message-ID stays whole on its line: not every reader unfolds it cleanly."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() == "message-id":
            return f"{name}: {value}\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() == "message-id":
            return self.fold(name, value).encode()
        return super().fold_binary(name, value)


MAIL_POLICY = MailPolicy(linesep="\r\n")


def render_announcement(announcement: Announcement, template_folder: Path | None = None) -> RenderedMail:
    """The mail in words, from the templates of `template_folder` where it has them, else from ours.

    Raises `PermanentError` (`template_broken`) when a template cannot be used:
    it stays broken until someone mends the file.
    """
    environment = _environment(template_folder)
    context = _context(announcement)
    try:
        subject = one_line(environment.get_template("subject.txt").render(context))
        text = environment.get_template("body.txt").render(context)
        html = environment.get_template("body.html").render(context, subject=subject)
    except (TemplateError, UnicodeDecodeError) as error:
        where = getattr(error, "name", None) or str(template_folder)
        raise PermanentError("template_broken", template=where, reason=str(error)) from error
    return RenderedMail(subject=subject, text=text, html=html)


def compose_message(
    rendered: RenderedMail, sender: str, recipient: str, message_id: str, sent_at: datetime
) -> EmailMessage:
    """The message as RFC 5322 wants it; the same values always give the same bytes.

    Raises `PermanentError` (`mail_address_invalid`) for a sender or recipient that
    is not one address: both come from the settings; and `ValueError` for a
    Message-ID outside of RFC 5322, which is made by a program.
    """
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = mail_address(sender)
    message["To"] = mail_address(recipient)
    message["Subject"] = one_line(rendered.subject)
    message["Date"] = sent_at
    message["Message-ID"] = _checked_message_id(message_id)
    message["Auto-Submitted"] = "auto-generated"
    # Quoted-printable also keeps lines short and passes servers without 8BITMIME.
    message.set_content(rendered.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = "de"  # last: setting content would take it away
    message.set_boundary(f"=={sha256(message_id.encode()).hexdigest()[:32]}==")
    return message


def one_line(text: str) -> str:
    """The text without line breaks, control and invisible characters; runs of spaces become one."""
    kinds = ((character, unicodedata.category(character)) for character in text)
    visible = (" " if kind in _BREAKING else character for character, kind in kinds if kind not in _INVISIBLE)
    return " ".join("".join(visible).split())


def mail_address(text: str) -> Address:
    """The one address `text` holds, as in `Netzwerk <liste@example.org>`; its domain in ASCII form.

    Raises `PermanentError` (`mail_address_invalid`) when there is none, or more than one.
    """
    try:
        address = _only_address(text)
        domain = address.domain.encode("idna").decode()
        return Address(address.display_name, address.username.encode("ascii").decode(), domain)
    except ValueError as error:  # also what the codecs raise
        raise PermanentError("mail_address_invalid", address=one_line(text)) from error


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


def _context(announcement: Announcement) -> dict[str, object]:
    return {
        "title": _title(announcement.title),
        "recorded_on": format_date_de(announcement.recorded_on),
        "duration": format_duration(announcement.duration_seconds),
        "record_url": announcement.record_url,
        "chapters": tuple(_chapter_lines(announcement)),
        "engine_model": announcement.engine_model,
        "network_name": one_line(announcement.network_name or "") or DEFAULT_SIGNATURE,
        "has_speech": announcement.has_speech,
    }


def _chapter_lines(announcement: Announcement) -> Iterable[ChapterLine]:
    for chapter in announcement.chapters:
        url = link_at(announcement.record_url, chapter.start_seconds)
        yield ChapterLine(format_clock(chapter.start_seconds), _title(chapter.title), url)


def _title(text: str) -> str:
    """A title in one line, and no longer than a subject can carry."""
    line = one_line(text)
    return line if len(line) <= TITLE_LETTERS else f"{line[: TITLE_LETTERS - 1].rstrip()}…"


def _wrapped(text: str, indent: int = 0) -> str:
    return "\n".join(wrap(text, TEXT_COLUMNS, subsequent_indent=" " * indent, break_on_hyphens=False))


def _environment(template_folder: Path | None) -> Environment:
    loaders: list[BaseLoader] = [PackageLoader("transcripts", "templates/announcement")]
    if template_folder is not None:
        loaders.insert(0, FileSystemLoader(template_folder))
    environment = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=select_autoescape(["html"], default=False),  # the other parts are plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["wrap"] = _wrapped
    return environment
