"""`mitschnitt process`: from a recording's address, or a file of this machine, to its published record."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from flows.cli.agenda_option import (
    AgendaOption,
    TermsOption,
    read_agenda,
    read_edited_chapters,
    read_terms,
    show_agenda,
)
from flows.cli.passcode_prompt import read_passcode
from flows.cli.preparation import prepared_settings
from flows.cli.recording_argument import recording_argument, request_for
from flows.cli.terminal import JsonOption, errors, output
from flows.composition import resources
from flows.orchestration.temporary_server import ensure_server
from tasks.archive.record_store import find_by_url
from tasks.processes.module_loading import loading
from tasks.recognition.freed_memory import keep_freed_memory
from transcripts.archive.layout import object_key
from transcripts.chapters.chapter_formats import read_chapters_text
from transcripts.hold_reasons import HoldReason
from transcripts.mail.delivery_wording import delivery_text
from transcripts.mail.ledger import LedgerEntry
from transcripts.model import Stage
from transcripts.pages.desk.recording_form import read_length
from transcripts.wording.hold_wording import explain_hold, hold_lines


def add_process_command(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("process")(process_command)


def process_command(
    url: Annotated[
        str,
        typer.Argument(
            help="Adresse der Aufzeichnung, auch mit dem Text der Mail darum herum; oder eine Datei.",
            show_default=False,
        ),
    ],
    title: Annotated[str | None, typer.Option(help="Titel; sonst der Titel der Quelle.")] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d", "%d.%m.%Y"],
            help="Tag des Treffens; sonst der, den die Quelle nennt.",
        ),
    ] = None,
    agenda: AgendaOption = None,
    terms: TermsOption = "",
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
    track: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="NUMMER",
            help="Welche Tonspur gemeint ist, wenn es mehrere gibt; sonst die, in der gesprochen wird.",
        ),
    ] = None,
    passcode_stdin: Annotated[
        bool,
        typer.Option(
            "--passcode-stdin",
            help="Den Kenncode oder das Passwort der Freigabe von der Standardeingabe lesen; "
            "in einem Terminal wird danach gefragt.",
        ),
    ] = False,
    hold: Annotated[
        bool, typer.Option("--hold", help="Erst nach einer Freigabe zeigen und ankündigen.")
    ] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="Was noch auf die Freigabe wartet, mit diesen Angaben noch einmal verarbeiten."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Eine Aufzeichnung laden, aufbereiten, verschriften, ablegen und ankündigen.

    Bricht ein Lauf ab, setzt derselbe Aufruf ihn hinter dem letzten fertigen
    Schritt fort. Ist die Aufzeichnung schon da, ändert sich nichts.
    """
    passcode = read_passcode() if passcode_stdin else None
    handed = recording_argument(url, resources().settings.fetch.max_size_gb, passcode)
    start_seconds, end_seconds = _length(cut_start, "--cut-start"), _length(cut_end, "--cut-end")
    items, by_hand = read_agenda(agenda), read_chapters_text(read_edited_chapters(chapters) or "")
    expected = read_terms(terms, items)
    prepared_settings()
    known = find_by_url(resources().storage, handed.source.fingerprint)
    if known is not None and known.stage is Stage.ANNOUNCED:
        _show_outcome(known.id, existed=True, announcement=None, as_json=as_json)
        return
    errors.print(f"[bold]{escape(str(handed.file or handed.source.public))}[/]")
    server = ensure_server()
    keep_freed_memory()
    with loading():
        from flows.pipeline.recording_flow import process

    server.wait_until_ready()
    about = {"title": title, "recorded_on": day.date() if day else None, "agenda": items.titles}
    cuts = {"cut_start_seconds": start_seconds, "cut_end_seconds": end_seconds}
    wishes = {"chapters": by_hand, "terms": expected, "track": track, "hold": hold, "again": again}
    request = request_for(handed, resources().secret, resources().storage)
    outcome = process(request.model_copy(update={**about, **cuts, **wishes}))
    detail = _announced(outcome.announcement) if outcome.announcement else None
    _show_outcome(
        outcome.record_id,
        existed=outcome.existed,
        announcement=detail,
        as_json=as_json,
        reasons=outcome.hold_reasons,
    )
    if not as_json:
        show_agenda(outcome.agenda_outcomes)


def _length(text: str, option: str) -> float:
    """Seconds. Raises typer.BadParameter."""
    try:
        return read_length(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def _show_outcome(
    record_id: str,
    *,
    existed: bool,
    announcement: str | None,
    as_json: bool,
    reasons: Sequence[HoldReason] = (),
) -> None:
    place = resources().storage.location(object_key(record_id, ""))
    if as_json:
        facts = {"record": record_id, "location": place, "existed": existed, "announcement": announcement}
        print(json.dumps(facts | _held_facts(reasons), ensure_ascii=False))
        return
    output.print("Diese Aufzeichnung ist schon da:" if existed else "Die Aufzeichnung liegt hier:")
    output.print(f"  {escape(place)}")
    if announcement:
        output.print(f"Die Ankündigung: {escape(announcement)}")
    if reasons:
        output.print("Vor der Freigabe bitte ansehen:")
        for line in hold_lines(reasons):
            output.print(f"  {escape(line)}")
        output.print(f"Danach freigeben: mitschnitt announce {escape(record_id)} --send")


def _held_facts(reasons: Sequence[HoldReason]) -> dict[str, object]:
    """Why a record is held, for programs; nothing where nothing is doubtful."""
    told = [each.model_dump() | {"text": explain_hold(each)} for each in reasons]
    return {"hold_reasons": told} if told else {}


def _announced(entry: LedgerEntry) -> str:
    """How far the announcement has come, and where it went."""
    return f"{delivery_text(entry)} ({entry.detail})" if entry.detail else delivery_text(entry)
