"""What the mails about a meeting say: invitation, reminder and changes to all, a request to organisers."""

from datetime import datetime, timedelta
from pathlib import Path

from transcripts.announcement import signature, title_line
from transcripts.formats import format_duration
from transcripts.ledger import Reason
from transcripts.mail_message import RenderedMail, one_line
from transcripts.mail_templates import MailKind, render_mail
from transcripts.meeting_mails import Due
from transcripts.meetings import Meeting, when_text

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
    """The mail in words; `next_meeting` says when the next is. Raises PermanentError `template_broken`."""
    meeting = due.meeting
    length: timedelta = meeting.ends_at - meeting.starts_at
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
