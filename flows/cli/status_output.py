"""The lines of `mitschnitt status`."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.markup import escape

from flows.cli.status_query import ArchiveStatus, RunStatus
from tasks.clock import utc_now
from transcripts.duties.duty import DutyReport
from transcripts.duties.duty_wording import duty_line
from transcripts.mail.open_matters import HEADINGS, OpenMatter
from transcripts.model import Stage
from transcripts.wording.error_wording import explain
from transcripts.wording.german_formats import format_date_de, format_duration
from transcripts.wording.local_time import format_moment

STAGE_NAMES = {
    Stage.RECEIVED: "angenommen",
    Stage.FETCHED: "geladen",
    Stage.TRANSCODED: "aufbereitet",
    Stage.TRANSCRIBED: "verschriftet",
    Stage.CHAPTERED: "in Kapitel geteilt",
    Stage.ARCHIVED: "abgelegt, noch nicht angekündigt",
    Stage.HELD: "abgelegt, wartet auf Freigabe",
    Stage.ANNOUNCED: "abgelegt und angekündigt",
}
STATE_NAMES = {
    "RUNNING": "läuft",
    "PENDING": "beginnt gleich",
    "SCHEDULED": "wartet",
    "FAILED": "gescheitert",
    "CRASHED": "abgebrochen",
    "CANCELLED": "gestoppt",
}


def status_lines(archive: ArchiveStatus, runs: Sequence[RunStatus], zone: ZoneInfo) -> Iterator[str]:
    """What runs or failed first, then what is damaged, then the records, newest first."""
    if not archive.recordings and not archive.damaged and not runs:
        yield "Noch keine Aufzeichnung. Die erste: mitschnitt process ADRESSE"
    for run in runs:
        started = f" seit {format_moment(run.started_at, zone)}" if run.started_at else ""
        yield f"[bold]{STATE_NAMES.get(run.state, run.state)}[/]{started}: {escape(run.url)}"
        yield f"    letzter fertiger Schritt: {STAGE_NAMES[run.stage]}"
        if run.message:
            yield f"    {escape(run.message)}"
    for error in archive.damaged.values():
        yield f"[bold red]Beschädigt:[/] {escape(explain(error))}"
    for recording in archive.recordings:
        facts = f"{format_date_de(recording.recorded_on)}, {format_duration(recording.duration_seconds)}"
        yield f"[bold]{escape(recording.title)}[/] ({facts})"
        yield f"    {escape(recording.id)}: {STAGE_NAMES[recording.stage]}"


def matter_lines(matters: Sequence[OpenMatter]) -> Iterator[str]:
    """What waits for a person, and where to go on."""
    if matters:
        yield "[bold]Offen:[/]"
    for each in matters:
        yield f"  {HEADINGS[each.kind]}: {escape(each.title)}"
        yield from (f"    {escape(line)}" for line in each.text.splitlines())
        if where := each.link or each.command:
            yield f"    {escape(where)}"


def duty_lines(reports: Sequence[DutyReport], zone: ZoneInfo) -> Iterator[str]:
    """What happens by itself; nothing while nobody is there to do it."""
    if reports:
        yield "[bold]Was von selbst geschieht[/]"
    for each in reports:
        mark = "[red]✗[/]" if each.is_overdue else "[green]✓[/]"
        yield f"    {mark} {escape(duty_line(each, utc_now(), zone))}"
