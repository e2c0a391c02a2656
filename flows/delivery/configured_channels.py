"""The channels that the settings name, and an announcement made ready for each. Secrets are read here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from config.settings import Settings
from flows.local_clock import clock_of
from tasks.channels.channel_interface import Handover
from tasks.channels.imap import ImapMailbox, parse_imap_url
from tasks.channels.mail_channel import MAIL, NOBODY, DeliveryEvidence, OutboxHandover, SmtpHandover
from tasks.channels.mailman import MailmanList
from tasks.channels.signal_messenger import SIGNAL, SignalHandover
from tasks.channels.smtp import SmtpServer, parse_smtp_url, send_or_keep
from tasks.channels.webhook import WEBHOOK, WebhookHandover
from transcripts.mail.ledger import message_id
from transcripts.mail.mime_message import Attachments, Envelope, RenderedMail, compose_message, mail_address

# Shown in mails that only go to the outbox, while nobody has configured addresses.
OUTBOX_SENDER, OUTBOX_RECIPIENT = "Mitschnitt <mitschnitt@localhost>", "liste@localhost"
ORGANISERS = "organisers"


@dataclass(frozen=True, slots=True)
class Content:
    """An announcement in words: `home` and `number` name it, `facts` are what programs are told."""

    home: str
    number: int
    rendered: RenderedMail
    attachments: Attachments
    facts: Mapping[str, object]


def channel_names(settings: Settings) -> list[str]:
    """The channels that members are told through."""
    configured = {MAIL: True, SIGNAL: settings.signal.url, WEBHOOK: settings.webhook.url}
    return [name for name, is_on in configured.items() if is_on]


def handover(settings: Settings, channel: str, content: Content) -> Handover:
    """An announcement made ready for a channel. Raises SmtpUrlError, MailAddressInvalidError."""
    if channel == SIGNAL:
        return _to_signal(settings, content)
    if channel == WEBHOOK:
        return _to_webhook(settings, content)
    return _to_list(settings, content)


def organisers_address(settings: Settings) -> str | None:
    """Who hears of what needs a decision."""
    return settings.announcement.organisers or settings.network.admin_address


def administrators_address(settings: Settings) -> str | None:
    """Who hears of what only somebody at the machine can mend."""
    return settings.network.admin_address or settings.announcement.organisers


def to_organisers(settings: Settings, address: str, content: Content, channel: str) -> Handover:
    """A mail to the organisers only; `channel` is its name in the ledger."""
    return _mail(settings, address, content, channel, NOBODY)


def mailing_list(settings: Settings) -> MailmanList | None:
    """The list's own server, if it is named."""
    named = settings.mailman
    if not (named.url and named.user and named.password and named.list_id):
        return None
    return MailmanList(
        url=named.url,
        user=named.user,
        password=named.password.get_secret_value(),
        list_id=named.list_id,
        web_url=named.web_url,
    )


def mailbox(settings: Settings) -> ImapMailbox | None:
    """The mailbox that the list writes to, if one is named. Raises ImapUrlError."""
    named = settings.mailbox
    return parse_imap_url(named.url.get_secret_value(), named.folder, named.ca_file) if named.url else None


def delivery_evidence(settings: Settings) -> DeliveryEvidence:
    """Who can tell what became of a mail to the list. Raises ImapUrlError."""
    waits = [settings.mailman.wait_seconds] if settings.mailman.url else []
    waits += [settings.mailbox.wait_seconds] if settings.mailbox.url else []
    return DeliveryEvidence(mailing_list(settings), mailbox(settings), max(waits, default=0))


def without_waiting(settings: Settings) -> Settings:
    """The same settings, by which list and mailbox are asked once and not waited for."""
    at_once = {"wait_seconds": 0.0}
    sections = {
        "mailman": settings.mailman.model_copy(update=at_once),
        "mailbox": settings.mailbox.model_copy(update=at_once),
    }
    return settings.model_copy(update=sections)


def mail_server(settings: Settings) -> SmtpServer | None:
    """The mail server, if one is named. Raises SmtpUrlError."""
    url = settings.announcement.smtp_url
    return parse_smtp_url(url.get_secret_value(), settings.announcement.ca_file) if url else None


def sender_address(settings: Settings) -> str:
    """The address that announcements come from; Message-IDs and calendar entries are known by its domain."""
    return mail_address(settings.announcement.from_ or OUTBOX_SENDER).addr_spec


def envelope(settings: Settings, recipient: str, content: Content, channel: str) -> Envelope:
    """From whom, to whom, and the Message-ID that this announcement always has on this channel."""
    sender = settings.announcement.from_ or OUTBOX_SENDER
    part = "" if channel == MAIL else channel
    return Envelope(
        sender=sender,
        recipient=recipient,
        message_id=message_id(content.home, content.number, mail_address(sender).domain, part),
        sent_at=clock_of(settings).local_now,
        reply_to=settings.announcement.reply_to,
    )


def send_test(settings: Settings, content: Content, address: str, now: datetime) -> str:
    """Send the mail for the list to one address instead; returns where it went. No ledger knows of it.

    Raises what `tasks.channels.smtp.send` raises.
    """
    rendered = replace(content.rendered, subject=f"[Probe] {content.rendered.subject}")
    of_its_own = envelope(settings, address, content, f"test {now.isoformat()}")
    message = compose_message(rendered, of_its_own, content.attachments)
    name = f"{content.home}-{content.number}-probe"
    return send_or_keep(message, mail_server(settings), settings.announcement.outbox.resolve(), name)


def _to_list(settings: Settings, content: Content) -> Handover:
    recipient = settings.announcement.to or OUTBOX_RECIPIENT
    return _mail(settings, recipient, content, MAIL, delivery_evidence(settings))


def _mail(
    settings: Settings, recipient: str, content: Content, channel: str, who_knows: DeliveryEvidence
) -> Handover:
    message = compose_message(
        content.rendered, envelope(settings, recipient, content, channel), content.attachments
    )
    server = mail_server(settings)
    if server is None:
        part = "" if channel == MAIL else f"-{channel}"
        name = f"{content.home}-{content.number}{part}"
        return OutboxHandover(message, settings.announcement.outbox.resolve(), name, channel)
    return SmtpHandover(message, server, who_knows, channel)


def _to_signal(settings: Settings, content: Content) -> Handover:
    named = settings.signal
    return SignalHandover(
        url=named.url or "",
        account=named.account or "",
        group=named.group or "",
        message_id=message_id(content.home, content.number, SIGNAL),
        text=content.rendered.short.strip(),
    )


def _to_webhook(settings: Settings, content: Content) -> Handover:
    secret = settings.webhook.secret
    identity = message_id(content.home, content.number, WEBHOOK).strip("<>")
    facts = {"id": identity, "home": content.home, "number": content.number, **content.facts}
    return WebhookHandover(
        url=settings.webhook.url or "",
        secret=secret.get_secret_value() if secret else "",
        message_id=identity,
        content=json.dumps(facts, ensure_ascii=False).encode(),
    )
