"""The wording of mails: a folder of templates for each kind of mail, over which a network may lay its own.

A kind has `subject.txt`, `body.txt`, `body.html` and, where messengers get it too, `short.txt`. A
network's folder has the same names; what it lacks is taken from ours.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from textwrap import wrap

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    TemplateError,
    TemplateNotFound,
)

from transcripts.errors.mail_errors import TemplateBrokenError
from transcripts.mail.mime_message import RenderedMail, one_line
from transcripts.wording import templating

TEXT_COLUMNS = 72


class MailKind(StrEnum):
    """The kinds of mail, by the names of their folders."""

    ANNOUNCEMENT = "announcement"
    INVITATION = "invitation"
    REMINDER = "reminder"
    MOVED = "moved"
    CANCELLED = "cancelled"
    REQUEST = "request"
    NOTICE = "notice"
    SIGN_IN = "sign_in"
    MORNING = "morning"
    NEW_IN_ARCHIVE = "new_in_archive"


def render_mail(kind: MailKind, context: Mapping[str, object], folder: Path | None = None) -> RenderedMail:
    """The mail in words, from the templates of `folder` where it has them, else from ours.

    Raises `PermanentError` (TemplateBrokenError) when a template cannot be used:
    it stays broken until someone mends the file.
    """
    environment = _environment(kind, folder)
    try:
        subject = one_line(environment.get_template("subject.txt").render(context))
        text = environment.get_template("body.txt").render(context)
        html = environment.get_template("body.html").render(context, subject=subject)
        short = _short(environment, context)
    except (TemplateError, UnicodeDecodeError) as error:
        where = getattr(error, "name", None) or str(folder)
        raise TemplateBrokenError(template=f"{kind}/{where}", reason=str(error)) from error
    return RenderedMail(subject=subject, text=text, html=html, short=short)


def _short(environment: Environment, context: Mapping[str, object]) -> str:
    try:
        template = environment.get_template("short.txt")
    except TemplateNotFound:
        return ""
    return template.render(context)


def _wrapped(text: str, indent: int = 0) -> str:
    return "\n".join(wrap(text, TEXT_COLUMNS, subsequent_indent=" " * indent, break_on_hyphens=False))


def _environment(kind: MailKind, folder: Path | None) -> Environment:
    ours = [PackageLoader("transcripts", path) for path in (f"mail/templates/{kind}", "mail/templates")]
    theirs: list[BaseLoader] = [FileSystemLoader([folder / kind, folder])] if folder else []
    environment = templating.environment(ChoiceLoader([*theirs, *ours]))
    environment.filters["wrap"] = _wrapped
    return environment
