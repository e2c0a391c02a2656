"""`mitschnitt status` and `mitschnitt doctor`: how it stands, and what is missing."""

import json
from typing import Annotated

import typer
from rich.markup import escape

from config.loading import read_settings
from flows.cli.preparation import prepared_settings
from flows.cli.terminal import JsonOption, output
from flows.orchestration.temporary_server import ensure_server


def add_status_commands(app: typer.Typer) -> None:
    """Hang the commands into the command line."""
    app.command("status")(status_command)
    app.command("doctor")(doctor_command)


def status_command(as_json: JsonOption = False) -> None:
    """Zeigen, was im Archiv liegt, was gerade läuft und was gescheitert ist."""
    loaded, server = prepared_settings(), ensure_server()
    from flows.cli.status_query import archive_status, matters_now, unfinished_runs
    from flows.upkeep.duty_status import ask_duties

    server.wait_until_ready()
    archive, runs, matters = archive_status(), unfinished_runs(), matters_now()
    duties, zone = ask_duties(loaded.settings).reports, loaded.settings.network.zone
    if as_json:
        facts = {
            "records": [each.model_dump(mode="json", by_alias=True) for each in archive.recordings],
            "damaged": list(archive.damaged),
            "runs": [run.as_json() for run in runs],
            "open": [each.model_dump(mode="json") for each in matters],
            "duties": [each.as_json() for each in duties],
        }
        print(json.dumps(facts, ensure_ascii=False))
        return
    from flows.cli.status_output import duty_lines, matter_lines, status_lines

    lines = (*status_lines(archive, runs, zone), *matter_lines(matters), *duty_lines(duties, zone))
    for line in lines:
        output.print(line)


def doctor_command(
    offline: Annotated[bool, typer.Option("--offline", help="Keine Server fragen.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Prüfen, was eingerichtet ist, was fehlt und was dagegen zu tun ist."""
    from flows.doctor.check import Verdict
    from flows.doctor.examination import examine

    findings = examine(read_settings(), is_offline=offline)
    marks = {
        Verdict.GOOD: "[green]✓[/]",
        Verdict.UNASKED: "[dim]–[/]",
        Verdict.HINT: "[yellow]![/]",
        Verdict.BAD: "[red]✗[/]",
    }
    if as_json:
        rows = [
            {"subject": f.subject, "verdict": f.verdict, "kind": f.kind, "text": f.text} for f in findings
        ]
        print(json.dumps({"findings": rows}, ensure_ascii=False))
    else:
        for finding in findings:
            output.print(f"{marks[finding.verdict]} {finding.subject:<14} {escape(finding.text)}")
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(1)
