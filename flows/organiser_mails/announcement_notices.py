"""Mails to the organisers about announcements that need them: held, refused, failed, not known.

Each goes out once, through the ledger of what it is about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from config.settings import Settings
from flows.delivery.configured_channels import ORGANISERS, Content, organisers_address, to_organisers
from flows.delivery.deliver_once import Occasion, deliver
from tasks.archive.ledger_store import LedgerHome
from transcripts.errors.error_kinds import StepError, TemporaryError
from transcripts.errors.mail_errors import OutcomeUnknownError
from transcripts.mail.announcement_mail import signature, title_line
from transcripts.mail.delivery_wording import held_text, known_text
from transcripts.mail.ledger import LedgerEntry, Publication, Reason
from transcripts.mail.mail_templates import MailKind, render_mail
from transcripts.mail.mime_message import Attachments, RenderedMail
from transcripts.wording.error_wording import explain

# One try: the run itself says it too.
PATIENCE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ChannelOutcome:
    """What came of one channel."""

    entry: LedgerEntry | None
    error: StepError | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """What an announcement is about: where its ledger is, its number, and how people call it."""

    home: LedgerHome
    number: int
    title: str
    command: str


def notify_organisers(settings: Settings, matter: Matter, told: Mapping[str, ChannelOutcome]) -> None:
    """Say once what needs a decision, of each channel; nothing where all went well, or will with time."""
    for channel, each in told.items():
        if each.entry is not None and each.entry.publication is Publication.HELD:
            _notify(settings, matter, f"held-{channel}", held_text(each.entry), each.entry.link)
        elif each.error is not None and not isinstance(each.error, TemporaryError):
            problem = f"{each.error.code.replace('_', '-')}-{channel}"
            _notify(settings, matter, problem, _explained(settings, matter, channel, each.error))


def _explained(settings: Settings, matter: Matter, channel: str, error: StepError) -> str:
    """What went wrong; where the outcome is open, also what is known of it."""
    text = explain(error)
    entry = matter.home.read().entry(matter.number, channel)
    if entry is None or not isinstance(error, OutcomeUnknownError):
        return text
    return f"{text} {known_text(entry, settings.network.zone)}"


def _notify(settings: Settings, matter: Matter, problem: str, text: str, link: str = "") -> None:
    address = organisers_address(settings)
    if address is None:
        return
    rendered = render_notice(settings, matter.title, text, matter.command, link)
    content = Content(matter.home.name, matter.number, rendered, Attachments(), {})
    try:
        ready = to_organisers(settings, address, content, f"{ORGANISERS}-{problem}")
        deliver(matter.home, ready, Occasion(matter.number, Reason.NOTICE), PATIENCE)
    except StepError:
        return  # the ledger says so, and the error that it was about is the one that counts


def render_notice(
    settings: Settings,
    title: str,
    explanation: str,
    command: str,
    link: str = "",
    link_text: str = "Freigeben oder ablehnen",
) -> RenderedMail:
    """A mail to the organisers. Raises TemplateBrokenError."""
    context = {
        "headline": "Bitte nachsehen",
        "title": title_line(title),
        "explanation": explanation,
        "link": link,
        "link_text": link_text,
        "command": command,
        "network_name": signature(settings.network.name),
    }
    return render_mail(MailKind.NOTICE, context, settings.announcement.templates)
