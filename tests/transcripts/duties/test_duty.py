"""When a duty is overdue, what is one outage, and what is said about it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from transcripts.duties.duty import (
    FAILED,
    LATE,
    NO_WORKER,
    PREFECT_AWAY,
    Duty,
    DutyState,
    Trouble,
    is_overdue,
    outages,
    report,
)
from transcripts.duties.duty_wording import duty_line, moment_text, outage_text, remedy, why_not

NOW = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ONE = Duty("one", "Das Eine tun", "jede Stunde", "Nachsehen.", tolerance=timedelta(minutes=10))
OTHER = Duty(
    "other", "Das Andere tun", "jede Stunde", "Nachsehen.",
    tolerance=timedelta(minutes=10), told_after=timedelta(minutes=15),
)  # fmt: skip
DONE = NOW - timedelta(hours=5)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (DutyState(), False),
        (DutyState(DONE, ago(-10)), False),
        (DutyState(DONE, ago(9)), False),
        (DutyState(DONE, ago(10)), True),
        (DutyState(None, ago(10)), True),
        (DutyState(DONE, ago(-10), Trouble("ValueError", ago(0))), True),
        (DutyState(DONE, ago(-10), Trouble(LATE, ago(9), timedelta(minutes=10))), False),
        (DutyState(DONE, ago(-10), Trouble(LATE, ago(10), timedelta(minutes=10))), True),
    ],
)
def test_a_duty_is_overdue_when_it_was_due_for_too_long_or_its_trouble_lasts(
    state: DutyState, expected: bool
) -> None:
    assert is_overdue(ONE, state, NOW) is expected


def test_people_are_told_of_what_is_overdue_for_long_each_by_its_own_patience() -> None:
    state = DutyState(DONE, None, Trouble(LATE, ago(20)))
    reports = [report(each, state, NOW) for each in (ONE, OTHER)]
    assert [outage.reports[0].duty for outage in outages(reports, NOW)] == [OTHER]
    assert len(outages([report(ONE, state, ago(-40))], ago(-40))) == 1
    assert outages([report(ONE, DutyState(DONE, ago(-5)), NOW)], NOW) == []
    failed = report(ONE, DutyState(DONE, None, Trouble(FAILED, ago(200))), NOW)
    assert failed.is_overdue
    assert outages([failed], NOW) == [], "the run has said so itself"


def test_an_outage_is_named_by_when_the_duty_was_done_last_whoever_looks_and_when() -> None:
    def key(last_done: datetime | None, since: datetime, later: timedelta = timedelta(0)) -> str:
        state = DutyState(last_done, None, Trouble(LATE, since))
        (outage,) = outages([report(ONE, state, NOW + later)], NOW + later)
        return outage.key

    first = key(DONE, ago(90))
    assert first == key(DONE, ago(80)) == key(DONE, ago(90), later=timedelta(hours=3))
    assert first != key(DONE + timedelta(hours=1), ago(90)), "the next outage is another one"
    assert key(None, ago(90)) != key(None, ago(80))


@pytest.mark.parametrize("code", [PREFECT_AWAY, NO_WORKER])
def test_what_one_cause_holds_up_is_one_outage(code: str) -> None:
    reports = [
        report(ONE, DutyState(DONE, None, Trouble(code, ago(90))), NOW),
        report(OTHER, DutyState(None, None, Trouble(code, ago(95))), NOW),
    ]
    (outage,) = outages(reports, NOW)
    assert outage.since == ago(95)
    text = outage_text(outage.reports, NOW, BERLIN)
    assert "Das Eine tun" in text
    assert "Das Andere tun" in text
    assert "überfällig seit heute, 19:30 Uhr" in text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW, "heute, 21:00 Uhr"),
        (NOW + timedelta(hours=3), "morgen, 00:00 Uhr"),
        (NOW - timedelta(days=1), "gestern, 21:00 Uhr"),
        (NOW - timedelta(days=9), "10.11.2026, 21:00 Uhr"),
    ],
)
def test_moments_are_told_by_the_networks_clocks(moment: datetime, text: str) -> None:
    assert moment_text(moment, NOW, BERLIN) == text


def test_what_is_not_done_says_why_and_what_to_do() -> None:
    away = report(ONE, DutyState(DONE, None, Trouble(PREFECT_AWAY, ago(90))), NOW)
    assert why_not(away) == "Prefects Server antwortet nicht."
    assert "mitschnitt serve" in remedy(away)
    unforeseen = report(ONE, DutyState(DONE, None, Trouble("OverflowError", ago(90))), NOW)
    assert "OverflowError" in why_not(unforeseen)
    assert remedy(unforeseen) == ONE.remedy
    hangs = report(ONE, DutyState(None, ago(90)), NOW)
    assert "noch nie, überfällig seit heute, 19:30 Uhr" in duty_line(hangs, NOW, BERLIN)
    well = report(ONE, DutyState(DONE, ago(-9)), NOW)
    assert duty_line(well, NOW, BERLIN) == "Das Eine tun: zuletzt heute, 16:00 Uhr, wieder heute, 21:09 Uhr"
