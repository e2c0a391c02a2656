"""The command that shows the meetings to come, and sends what is due for them."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape

from flows.announcing.upcoming_meetings import series_of
from flows.cli.terminal import output
from flows.composition import resources
from flows.orchestration.prefect_environment import prepare_prefect
from flows.orchestration.temporary_server import ensure_server
from tasks.archive.ledger_store import MeetingLedger
from tasks.clock import utc_now
from transcripts.mail.delivery_wording import MEETING_MAILS, delivery_text
from transcripts.mail.ledger import Ledger
from transcripts.mail.meeting_schedule import Meeting, coming
from transcripts.wording.local_time import format_moment

SHOWN = 3


def add_meeting_commands(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("meetings")(meetings_command)


def meetings_command(
    send_due: Annotated[
        bool, typer.Option("--send-due", help="Jetzt verschicken, was fällig und noch nicht verschickt ist.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Ausgabe für Programme.")] = False,
) -> None:
    """Die nächsten Treffen zeigen; Einladung, Erinnerung und Bitte um den Link verschicken.

    Solange `mitschnitt serve` läuft, geschieht das von selbst. Jede Nachricht geht genau einmal hinaus.
    """
    settings = resources().settings
    prepare_prefect(settings)
    if send_due:
        ensure_server().wait_until_ready()
    problems = _send_due() if send_due else []
    series = series_of(settings)
    meetings = list(islice(coming(series, utc_now()), SHOWN)) if series else []
    _show(meetings, problems, settings.network.zone, as_json=as_json)
    if problems:
        raise typer.Exit(1)


def _send_due() -> list[str]:
    from flows.announcing.mailing_list_posts import follow_list_posts
    from flows.announcing.meeting_announcements import send_due_meeting_mails

    return [*send_due_meeting_mails(), *follow_list_posts()]


def _show(meetings: list[Meeting], problems: list[str], zone: ZoneInfo, *, as_json: bool) -> None:
    if as_json:
        rows = [_row(each) for each in meetings]
        print(json.dumps({"meetings": rows, "problems": problems}, ensure_ascii=False))
        return
    if not meetings:
        output.print("Es sind keine Treffen eingetragen (Vorlage: config/meetings.example.toml).")
    for meeting in meetings:
        output.print(f"[bold]{escape(meeting.title)}[/]: {meeting.when}")
        for line in _sent_lines(_ledger(meeting), zone):
            output.print(f"    {escape(line)}")
    for problem in problems:
        output.print(f"[bold red]Fehler:[/] {escape(problem)}")


def _row(meeting: Meeting) -> dict[str, Any]:
    entries = [each.model_dump(mode="json", exclude={"owner"}) for each in _ledger(meeting).entries]
    return {
        "id": meeting.id,
        "title": meeting.title,
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "entries": entries,
    }


def _sent_lines(ledger: Ledger, zone: ZoneInfo) -> Iterator[str]:
    for entry in ledger.entries:
        moment = format_moment(entry.changed_at, zone)
        yield f"{MEETING_MAILS[entry.reason]}, {entry.channel}: {delivery_text(entry)}, {moment}"


def _ledger(meeting: Meeting) -> Ledger:
    return MeetingLedger(resources().storage, meeting.id).read()
