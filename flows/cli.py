"""The command line. Everything a person reads here is German; results go to standard output.

Exit status: 0 done, 1 failed with a reason, 2 wrong use. Modules that load
Prefect or the recogniser are imported by the commands that need them, so that
help and mistakes are answered at once.
"""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from config.settings import LoadedSettings, SettingsError, load_settings
from flows.announce_cli import add_announce_commands
from flows.archive_cli import add_archive_commands
from flows.corrections_cli import add_corrections_command
from flows.meetings_cli import add_meeting_commands
from flows.operations_cli import add_operations_commands
from flows.places import current_storage, secret_key
from flows.reading_room.serving import add_room_command
from flows.runtime import prepare_prefect
from flows.search_cli import add_search_commands
from tasks.archive import find_by_url
from tasks.freed_memory import keep_freed_memory
from transcripts.agenda import parse_agenda
from transcripts.chapter_formats import read_chapters_text
from transcripts.desk.form import read_length
from transcripts.errors import PermanentError, StepError
from transcripts.layout import CHAPTERS, object_key
from transcripts.ledger import LedgerEntry
from transcripts.model import AgendaOutcome, Chapter, Stage, Transcript
from transcripts.source_url import parse_source_url
from transcripts.wording import delivery_text, explain, outcome_text

app = typer.Typer(
    name="mitschnitt",
    help="Macht aus dem Link zu einer aufgezeichneten Sitzung einen dauerhaften, "
    "lesbaren Mitschnitt und kündigt ihn auf der Mailingliste an.",
    epilog="Einstellungen stehen in mitschnitt.toml (Vorlage: config/mitschnitt.example.toml). "
    "Ende mit 0: erledigt, 1: gescheitert, 2: falscher Aufruf.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Ausgabe für Programme.")]
AgendaOption = Annotated[
    Path | None,
    typer.Option("--agenda", metavar="DATEI", help="Tagesordnung als Textdatei, ein Punkt je Zeile."),
]
OutputOption = Annotated[
    Path, typer.Option("--output", "-o", metavar="ORDNER", help="Wohin geschrieben wird.")
]


def main() -> None:
    """Run the command line; turn the errors we know into one German sentence and status 1."""
    try:
        app()
    except SettingsError as error:
        _fail(str(error), as_json="--json" in sys.argv, code="settings")
    except StepError as error:
        _fail(explain(error), as_json="--json" in sys.argv, code=error.code)


def _fail(text: str, *, as_json: bool, code: str) -> NoReturn:
    if as_json:
        print(json.dumps({"error": {"code": code, "message": text}}, ensure_ascii=False))
    else:
        errors.print(f"[bold red]Fehler:[/] {_plain(text)}")
    sys.exit(1)


