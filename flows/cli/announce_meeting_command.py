"""What `mitschnitt announce` does with a meeting, which is called by its regular day, such as 2026-12-17."""

from config.settings import Settings
from flows.announcing.meeting_announcements import meeting_content, send_due_meeting_mails
from flows.announcing.upcoming_meetings import series_of
from flows.delivery.configured_channels import Content
from flows.delivery.deliver_once import update_entry
from tasks.archive.ledger_store import MeetingLedger
from tasks.clock import utc_now
from tasks.storage.storage_interface import Storage
from transcripts.errors.meeting_errors import MeetingUnknownError
from transcripts.mail.ledger import Delivery, Reason
from transcripts.mail.meeting_mails_due import Due, due
from transcripts.mail.meeting_schedule import around


def next_content(settings: Settings, storage: Storage, meeting_id: str) -> Content:
    """The mail that is due for a meeting; of one with nothing due, its invitation.

    Raises MeetingUnknownError, MeetingsUnreadableError, TemplateBrokenError.
    """
    series, now = series_of(settings), utc_now()
    meetings = {each.id: each for each in around(series, now)} if series else {}
    if series is None or meeting_id not in meetings:
        raise MeetingUnknownError(meeting=meeting_id)
    ledgers = {meeting_id: MeetingLedger(storage, meeting_id).read()}
    of_it = (each for each in due(series, ledgers, now) if each.meeting.id == meeting_id)
    what = next(of_it, Due(meetings[meeting_id], Reason.INVITATION))
    return meeting_content(settings, what, now)


def send_again(storage: Storage, meeting_id: str) -> list[str]:
    """Release a meeting's mail, let what failed be tried once more, and send all that is due.

    Returns in German what could not be done.
    """
    home = MeetingLedger(storage, meeting_id)
    for entry in home.read().entries:
        if entry.state is Delivery.FAILED and entry.reason is not Reason.NOTICE:
            update_entry(home, entry, state=Delivery.PREPARED, since=None)
    return send_due_meeting_mails(released=meeting_id)
