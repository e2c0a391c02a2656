"""The mail of the morning: what is open, in one list."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transcripts.mail.announcement_mail import signature, title_line
from transcripts.mail.mail_templates import MailKind, render_mail
from transcripts.mail.mime_message import RenderedMail
from transcripts.mail.open_matters import HEADINGS, OpenMatter


@dataclass(frozen=True, slots=True)
class Group:
    """Matters of one kind, under their heading."""

    heading: str
    matters: tuple[OpenMatter, ...]


def render_morning_mail(
    matters: Sequence[OpenMatter], network_name: str | None, desk_link: str = "", folder: Path | None = None
) -> RenderedMail:
    """What is open, in groups, the most urgent first. Raises TemplateBrokenError."""
    context = {
        "count": len(matters),
        "groups": tuple(_groups(matters)),
        "desk_link": desk_link,
        "network_name": signature(network_name),
    }
    return render_mail(MailKind.MORNING, context, folder)


def _groups(matters: Sequence[OpenMatter]) -> list[Group]:
    shown = [each.model_copy(update={"title": title_line(each.title)}) for each in matters]
    by_kind = {kind: tuple(each for each in shown if each.kind is kind) for kind in HEADINGS}
    return [Group(HEADINGS[kind], found) for kind, found in by_kind.items() if found]
