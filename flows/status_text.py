"""The lines of `mitschnitt status`."""

from collections.abc import Iterator, Sequence

from rich.markup import escape

from flows.status import RunStatus
from transcripts.formats import format_date_de, format_duration
from transcripts.model import Recording, Stage

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


def status_lines(archived: Sequence[Recording], runs: Sequence[RunStatus]) -> Iterator[str]:
    """What runs or failed first, then the records, newest first."""
    if not archived and not runs:
        yield "Noch keine Aufzeichnung. Die erste: mitschnitt process ADRESSE"
    for run in runs:
        started = f" seit {run.started_at.astimezone():%d.%m.%Y %H:%M}" if run.started_at else ""
        yield f"[bold]{STATE_NAMES.get(run.state, run.state)}[/]{started}: {escape(run.url)}"
        yield f"    letzter fertiger Schritt: {STAGE_NAMES[run.stage]}"
        if run.message:
            yield f"    {escape(run.message)}"
    for recording in archived:
        facts = f"{format_date_de(recording.recorded_on)}, {format_duration(recording.duration_seconds)}"
        yield f"[bold]{escape(recording.title)}[/] ({facts})"
        yield f"    {escape(recording.id)}: {STAGE_NAMES[recording.stage]}"
