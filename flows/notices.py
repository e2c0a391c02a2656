"""Mails to the organisers about announcements that need them: held, refused, failed, not known.

Each goes out once, through the ledger of what it is about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from config.settings import Settings
from flows.channels import ORGANISERS, Content, organisers_address, to_organisers
from flows.delivering import Occasion, deliver
from tasks.ledgers import LedgerHome
from transcripts.announcement import signature, title_line
from transcripts.errors import StepError
from transcripts.ledger import LedgerEntry, Publication, Reason
from transcripts.mail_message import Attachments, RenderedMail
from transcripts.mail_templates import MailKind, render_mail
from transcripts.wording import explain, held_text, known_text

# One try: the run itself says it too.
PATIENCE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Told:
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


def tell_organisers(settings: Settings, matter: Matter, told: Mapping[str, Told]) -> None:
    """Say once what needs a decision, of each channel; nothing where all went well."""
    for channel, each in told.items():
        if each.entry is not None and each.entry.publication is Publication.HELD:
            _notify(settings, matter, f"held-{channel}", held_text(each.entry), each.entry.link)
        elif each.error is not None:
            problem = f"{each.error.code.replace('_', '-')}-{channel}"
            _notify(settings, matter, problem, _explained(matter, channel, each.error))


def _explained(matter: Matter, channel: str, error: StepError) -> str:
    """What went wrong; where the outcome is open, also what is known of it."""
    text = explain(error)
    entry = matter.home.read().entry(matter.number, channel)
    return f"{text} {known_text(entry)}" if error.code == "outcome_unknown" and entry else text


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
    settings: Settings, title: str, explanation: str, command: str, link: str = ""
) -> RenderedMail:
    """A mail to the organisers. Raises PermanentError `template_broken`."""
    context = {
        "headline": "Bitte nachsehen",
        "title": title_line(title),
        "explanation": explanation,
        "link": link,
        "command": command,
        "network_name": signature(settings.network.name),
    }
    return render_mail(MailKind.NOTICE, context, settings.announcement.templates)
