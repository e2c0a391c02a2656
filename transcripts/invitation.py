"""What the mails about a meeting say: invitation and reminder to all, the request to the organisers."""

from datetime import timedelta
from pathlib import Path

from transcripts.announcement import signature, title_line
from transcripts.formats import format_duration
from transcripts.ledger import Reason
from transcripts.mail_message import RenderedMail, one_line
from transcripts.mail_templates import MailKind, render_mail
from transcripts.meetings import Meeting

KINDS = {
    Reason.INVITATION: MailKind.INVITATION,
    Reason.REMINDER: MailKind.REMINDER,
    Reason.REQUEST: MailKind.REQUEST,
}


def render_meeting_mail(
    meeting: Meeting, reason: Reason, network_name: str | None, template_folder: Path | None = None
) -> RenderedMail:
    """The mail in words. Raises `PermanentError` (`template_broken`)."""
    length: timedelta = meeting.ends_at - meeting.starts_at
    context = {
        "title": title_line(meeting.title),
        "when": meeting.when,
        "day": meeting.starts_at.date().isoformat(),
        "duration": format_duration(length.total_seconds()),
        "link": meeting.link,
        "note": one_line(meeting.note),
        "network_name": signature(network_name),
    }
    return render_mail(KINDS[reason], context, template_folder)
