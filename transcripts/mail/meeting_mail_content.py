"""What the mails about a meeting say: invitation, reminder and changes to all, a request to organisers."""

from datetime import datetime
from pathlib import Path

from transcripts.mail.announcement_mail import signature, title_line
from transcripts.mail.ledger import Reason
from transcripts.mail.mail_templates import MailKind, render_mail
from transcripts.mail.meeting_mails_due import Due
from transcripts.mail.meeting_schedule import Meeting, when_text
from transcripts.mail.mime_message import RenderedMail, one_line
from transcripts.wording.german_formats import format_duration
from transcripts.wording.local_time import length_between

KINDS = {
    Reason.INVITATION: MailKind.INVITATION,
    Reason.REMINDER: MailKind.REMINDER,
    Reason.MOVED: MailKind.MOVED,
    Reason.CANCELLED: MailKind.CANCELLED,
    Reason.REQUEST: MailKind.REQUEST,
}


def render_meeting_mail(
    due: Due, network_name: str | None, next_meeting: str = "", template_folder: Path | None = None
) -> RenderedMail:
    """The mail in words; `next_meeting` says when the next is. Raises TemplateBrokenError."""
    meeting = due.meeting
    length = length_between(meeting.starts_at, meeting.ends_at)
    context = {
        "title": title_line(meeting.title),
        "when": meeting.when,
        "day": meeting.starts_at.date().isoformat(),
        "duration": format_duration(length.total_seconds()),
        "link": meeting.link,
        "note": one_line(meeting.note),
        "network_name": signature(network_name),
        "next_meeting": next_meeting,
        **_change(due, meeting),
    }
    return render_mail(KINDS[due.reason], context, template_folder)


def _change(due: Due, meeting: Meeting) -> dict[str, object]:
    """What is different from what was announced before."""
    before = due.before
    if before is None:
        return {"before": "", "is_revived": False, "has_new_link": False}
    known: datetime = before.starts_at.astimezone(meeting.starts_at.tzinfo)
    return {
        "before": when_text(known) if known != meeting.starts_at else "",
        "is_revived": before.is_cancelled and not meeting.is_cancelled,
        "has_new_link": before.link != meeting.link,
    }