@app.command("process")
def process_command(
    url: Annotated[
        str, typer.Argument(help="Adresse der Aufzeichnung (http oder https).", show_default=False)
    ],
    title: Annotated[str | None, typer.Option(help="Titel; sonst der Titel der Quelle.")] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d", "%d.%m.%Y"], help="Tag der Sitzung; sonst der der Quelle."
        ),
    ] = None,
    agenda: AgendaOption = None,
    chapters: Annotated[
        Path | None,
        typer.Option(
            "--chapters",
            metavar="DATEI",
            help="Kapitel von Hand, eines je Zeile: „00:12:30 Was ein Bürgerrat kostet“.",
        ),
    ] = None,
    cut_start: Annotated[
        str, typer.Option(metavar="M:SS", help="So viel vom Anfang wegschneiden, zum Beispiel 3:20.")
    ] = "",
    cut_end: Annotated[str, typer.Option(metavar="M:SS", help="So viel vor dem Ende wegschneiden.")] = "",
    hold: Annotated[
        bool, typer.Option("--hold", help="Erst nach einer Freigabe zeigen und ankündigen.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Eine Aufzeichnung laden, aufbereiten, verschriften, ablegen und ankündigen.

    Bricht ein Lauf ab, setzt derselbe Aufruf ihn hinter dem letzten fertigen
    Schritt fort. Ist die Aufzeichnung schon da, ändert sich nichts.
    """
    source = parse_source_url(url)
    start_seconds, end_seconds = _length(cut_start, "--cut-start"), _length(cut_end, "--cut-end")
    items, by_hand = _read_agenda(agenda), read_chapters_text(_read_by_hand(chapters) or "")
    _prepare()
    known = find_by_url(current_storage(), source.fingerprint)
    if known is not None and known.stage is Stage.ANNOUNCED:
        _show_outcome(known.id, existed=True, announcement=None, as_json=as_json)
        return
    errors.print(f"[bold]{_plain(source.public)}[/]")
    errors.print("  [dim]Prefect wird gestartet …[/]")
    keep_freed_memory()
    from flows.process import process
    from flows.request import ProcessRequest

    secret, when = secret_key(load_settings().settings), day.date() if day else None
    cuts = {"cut_start_seconds": start_seconds, "cut_end_seconds": end_seconds}
    request = ProcessRequest.of(source, secret, title, when, items, by_hand)
    outcome = process(request.model_copy(update={**cuts, "hold": hold}))
    detail = _announced(outcome.announcement) if outcome.announcement else None
    _show_outcome(outcome.record_id, existed=outcome.existed, announcement=detail, as_json=as_json)
    if not as_json:
        _show_agenda(outcome.agenda_outcomes)


def _length(text: str, option: str) -> float:
    """Seconds. Raises typer.BadParameter."""
    try:
        return read_length(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


@app.command("transcribe")
def transcribe_command(
    media: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Video- oder Tondatei.")],
    folder: OutputOption,
    as_json: JsonOption = False,
) -> None:
    """Eine Datei verschriften: transcript.json, dazu Untertitel (VTT, SRT) und Text.

    Am Ende steht, wie gut sie verstanden wurde und welche Stellen auffällig sind.
    """
    _prepare()
    keep_freed_memory()
    from flows.transcribing import transcribe_file
    from transcripts.quality import quality_of
    from transcripts.record import transcript_documents

    transcript = transcribe_file(media)
    written = [
        _write(folder / Path(name).name, text) for name, text in transcript_documents(transcript).items()
    ]
    quality = quality_of(transcript).as_json()
    _show_files(written, as_json=as_json, segments=len(transcript.segments), quality=quality)


@app.command("chapters")
def chapters_command(
    transcripts: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help="Eine oder mehrere NAME.transcript.json."),
    ],
    folder: OutputOption,
    agenda: AgendaOption = None,
    by_hand: Annotated[
        Path | None,
        typer.Option(
            "--by-hand",
            metavar="DATEI",
            help="Bearbeitete chapters.txt: Deren Zeilen sind die Kapitel; geänderte bleiben für immer.",
        ),
    ] = None,
    all_formats: Annotated[
        bool,
        typer.Option("--all-formats", help="Auch chapters.txt, WebVTT, Podlove und Podcast-JSON schreiben."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Kapitel finden: schreibt NAME.chapters.json zu jeder NAME.transcript.json.

    Kapitel, die ein Mensch gesetzt hat und die schon in NAME.chapters.json stehen,
    bleiben, wie sie sind, auch nach einer neuen Verschriftung.
    """
    if by_hand is not None and len(transcripts) > 1:
        raise typer.BadParameter("geht nur mit einer einzigen Mitschrift", param_hint="--by-hand")
    items, edited, settings = _read_agenda(agenda), _read_by_hand(by_hand), load_settings().settings
    from flows.chapter_files import chapters_of, read_chapters

    written: list[Path] = []
    outcomes: list[AgendaOutcome] = []
    for path in transcripts:
        target, transcript = folder / _chapters_name(path), _read_transcript(path)
        made = chapters_of(transcript, items, settings, read_chapters(target), edited)
        outcomes += made.outcomes
        written += _write_chapters(target, path, made.chapters, transcript, all_formats=all_formats)
    _show_files(written, as_json=as_json, agenda=[each.model_dump(mode="json") for each in outcomes])
    if not as_json:
        _show_agenda(outcomes)


def _write_chapters(
    target: Path, source: Path, chapters: tuple[Chapter, ...], transcript: Transcript, *, all_formats: bool
) -> list[Path]:
    """`target` as JSON, beside it the other forms if asked for."""
    from transcripts.record import chapter_documents

    documents = chapter_documents(chapters, _duration_seconds(transcript))
    return [
        _write(target.with_name(_chapters_name(source, name)), text)
        for name, text in documents.items()
        if all_formats or name == CHAPTERS
    ]


@app.command("status")
def status_command(as_json: JsonOption = False) -> None:
    """Zeigen, was im Archiv liegt, was gerade läuft und was gescheitert ist."""
    _prepare()
    from flows.status import archived_recordings, unfinished_runs

    archived, runs = archived_recordings(), unfinished_runs()
    if as_json:
        documents = [each.model_dump(mode="json", by_alias=True) for each in archived]
        print(json.dumps({"records": documents, "runs": [run.as_json() for run in runs]}, ensure_ascii=False))
        return
    from flows.status_text import status_lines

    for line in status_lines(archived, runs):
        output.print(line)


@app.command("doctor")
def doctor_command(as_json: JsonOption = False) -> None:
    """Prüfen, was eingerichtet ist, was fehlt und was dagegen zu tun ist."""
    loaded = _prepare()
    from flows.doctor import Verdict, examine

    findings = examine(loaded)
    marks = {Verdict.GOOD: "[green]✓[/]", Verdict.HINT: "[yellow]![/]", Verdict.BAD: "[red]✗[/]"}
    if as_json:
        rows = [{"subject": f.subject, "verdict": f.verdict, "text": f.text} for f in findings]
        print(json.dumps({"findings": rows}, ensure_ascii=False))
    else:
        for finding in findings:
            output.print(f"{marks[finding.verdict]} {finding.subject:<14} {_plain(finding.text)}")
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(1)


add_announce_commands(app)
add_meeting_commands(app)
add_search_commands(app)
add_archive_commands(app)
add_corrections_command(app)
add_room_command(app)
add_operations_commands(app)


def _prepare() -> LoadedSettings:
    """Read the settings and make Prefect ready; raises SettingsError."""
    loaded = load_settings()
    prepare_prefect(loaded.settings)
    return loaded


def _read_agenda(file: Path | None) -> tuple[str, ...]:
    if file is None:
        return ()
    try:
        return parse_agenda(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise PermanentError("agenda_unreadable", path=str(file)) from error


def _read_transcript(path: Path) -> Transcript:
    try:
        return Transcript.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise PermanentError("transcript_unreadable", path=str(path)) from error


def _read_by_hand(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PermanentError("chapters_unreadable", path=str(file)) from error


def _duration_seconds(transcript: Transcript) -> float:
    spoken = max((segment.end_seconds for segment in transcript.segments), default=0.0)
    return max(transcript.duration_seconds, spoken)


def _chapters_name(path: Path, name: str = CHAPTERS) -> str:
    """`a.transcript.json` -> `a.chapters.json`, `transcript.json` -> `chapters.json`, and so on."""
    if path.name == "transcript.json":
        return name
    return f"{path.name.removesuffix('.json').removesuffix('.transcript')}.{name}"


def _show_agenda(outcomes: Sequence[AgendaOutcome]) -> None:
    """Say which agenda items were skipped, moved or merged."""
    for each in outcomes:
        if each.outcome != "taken_up":
            output.print(_plain(outcome_text(each)))


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    return draft.replace(path)


def _show_files(paths: list[Path], *, as_json: bool, **facts: object) -> None:
    if as_json:
        print(json.dumps({"files": [str(path) for path in paths], **facts}, ensure_ascii=False))
        return
    for path in paths:
        output.print(_plain(str(path)))


def _show_outcome(record_id: str, *, existed: bool, announcement: str | None, as_json: bool) -> None:
    place = current_storage().location(object_key(record_id, ""))
    if as_json:
        facts = {"record": record_id, "location": place, "existed": existed, "announcement": announcement}
        print(json.dumps(facts, ensure_ascii=False))
        return
    output.print("Diese Aufzeichnung ist schon da:" if existed else "Der Mitschnitt liegt hier:")
    output.print(f"  {_plain(place)}")
    if announcement:
        output.print(f"Die Ankündigung: {_plain(announcement)}")


def _announced(entry: LedgerEntry) -> str:
    """How far the announcement has come, and where it went."""
    return f"{delivery_text(entry)} ({entry.detail})" if entry.detail else delivery_text(entry)


def _plain(text: str) -> str:
    """Text that holds no markup for rich."""
    return text.replace("[", "\\[")


if __name__ == "__main__":
    main()
