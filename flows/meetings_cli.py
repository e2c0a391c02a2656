"""The command that shows the meetings to come, and sends what is due for them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from config.settings import load_settings
from flows.coming_meetings import series_of
from flows.places import current_storage
from flows.runtime import prepare_prefect
from tasks.ledgers import MeetingLedger
from transcripts.ledger import Ledger
from transcripts.meetings import Meeting, coming
from transcripts.wording import MEETING_MAILS, delivery_text

output = Console(highlight=False, soft_wrap=True)
SHOWN = 3


def add_meeting_commands(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("meetings")(meetings_command)


def meetings_command(
    send_due: Annotated[
        bool, typer.Option("--send-due", help="Jetzt verschicken, was fällig und noch nicht verschickt ist.")
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Jede Viertelstunde nachsehen, bis es beendet wird.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Ausgabe für Programme.")] = False,
) -> None:
    """Die nächsten Treffen zeigen; Einladung, Erinnerung und Bitte um den Link verschicken.

    Jede Nachricht geht genau einmal hinaus, wie oft der Befehl auch läuft.
    """
    settings = load_settings().settings
    prepare_prefect(settings)
    problems = _send_due() if send_due else []
    if serve:
        _serve()
        return
    series = series_of(settings)
    meetings = list(islice(coming(series, datetime.now(UTC)), SHOWN)) if series else []
    _show(meetings, problems, as_json=as_json)
    if problems:
        raise typer.Exit(1)


def _send_due() -> list[str]:
    from flows.meetings import tell_what_is_due

    return tell_what_is_due()


def _serve() -> None:
    from prefect import serve

    from flows.meetings import announcements_deployment

    serve(announcements_deployment())


def _show(meetings: list[Meeting], problems: list[str], *, as_json: bool) -> None:
    if as_json:
        rows = [_row(each) for each in meetings]
        print(json.dumps({"meetings": rows, "problems": problems}, ensure_ascii=False))
        return
    if not meetings:
        output.print("Es sind keine Treffen eingetragen (Vorlage: config/meetings.example.toml).")
    for meeting in meetings:
        output.print(f"[bold]{escape(meeting.title)}[/]: {meeting.when}")
        for line in _told_lines(_ledger(meeting)):
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


def _told_lines(ledger: Ledger) -> Iterator[str]:
    for entry in ledger.entries:
        moment = f"{entry.changed_at.astimezone():%d.%m.%Y %H:%M}"
        yield f"{MEETING_MAILS[entry.reason]}, {entry.channel}: {delivery_text(entry)}, {moment}"


def _ledger(meeting: Meeting) -> Ledger:
    return MeetingLedger(current_storage(), meeting.id).read()
