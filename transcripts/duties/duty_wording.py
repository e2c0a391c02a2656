"""What is said of duties, in German: when, why not, and what to do about it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from transcripts.duties.duty import (
    FAILED,
    LATE,
    NEVER_SEEN,
    NO_FUTURE_RUN,
    NO_WORKER,
    NOT_DEPLOYED,
    PAUSED,
    PREFECT_AWAY,
    DutyReport,
)

_RESTART = "Die Verarbeitung neu starten (mitschnitt serve oder mitschnitt worker)."
# Why, and what to do.
_TROUBLES = {
    PREFECT_AWAY: ("Prefects Server antwortet nicht.", "„mitschnitt serve“ neu starten."),
    NO_WORKER: ("Kein Rechner nimmt Arbeit an.", _RESTART),
    NOT_DEPLOYED: ("Prefect weiß nichts davon.", _RESTART),
    NEVER_SEEN: ("Kein Rechner hat es bisher getan.", _RESTART),
    PAUSED: ("Der Zeitplan ist angehalten.", f"In Prefect wieder einschalten. Oder: {_RESTART}"),
    NO_FUTURE_RUN: ("Prefect plant keinen weiteren Lauf.", "„mitschnitt serve“ neu starten."),
    FAILED: ("Der letzte Lauf ist gescheitert.", ""),
    LATE: ("Der Zeitpunkt ist verstrichen.", ""),
}


def why_not(report: DutyReport) -> str:
    """Why an overdue duty is not done."""
    trouble = report.state.trouble
    if trouble is None:
        return _TROUBLES[LATE][0]
    return _TROUBLES.get(trouble.code, (f"Der letzte Versuch ist gescheitert ({trouble.code}).", ""))[0]


def remedy(report: DutyReport) -> str:
    """What to do about it."""
    trouble = report.state.trouble
    return (trouble and _TROUBLES.get(trouble.code, ("", ""))[1]) or report.duty.remedy


def moment_text(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A moment near today, "heute, 14:05 Uhr", or any other, "28.11.2026, 03:17 Uhr"."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = {-1: "gestern", 0: "heute", 1: "morgen"}
    day = days.get((local.date() - today).days, f"{local:%d.%m.%Y}")
    return f"{day}, {local:%H:%M} Uhr"


def duty_line(report: DutyReport, now: datetime, zone: ZoneInfo) -> str:
    """One duty in a line of a terminal or a mail."""
    times = ", ".join(times_text(report, now, zone))
    if report.overdue_since is None:
        return f"{report.duty.title}: {times}"
    return f"{report.duty.title}: {times}. {why_not(report)} {remedy(report)}"


def times_text(report: DutyReport, now: datetime, zone: ZoneInfo) -> list[str]:
    """When it was done last; then since when it is overdue, or when it is due next."""
    state = report.state
    times = [f"zuletzt {moment_text(state.last_done, now, zone)}" if state.last_done else "noch nie"]
    if report.overdue_since is not None:
        times.append(f"überfällig seit {moment_text(report.overdue_since, now, zone)}")
    elif state.next_due is not None and not report.duty.on_demand:
        times.append(f"wieder {moment_text(state.next_due, now, zone)}")
    return times


def outage_text(reports: Sequence[DutyReport], now: datetime, zone: ZoneInfo) -> str:
    """What organisers are told of an outage, a duty a line."""
    lines = (f"- {duty_line(each, now, zone)}" for each in reports)
    return "\n".join(("Von selbst sollte geschehen, geschieht aber nicht:", *lines))
