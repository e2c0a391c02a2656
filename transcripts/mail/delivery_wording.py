"""How far mails and posts have come, in German for organisers. Only words."""

from zoneinfo import ZoneInfo

from transcripts.mail.ledger import Delivery, LedgerEntry, Publication, Reason
from transcripts.wording.local_time import format_moment_exactly

# What a mail about a meeting, or about news, is called.
MEETING_MAILS: dict[Reason, str] = {
    Reason.INVITATION: "Einladung",
    Reason.REMINDER: "Erinnerung",
    Reason.MOVED: "Änderung",
    Reason.CANCELLED: "Absage",
    Reason.REQUEST: "Bitte um den Link",
    Reason.NEWS: "Neues im Archiv",
    Reason.NOTICE: "Hinweis an die Organisierenden",
}


_DELIVERIES = {
    Delivery.PREPARED: "vorbereitet, noch nicht verschickt",
    Delivery.SENDING: "wird gerade verschickt",
    Delivery.SENT: "übergeben",
    Delivery.FAILED: "gescheitert",
    Delivery.UNKNOWN: "ungewiss, ob verschickt",
}
_PUBLICATIONS = {
    Publication.OUT: "an die Mitglieder verschickt",
    Publication.HELD: "wartet auf Freigabe durch die Moderation der Liste",
}


def delivery_text(entry: LedgerEntry) -> str:
    """How far an announcement has come on its channel, in a few German words."""
    if entry.state is Delivery.SENT and entry.publication is not None:
        return _PUBLICATIONS[entry.publication]
    return _DELIVERIES[entry.state]


def known_text(entry: LedgerEntry, zone: ZoneInfo) -> str:
    """What is known of an announcement whose outcome is open; times are told in `zone`."""
    moment = entry.handed_over_at or entry.changed_at
    return (
        f"Bekannt ist: Sie wurde am {format_moment_exactly(moment, zone)} an {entry.recipient} "
        f"übergeben und trägt die Kennung (Message-ID) {entry.message_id}."
    )


def held_text(entry: LedgerEntry) -> str:
    """What organisers read of a post that the list holds."""
    reason = f" (Grund: {entry.detail})" if entry.detail else ""
    return (
        f"Die Mailingliste hält die Nachricht zurück{reason}. Sie ist noch nicht bei den Mitgliedern. "
        "Bitte in der Verwaltung der Liste unter „Zurückgehaltene Nachrichten“ freigeben."
    )
