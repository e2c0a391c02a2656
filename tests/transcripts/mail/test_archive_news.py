"""When news are due, and that each thing is told once, whatever is released, taken back, killed, or late."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.mail.archive_news import (
    SHORTEST_PAUSE,
    Published,
    Rhythm,
    last_told,
    new_since,
    next_number,
    refused,
    turn,
    waiting,
)
from transcripts.mail.ledger import Delivery, Ledger, LedgerEntry, Reason, ToldNews

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAYS = Rhythm(4, 9, BERLIN)
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 20, 8, tzinfo=UTC)  # nine o'clock in Berlin
MAIL = "mail"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def entry_of(number: int, news: ToldNews, state: Delivery) -> LedgerEntry:
    return LedgerEntry(
        number=number,
        channel=MAIL,
        recipient="liste@example.org",
        message_id=f"<{number}@example.org>",
        state=state,
        changed_at=news.at,
        reason=Reason.NEWS,
        news=news,
    )


def ledger_of(state: Delivery, at: datetime, *ids: str, until: datetime = FRIDAY) -> Ledger:
    return Ledger().with_entry(entry_of(1, ToldNews(record_ids=ids, until=until, at=at), state))


@pytest.mark.parametrize("passed", [timedelta(0), HOUR, 3 * DAY, 7 * DAY - timedelta(seconds=1)])
def test_the_turn_is_the_last_friday_morning(passed: timedelta) -> None:
    assert FRIDAYS.latest(FRIDAY + passed) == FRIDAY


def test_a_moment_before_its_hour_the_friday_before_counts() -> None:
    assert FRIDAYS.latest(FRIDAY - timedelta(seconds=1)) == FRIDAY - 7 * DAY


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [(date(2026, 3, 29), time(8), time(7)), (date(2026, 10, 25), time(7), time(8))],
)
def test_the_hour_is_that_of_the_clocks_before_and_after_they_are_changed(
    change: date, before: time, after: time
) -> None:
    rhythm = Rhythm(change.weekday(), 9, BERLIN)
    changed = datetime.combine(change, after, UTC)
    assert rhythm.latest(changed) == changed
    assert rhythm.latest(changed - timedelta(seconds=1)) == datetime.combine(change - 7 * DAY, before, UTC)


@pytest.mark.parametrize(("hour", "utc_hour"), [(2, 1), (3, 1)])
def test_an_hour_that_the_clocks_leave_out_comes_when_they_have_left_it_out(hour: int, utc_hour: int) -> None:
    moment = datetime(2026, 3, 29, utc_hour, tzinfo=UTC)
    assert Rhythm(6, hour, BERLIN).latest(moment) == moment


def test_an_hour_that_comes_twice_counts_once() -> None:
    rhythm, first = Rhythm(6, 2, BERLIN), datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert rhythm.latest(first) == rhythm.latest(first + HOUR) == first


def test_nothing_is_due_before_the_first_turn_after_telling_began() -> None:
    assert turn(Ledger(), MAIL, FRIDAYS, None, FRIDAY) is None
    assert turn(Ledger(), MAIL, FRIDAYS, FRIDAY + HOUR, FRIDAY + 6 * DAY) is None
    assert turn(Ledger(), MAIL, FRIDAYS, FRIDAY + HOUR, FRIDAY + 7 * DAY) == FRIDAY + 7 * DAY


@pytest.mark.parametrize("state", [Delivery.SENT, Delivery.SENDING, Delivery.UNKNOWN])
def test_what_may_be_out_has_had_its_week(state: Delivery) -> None:
    ledger = ledger_of(state, FRIDAY, "a")
    assert turn(ledger, MAIL, FRIDAYS, BEGAN, FRIDAY + 6 * DAY) is None
    assert turn(ledger, MAIL, FRIDAYS, BEGAN, FRIDAY + 7 * DAY) == FRIDAY + 7 * DAY


def test_after_a_mail_that_was_days_late_the_next_turn_is_left_out() -> None:
    late = ledger_of(Delivery.SENT, FRIDAY + 5 * DAY, "a")
    assert turn(late, MAIL, FRIDAYS, BEGAN, FRIDAY + 8 * DAY) is None
    assert turn(late, MAIL, FRIDAYS, BEGAN, FRIDAY + 14 * DAY) == FRIDAY + 14 * DAY


@pytest.mark.parametrize("state", [Delivery.PREPARED, Delivery.FAILED])
def test_what_surely_is_not_out_stays_due_and_is_told_anew(state: Delivery) -> None:
    ledger, published = ledger_of(state, FRIDAY, "a"), (Published("a", BEGAN),)
    assert turn(ledger, MAIL, FRIDAYS, BEGAN, FRIDAY + DAY) == FRIDAY
    assert new_since(published, ledger, MAIL, (), FRIDAY) == published
    assert (refused(ledger, MAIL, FRIDAY) is not None) == (state is Delivery.FAILED)
    assert next_number(ledger, MAIL) == (1 if state is Delivery.PREPARED else 2)


def test_what_comes_between_two_turns_waits_for_the_next() -> None:
    published = (Published("b", FRIDAY + DAY), Published("a", FRIDAY))
    assert new_since(published, Ledger(), MAIL, (), FRIDAY) == published[1:]
    assert new_since(published, Ledger(), MAIL, (), FRIDAY + 7 * DAY) == published[::-1]
    assert new_since(published, Ledger(), MAIL, ("a",), FRIDAY + 7 * DAY) == published[:1]


# What happens in a row: so many hours pass, this document is released or taken back, a run ends so.
PASSING = st.integers(1, 24 * 9).map(lambda hours: ("pass", hours))
RELEASES = st.sampled_from("abcdef").map(lambda name: ("release", name))
TAKING_BACK = st.sampled_from("abcdef").map(lambda name: ("take back", name))
RUNS = st.sampled_from(["sent", "killed before", "killed after", "refused", "away"]).map(
    lambda end: ("run", end)
)
SETTLING = st.sampled_from([Delivery.SENT, Delivery.PREPARED]).map(lambda state: ("settle", state))


class Weeks:
    """A list, an archive and a process in miniature; `mails` is what the list has really got, and when."""

    def __init__(self) -> None:
        self.now, self.ledger = FRIDAY, Ledger()
        self.released: dict[str, datetime] = {}
        self.mails: list[tuple[datetime, tuple[str, ...]]] = []
        self.truly_out: set[int] = set()

    def step(self, what: str, value: object) -> None:
        if what == "pass":
            self.now += timedelta(hours=int(str(value)))
        elif what == "release":
            self.released.setdefault(str(value), self.now)
        elif what == "take back":
            self.released.pop(str(value), None)
        elif what == "run":
            self.run(str(value))
        elif what == "settle":
            self.settle()

    def run(self, end: str) -> None:
        until = turn(self.ledger, MAIL, FRIDAYS, BEGAN, self.now)
        if until is None or refused(self.ledger, MAIL, until):
            return
        published = [Published(name, since) for name, since in self.released.items()]
        ids = tuple(each.record_id for each in new_since(published, self.ledger, MAIL, (), until))
        if not ids:
            return
        number = next_number(self.ledger, MAIL)
        news = ToldNews(record_ids=ids, until=until, at=self.now)
        if end in ("sent", "killed after"):
            self.mails.append((self.now, ids))
            self.truly_out.add(number)
        states = {
            "sent": Delivery.SENT,
            "killed before": Delivery.SENDING,
            "killed after": Delivery.SENDING,
            "refused": Delivery.FAILED,
            "away": Delivery.PREPARED,
        }
        self.ledger = self.ledger.with_entry(entry_of(number, news, states[end]))

    def settle(self) -> None:
        """Somebody finds out what became of what is not known."""
        last = last_told(self.ledger, MAIL)
        if last is not None and last.state is Delivery.SENDING:
            state = Delivery.SENT if last.number in self.truly_out else Delivery.PREPARED
            self.ledger = self.ledger.with_entry(last.model_copy(update={"state": state}))

    @property
    def told(self) -> list[str]:
        return [name for _, ids in self.mails for name in ids]


@given(st.lists(st.one_of(PASSING, RELEASES, TAKING_BACK, RUNS, SETTLING), max_size=60))
def test_each_new_thing_is_told_exactly_once_over_any_releases_weeks_and_kills(
    steps: list[tuple[str, object]],
) -> None:
    weeks = Weeks()
    for what, value in steps:
        weeks.step(what, value)
        assert len(set(weeks.told)) == len(weeks.told), "never twice"
    for _ in range(4):  # all is well again, and somebody has looked what became of what is not known
        weeks.settle()
        weeks.now += 7 * DAY
        weeks.run("sent")
    assert set(weeks.released) <= set(weeks.told), "never silently none"
    moments = [moment for moment, _ in weeks.mails]
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert all(each >= SHORTEST_PAUSE for each in pauses), "at most one a week"
    assert waiting(weeks.ledger, MAIL) is None or not weeks.released.keys() - set(weeks.told)
