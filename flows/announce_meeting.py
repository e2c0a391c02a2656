"""What `mitschnitt announce` does with a meeting, which is called by its regular day, such as 2026-12-17."""

from datetime import UTC, datetime

from config.settings import Settings
from flows.channels import Content
from flows.coming_meetings import series_of
from flows.delivering import turn
from flows.meetings import meeting_content, tell_what_is_due
from tasks.ledgers import MeetingLedger
from tasks.storage import Storage
from transcripts.errors import PermanentError
from transcripts.ledger import Delivery, Reason
from transcripts.meeting_mails import Due, due
from transcripts.meetings import around


def next_content(settings: Settings, storage: Storage, meeting_id: str) -> Content:
    """The mail that is due for a meeting; of one with nothing due, its invitation.

    Raises PermanentError `meeting_unknown`, `meetings_unreadable`, `template_broken`.
    """
    series, now = series_of(settings), datetime.now(UTC)
    meetings = {each.id: each for each in around(series, now)} if series else {}
    if series is None or meeting_id not in meetings:
        raise PermanentError("meeting_unknown", meeting=meeting_id)
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
            turn(home, entry, state=Delivery.PREPARED, since=None)
    return tell_what_is_due(released=meeting_id)
