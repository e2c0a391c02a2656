"""Which mail about a meeting is due, by the list of meetings and by what its ledger says was told before.

Each time that members are told something else, a meeting has a new revision, from 0 on: it numbers the
announcements, and is the SEQUENCE of the calendar file. Pure: lists, ledgers and clock are given.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.meeting_errors import MeetingRestlessError, MeetingVanishedError
from transcripts.mail.ledger import Delivery, Ledger, LedgerEntry, Reason, ToldMeeting
from transcripts.mail.meeting_schedule import Meeting, Series, around, occasion_of, reminded_at

# The number of an announcement is the revision's ten and one of these.
NUMBERS = {
    Reason.INVITATION: 1,
    Reason.MOVED: 1,
    Reason.CANCELLED: 1,
    Reason.REMINDER: 2,
    Reason.REQUEST: 3,
}
NUMBERS_EACH = 10
# More changes of one meeting are told by nobody but people.
MOST_CHANGES = 5
# What may have reached somebody.
TOLD = (Delivery.SENDING, Delivery.SENT, Delivery.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Due:
    """A mail that is to be sent now; `before` is what a moved or cancelled meeting was announced as."""

    meeting: Meeting
    reason: Reason
    revision: int = 0
    before: ToldMeeting | None = None

    @property
    def number(self) -> int:
        """The announcement's number in the ledger of the meeting."""
        return NUMBERS_EACH * self.revision + NUMBERS[self.reason]

    @property
    def told(self) -> ToldMeeting | None:
        """What it tells members of the meeting."""
        return None if self.reason is Reason.REQUEST else told_of(self.meeting)


def due(series: Series, ledgers: Mapping[str, Ledger], now: datetime) -> Iterator[Due]:
    """What is to be mailed at `now`, whether or not that was done; `ledgers` by the ids of meetings."""
    for meeting in around(series, now):
        found = _due(series, meeting, ledgers.get(meeting.id, Ledger()), now)
        if found is not None:
            yield found


def for_people(series: Series, ledgers: Mapping[str, Ledger], now: datetime) -> Iterator[PermanentError]:
    """What only people can say to members, of meetings to come that were announced.

    `meeting_vanished`: the list does not have it any more; a slip in the list must cancel nothing.
    `meeting_restless`: it was changed so often that two lists may contradict each other.
    """
    listed = {each.id: each for each in around(series, now)}
    for meeting_id, ledger in ledgers.items():
        last = _last_told(ledger)
        if last is None or last.meeting is None:
            continue
        meeting = listed.get(meeting_id)
        if meeting is None and _is_to_come(last.meeting, now):
            yield MeetingVanishedError(meeting=meeting_id)
        elif meeting and _is_news(last.meeting, meeting, now) and _revision(last) >= MOST_CHANGES:
            yield MeetingRestlessError(meeting=meeting_id, count=MOST_CHANGES)


def _is_to_come(told: ToldMeeting, now: datetime) -> bool:
    return not told.is_cancelled and now < told.starts_at


def told_of(meeting: Meeting) -> ToldMeeting:
    """What members are told of a meeting; in UTC, since in the night of the clocks zones do not compare."""
    return ToldMeeting(
        starts_at=meeting.starts_at.astimezone(UTC),
        ends_at=meeting.ends_at.astimezone(UTC),
        link=meeting.link,
        is_cancelled=meeting.is_cancelled,
    )


def _due(series: Series, meeting: Meeting, ledger: Ledger, now: datetime) -> Due | None:
    last = _last_told(ledger)
    if last is None or last.meeting is None:
        reason = None if meeting.is_cancelled else occasion_of(series, meeting, now)
        return Due(meeting, reason) if reason else None
    told, revision = last.meeting, _revision(last)
    if _is_news(told, meeting, now) and revision < MOST_CHANGES:
        return _news(meeting, revision + 1, told)
    if revision and _is_news_still(series, meeting, last, now):
        return _news(meeting, revision, _told_at(ledger, revision - 1) or told)
    if meeting.is_cancelled:
        return None
    reason = occasion_of(series, meeting, now)
    if reason is None or (revision and reason is Reason.INVITATION):
        return None
    return Due(meeting, reason, revision)


def _is_news(told: ToldMeeting, meeting: Meeting, now: datetime) -> bool:
    """Whether members know something else, and it is not too late to tell them."""
    if meeting.is_cancelled:
        return _is_to_come(told, now)
    return told != told_of(meeting) and now < meeting.starts_at


def _is_news_still(series: Series, meeting: Meeting, last: LedgerEntry, now: datetime) -> bool:
    """Whether the last change is looked after: until the meeting, or its reminder if that comes later."""
    if meeting.is_cancelled:
        return last.meeting is not None and now < last.meeting.starts_at
    told_at = last.handed_over_at or last.changed_at
    is_reminder_enough = told_at < reminded_at(series, meeting) <= now
    return now < meeting.starts_at and not is_reminder_enough


def _news(meeting: Meeting, revision: int, before: ToldMeeting) -> Due:
    """What was cancelled is named by the time that people know."""
    if not meeting.is_cancelled:
        return Due(meeting, Reason.MOVED, revision, before)
    zone = meeting.starts_at.tzinfo
    starts_at, ends_at = before.starts_at.astimezone(zone), before.ends_at.astimezone(zone)
    return Due(replace(meeting, starts_at=starts_at, ends_at=ends_at), Reason.CANCELLED, revision, before)


def _last_told(ledger: Ledger) -> LedgerEntry | None:
    """The newest announcement that may have reached members; of one revision, its first: it is the change."""
    told = [each for each in ledger.entries if each.meeting is not None and each.state in TOLD]
    return max(told, key=lambda each: (_revision(each), -each.number), default=None)


def _told_at(ledger: Ledger, revision: int) -> ToldMeeting | None:
    """What members were told in an earlier revision."""
    told = (each for each in ledger.entries if _revision(each) == revision and each.state in TOLD)
    return next((each.meeting for each in told if each.meeting is not None), None)


def _revision(entry: LedgerEntry) -> int:
    return entry.number // NUMBERS_EACH
