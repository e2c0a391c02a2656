"""What the mail "Neues im Archiv" says. Values in, wording out; words: `mail/templates/new_in_archive`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from transcripts.mail.announcement_mail import signature, title_line
from transcripts.mail.mail_templates import MailKind, render_mail
from transcripts.mail.mime_message import RenderedMail, one_line


@dataclass(frozen=True, slots=True)
class NewThing:
    """A document or a recording: its title, what is known of it in few words, its address.

    `opening` is how a document begins, empty where that is not known.
    """

    title: str
    facts: tuple[str, ...]
    url: str
    opening: str = ""


@dataclass(frozen=True, slots=True)
class NewInArchive:
    """What the mail tells. `has_more`: more is new than one mail holds; `archive_url` shows all of it.

    `release_command` is for organisers, who see the mail before: how it is released.
    """

    documents: Sequence[NewThing]
    recordings: Sequence[NewThing]
    network_name: str | None
    archive_url: str = ""
    has_more: bool = False
    release_command: str = ""


def render_new_in_archive(news: NewInArchive, folder: Path | None = None) -> RenderedMail:
    """The mail in words. Raises TemplateBrokenError."""
    context = {
        "documents": tuple(map(_in_lines, news.documents)),
        "recordings": tuple(map(_in_lines, news.recordings)),
        "what": what_is_new(len(news.documents), len(news.recordings)),
        "archive_url": news.archive_url,
        "has_more": news.has_more,
        "release_command": news.release_command,
        "network_name": signature(news.network_name),
    }
    return render_mail(MailKind.NEW_IN_ARCHIVE, context, folder)


def what_is_new(documents: int, recordings: int) -> str:
    """How many: "2 Dokumente und 1 Aufzeichnung"."""
    counted = (_counted(documents, "Dokument", "e"), _counted(recordings, "Aufzeichnung", "en"))
    return " und ".join(each for each in counted if each)


def _counted(count: int, word: str, plural: str) -> str:
    return f"{count} {word}{plural if count > 1 else ''}" if count else ""


def _in_lines(thing: NewThing) -> NewThing:
    facts = tuple(one_line(each) for each in thing.facts)
    return replace(thing, title=title_line(thing.title), facts=facts, opening=one_line(thing.opening))
