"""Which mail is due when a meeting that was announced is moved or cancelled, and what it says."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from tests.transcripts.mail.test_meeting_schedule import BERLIN, TEXT, at, series
from transcripts.mail.calendar_file import calendar_file
from transcripts.mail.ledger import Delivery, Ledger, LedgerEntry, Reason
from transcripts.mail.meeting_mail_content import render_meeting_mail
from transcripts.mail.meeting_mails_due import Due, due, for_people
from transcripts.mail.meeting_schedule import Series, parse_meetings

MEETING = "2026-02-19"
MOVED, EARLIER, CANCELLED, OTHER_ROOM = (
    f"[[exceptions]]\ndate = {MEETING}\n{what}\n"
    for what in (
        "moved_to = 2026-02-26",
        "time = 18:00:00",
        "cancelled = true",
        "link = 'https://konferenz.example.org/anderswo'",
    )
)
INVITING, LATER, REMINDING, OVER = (
    at(text) for text in ("2026-02-10T12:00", "2026-02-12T12:00", "2026-02-19T08:00", "2026-02-19T20:00")
)


def entry(told: Due, state: Delivery = Delivery.SENT, moment: datetime = INVITING) -> LedgerEntry:
    """What the ledger has after a mail was handed over."""
    return LedgerEntry(
        number=told.number,
        channel="mail",
        recipient="liste@example.org",
        message_id="<x@example.org>",
        state=state,
        changed_at=moment,
        handed_over_at=moment,
        reason=told.reason,
        meeting=told.told,
    )


def after(*told: tuple[str, datetime]) -> list[LedgerEntry]:
    """The ledger after what was due with these lists of meetings, at these moments."""
    entries: list[LedgerEntry] = []
    for exceptions, moment in told:
        entries += [entry(each, moment=moment) for each in due_with(exceptions, entries, moment)]
    return entries


def due_with(exceptions: str, entries: Sequence[LedgerEntry], now: datetime) -> list[Due]:
    """What is due of the meeting by a list with these exceptions."""
    listed: Series = series(exceptions)
    ledgers = {MEETING: Ledger(entries=tuple(entries))}
    return [each for each in due(listed, ledgers, now) if each.meeting.id == MEETING]


def reasons(exceptions: str, entries: Sequence[LedgerEntry], now: datetime) -> list[tuple[Reason, int]]:
    return [(each.reason, each.number) for each in due_with(exceptions, entries, now)]


@pytest.mark.parametrize(
    ("exceptions", "reason"),
    [
        (MOVED, Reason.MOVED),
        (EARLIER, Reason.MOVED),
        (OTHER_ROOM, Reason.MOVED),
        (CANCELLED, Reason.CANCELLED),
    ],
)
def test_who_was_invited_hears_of_a_change_under_a_number_of_its_own(exceptions: str, reason: Reason) -> None:
    invited = after(("", INVITING))
    assert reasons("", invited, LATER) == [(Reason.INVITATION, 1)]
    assert reasons(exceptions, invited, LATER) == [(reason, 11)]


def test_nobody_hears_of_a_change_who_was_not_told_before() -> None:
    assert reasons(CANCELLED, [], LATER) == []
    assert reasons(EARLIER, [], LATER) == [(Reason.INVITATION, 1)]
    for state in (Delivery.PREPARED, Delivery.FAILED):
        (invitation,) = due_with("", [], INVITING)
        assert reasons(CANCELLED, [entry(invitation, state)], LATER) == []


def test_what_may_have_been_told_counts_as_told() -> None:
    (invitation,) = due_with("", [], INVITING)
    assert reasons(CANCELLED, [entry(invitation, Delivery.UNKNOWN)], LATER) == [(Reason.CANCELLED, 11)]


def test_a_new_note_or_title_is_no_change_worth_a_mail() -> None:
    other = f"[[exceptions]]\ndate = {MEETING}\ntitle = 'Jahrestreffen'\nnote = 'Mit Kuchen.'\n"
    assert reasons(other, after(("", INVITING)), LATER) == [(Reason.INVITATION, 1)]


def test_every_further_change_is_told_once_and_the_calendars_follow() -> None:
    entries = after(("", INVITING), (MOVED, LATER), (CANCELLED, LATER), (EARLIER, LATER))
    assert [(each.reason, each.number) for each in entries] == [
        (Reason.INVITATION, 1),
        (Reason.MOVED, 11),
        (Reason.CANCELLED, 21),
        (Reason.MOVED, 31),
    ]
    sequences = [each.revision for each in due_with(EARLIER, entries, LATER)]
    assert sequences == [3]
    assert reasons(EARLIER, entries, LATER) == [(Reason.MOVED, 31)], "asked for again, it is the same one"


def test_a_moved_meeting_is_reminded_of_at_its_new_time_also_if_it_was_before() -> None:
    entries = after(("", INVITING), ("", REMINDING), (MOVED, REMINDING))
    assert [each.number for each in entries] == [1, 2, 11]
    assert reasons(MOVED, entries, at("2026-02-26T08:00")) == [(Reason.REMINDER, 12)]
    assert reasons(MOVED, entries, at("2026-02-26T23:30")) == [(Reason.REQUEST, 13)]


def test_a_change_on_the_last_day_is_reminder_enough() -> None:
    entries = after(("", INVITING), (EARLIER, REMINDING))
    assert reasons(EARLIER, entries, at("2026-02-19T12:00")) == [(Reason.MOVED, 11)]


def test_nobody_is_told_of_changes_to_what_is_over() -> None:
    entries = after(("", INVITING), ("", REMINDING))
    for exceptions in (CANCELLED, EARLIER, OTHER_ROOM):
        assert reasons(exceptions, entries, OVER) == []


def test_nobody_is_reminded_of_a_cancelled_meeting_or_asked_for_its_recording() -> None:
    entries = after(("", INVITING), (CANCELLED, LATER))
    assert reasons(CANCELLED, entries, at("2026-02-19T19:00")) == [(Reason.CANCELLED, 11)], (
        "it is that one still"
    )
    for moment in ("2026-02-19T19:31", "2026-02-19T23:30"):
        assert reasons(CANCELLED, entries, at(moment)) == []


def test_two_lists_that_contradict_each_other_do_not_flood_members() -> None:
    turns = [("", INVITING), *[(MOVED if turn % 2 else "", LATER) for turn in range(1, 20)]]
    entries: list[LedgerEntry] = []
    for exceptions, moment in turns:
        known = {each.number for each in entries}
        entries += [
            entry(each, moment=moment)
            for each in due_with(exceptions, entries, moment)
            if each.number not in known
        ]
    assert [each.number for each in entries] == [1, 11, 21, 31, 41, 51]
    ledgers = {MEETING: Ledger(entries=tuple(entries))}
    assert [each.code for each in for_people(series(), ledgers, LATER)] == ["meeting_restless"]
    assert [each.code for each in for_people(series(MOVED), ledgers, LATER)] == []
    assert reasons("", entries, REMINDING) == [(Reason.REMINDER, 52)], "a reminder says what is true"


@pytest.mark.parametrize("clock", ["02:30:00", "01:59:00", "03:00:00"])
def test_a_meeting_in_the_night_of_the_clocks_is_not_taken_for_a_changed_one(clock: str) -> None:
    for night in ("2026-03-29", "2026-10-25"):
        listed = parse_meetings(TEXT.replace("2026-01-22", night).replace("19:30:00", clock), BERLIN)
        now = at(night) - timedelta(days=3)
        (invitation,) = due(listed, {}, now)
        stored = Ledger(entries=(entry(invitation, moment=now),)).to_json()
        ledgers = {night: Ledger.model_validate_json(stored)}
        assert [each.reason for each in due(listed, ledgers, now)] == [Reason.INVITATION]


def test_a_ledger_from_before_meetings_were_noted_leads_to_no_mail_about_changes() -> None:
    old = [each.model_copy(update={"meeting": None}) for each in after(("", INVITING))]
    assert reasons(EARLIER, old, LATER) == [(Reason.INVITATION, 1)], "which was sent"


def words(exceptions: str, *told: tuple[str, datetime]) -> tuple[str, str, str]:
    (news,) = due_with(exceptions, after(*told), LATER)
    mail = render_meeting_mail(news, "Netzwerk", "Donnerstag, 19. März 2026, 19:30 Uhr")
    return mail.subject, mail.text, mail.short


def test_the_mail_about_a_moved_meeting_names_both_times() -> None:
    subject, text, short = words(MOVED, ("", INVITING))
    assert subject == "Verlegt: Netzwerktreffen, jetzt am Donnerstag, 26. Februar 2026, 19:30 Uhr"
    assert (
        "das Treffen vom Donnerstag, 19. Februar 2026, 19:30 Uhr ist verlegt. Der\n"
        "neue Termin:\n\nNetzwerktreffen\nDonnerstag, 26. Februar 2026, 19:30 Uhr\n"
    ) in text
    assert "Bisher: Donnerstag, 19. Februar" in short
    assert all(len(line) <= 72 for line in text.splitlines())


def test_the_mail_about_another_room_and_one_that_takes_place_after_all_say_so() -> None:
    subject, text, _ = words(OTHER_ROOM, ("", INVITING))
    assert subject.startswith("Neuer Link: Netzwerktreffen am Donnerstag, 19. Februar")
    assert "gilt ein neuer Link:" in text
    assert "https://konferenz.example.org/anderswo" in text
    subject, text, _ = words("", ("", INVITING), (CANCELLED, LATER))
    assert subject.startswith("Findet doch statt: Netzwerktreffen am Donnerstag, 19. Februar")


def test_the_mail_about_a_cancelled_meeting_names_the_time_people_know_and_the_next_one() -> None:
    subject, text, short = words(CANCELLED, ("", INVITING), (MOVED, LATER))
    assert subject == "Abgesagt: Netzwerktreffen am Donnerstag, 26. Februar 2026, 19:30 Uhr"
    for each in (text, short):
        assert "Donnerstag, 19. März 2026, 19:30 Uhr" in each
        assert "https://" not in each, "nobody is led into an empty room"


def test_what_is_always_said_of_meetings_is_not_said_of_one_that_is_cancelled() -> None:
    always = "note = 'Alle sind willkommen.'\n"
    invited = [entry(each) for each in due(series(always), {}, INVITING)]
    for own, said in (("", ""), ("note = 'Der Saal ist gesperrt.'\n", "Der Saal ist gesperrt.")):
        (news,) = due_with(always + CANCELLED + own, invited, LATER)
        assert news.meeting.note == said


def test_calendars_know_a_change_by_the_sequence_and_a_cancelled_meeting_by_the_method() -> None:
    made_at, found = datetime(2026, 2, 12, tzinfo=UTC), []
    for exceptions in ("", MOVED, CANCELLED):
        told = (("", INVITING), (MOVED, LATER))[: ("", MOVED, CANCELLED).index(exceptions)]
        (news,) = due_with(exceptions, after(*told), LATER)
        file = calendar_file(news.meeting, "wir@example.org", made_at, news.revision)
        calendar = Calendar.from_ical(file.content)
        (event,) = calendar.events
        assert calendar["METHOD"] == file.method
        assert event["ORGANIZER"] == "mailto:wir@example.org"
        found.append((file.method, event["STATUS"], event["SEQUENCE"], event["UID"], f"{event.start:%d.%m.}"))
    uid = f"treffen-{MEETING}@example.org"
    assert found == [
        ("PUBLISH", "CONFIRMED", 0, uid, "19.02."),
        ("PUBLISH", "CONFIRMED", 1, uid, "26.02."),
        ("CANCEL", "CANCELLED", 2, uid, "26.02."),
    ]
