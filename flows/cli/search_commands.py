"""`mitschnitt search` and `mitschnitt reindex`: the index of this machine, asked and brought up to date.

Loads no Prefect, so that an answer is there at once.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from flows.cli.terminal import JsonOption, errors, output
from flows.composition import index_file, record_url, resources
from tasks.search.index_database import IndexDatabase
from tasks.search.index_update import IndexChanges, update_index
from tasks.search.searching import search
from tasks.storage.storage_interface import Storage
from transcripts.archive.layout import is_document
from transcripts.documents.document_record import DocumentKind
from transcripts.errors.archive_errors import IndexUnusableError
from transcripts.errors.error_kinds import TemporaryError
from transcripts.search.excerpts import excerpt
from transcripts.search.passage_links import link_to
from transcripts.search.place_names import PLACE_NAMES
from transcripts.search.search_answer import Answer, FoundRecord, Passage
from transcripts.search.search_choice import Choice, Medium
from transcripts.wording.document_wording import KINDS, page_name
from transcripts.wording.error_wording import explain
from transcripts.wording.german_formats import format_clock, format_date_de


def add_search_commands(app: typer.Typer) -> None:
    """Hang both commands into the command line."""
    app.command("search")(search_command)
    app.command("reindex")(reindex_command)


def search_command(
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="SUCHE",
            help='Wörter, "Wortfolgen", Wortanfänge* und, hinter --, -Ausgeschlossenes.',
            show_default=False,
        ),
    ],
    limit: Annotated[
        int, typer.Option(min=1, max=1000, help="Höchstens so viele Aufzeichnungen und Dokumente.")
    ] = 10,
    medium: Annotated[
        Medium | None, typer.Option(help="Nur in Aufzeichnungen (recording) oder Dokumenten (document).")
    ] = None,
    kind: Annotated[DocumentKind | None, typer.Option(help="Nur Dokumente dieser Art.")] = None,
    municipality: Annotated[
        str | None, typer.Option("--place", metavar="ORT", help="Nur Dokumente von dort.")
    ] = None,
    year: Annotated[int | None, typer.Option(metavar="JAHR", help="Nur aus diesem Jahr.")] = None,
    as_json: JsonOption = False,
) -> None:
    """In allen Aufzeichnungen und Dokumenten suchen, auf die Sekunde und den Absatz genau.

    Beugung, Umlaute, Groß- und Kleinschreibung spielen keine Rolle: „Bürgerräten“ findet „Bürgerrat“,
    und „Rat“ findet auch „Gemeinderat“. Was neu im Archiv ist, wird vorher aufgenommen.
    """
    settings, storage = resources().settings, resources().storage
    index = index_file(settings)
    _catch_up(index, storage)
    choice = Choice(medium, kind, municipality, year)
    try:
        answer = _answer(index, " ".join(query), limit, choice)
    except IndexUnusableError:
        IndexDatabase.delete(index)  # damaged where catching up did not look
        _catch_up(index, storage)
        answer = _answer(index, " ".join(query), limit, choice)
    urls = {each.id: record_url(settings, storage, each.id) for each in answer.records}
    if as_json:
        rows = [_row(record, passage, urls) for record in answer.records for passage in record.passages]
        print(json.dumps({"results": rows}, ensure_ascii=False))
    else:
        _show(answer, urls)


def reindex_command(
    anew: Annotated[bool, typer.Option("--anew", help="Das Verzeichnis ganz neu anlegen.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Das Verzeichnis der Suche an das Archiv angleichen: Neues, Geändertes und Entferntes.

    Anders als vor jeder Suche wird jede Aufzeichnung angesehen, auch wenn der Katalog nichts Neues von ihr
    weiß. Unverändertes wird nicht angerührt; während es läuft, kann weiter gesucht werden.
    """
    settings = resources().settings
    index = index_file(settings)
    if anew:
        IndexDatabase.delete(index)
    with errors.status("Die Aufzeichnungen werden gelesen …") as status:
        changes = update_index(
            index,
            resources().storage,
            lambda done, whole: status.update(f"Aufzeichnung {done} von {whole} wird aufgenommen …"),
            closely=True,
        )
    if as_json:
        print(json.dumps(_changes_json(changes), ensure_ascii=False))
    else:
        _show_changes(changes)
    if changes.unreadable:
        raise typer.Exit(1)


def _answer(index: Path, query: str, limit: int, choice: Choice) -> Answer:
    database = IndexDatabase.for_reading(index)
    try:
        return search(database, query, limit=limit, choice=choice)
    finally:
        database.close()


def _catch_up(index: Path, storage: Storage) -> None:
    """Take in what is new; while the archive is away, what is known can still be searched."""
    try:
        changes = update_index(index, storage)
    except TemporaryError as error:
        if not index.exists():
            raise
        errors.print(Text(explain(error), "yellow"))
        return
    _warn_of_unreadable(changes)


def _row(record: FoundRecord, passage: Passage, urls: dict[str, str]) -> dict[str, Any]:
    return {
        "record": record.id,
        "title": record.title,
        **_where(record, passage),
        "text": passage.text,
        "url": _link(record, passage, urls),
    }


def _where(record: FoundRecord, passage: Passage) -> dict[str, Any]:
    if not is_document(record.id):
        return {"start_seconds": passage.start_seconds}
    spot = passage.spot
    return {"page": spot.page or None if spot else None, "paragraph": spot.paragraph if spot else None}


def _link(record: FoundRecord, passage: Passage, urls: dict[str, str]) -> str:
    return link_to(urls[record.id], passage, is_document=is_document(record.id))


def _show(answer: Answer, urls: dict[str, str]) -> None:
    if not answer.records:
        output.print("Nichts gefunden.")
        return
    if answer.corrections:
        output.print(Text(f"Gesucht wurde nach: {', '.join(answer.corrections)}", "yellow"))
    if not answer.has_all_words:
        output.print(Text("Alle Wörter zusammen kommen nirgends vor; hier fehlt jeweils etwas.", "yellow"))
    for record in answer.records:
        output.print(Text(f"{record.title} ({_facts(record)})", "bold"))
        for passage in record.passages:
            output.print(_passage_line(record, passage))
            output.print(Text(f"            {_link(record, passage, urls)}", "dim"))
    output.print(_count_line(answer))


def _facts(record: FoundRecord) -> str:
    if not is_document(record.id):
        return format_date_de(record.recorded_on)
    facets = record.facets
    kind = KINDS[DocumentKind(facets.kind)] if facets.kind else ""
    return ", ".join(each for each in ("Dokument", kind, facets.municipality, str(facets.year or "")) if each)


def _passage_line(record: FoundRecord, passage: Passage) -> Text:
    page = page_name(passage.spot.page) if passage.spot else ""
    where = page if is_document(record.id) else format_clock(passage.start_seconds)
    place = PLACE_NAMES[passage.place]
    prefix = f"  {where:<8}  {place}{': ' if place else ''}"
    passage = excerpt(passage) if passage.spot else passage
    line = Text(prefix + passage.text)
    for mark in passage.marks:
        line.stylize("bold green", len(prefix) + mark.start, len(prefix) + mark.end)
    return line


def _count_line(answer: Answer) -> Text:
    shown, whole = len(answer.records), answer.record_count
    about = "" if answer.is_counted else "mindestens "
    has_documents = any(is_document(each.id) for each in answer.records)
    if whole == 1:
        return Text(f"1 {'Dokument' if has_documents else 'Aufzeichnung'} gefunden.", "dim")
    rest = f", die besten {shown} stehen oben" if shown < whole else ""
    names = "Aufzeichnungen und Dokumente" if has_documents else "Aufzeichnungen"
    found = f"{about}{whole} {names} gefunden{rest}."
    return Text(found[0].upper() + found[1:], "dim")


def _changes_json(changes: IndexChanges) -> dict[str, list[str]]:
    return {
        "added": list(changes.added),
        "replaced": list(changes.replaced),
        "dropped": list(changes.dropped),
        "unreadable": list(changes.unreadable),
    }


def _show_changes(changes: IndexChanges) -> None:
    counts = {"neu": changes.added, "erneuert": changes.replaced, "entfernt": changes.dropped}
    parts = [f"{len(ids)} {name}" for name, ids in counts.items() if ids]
    output.print(f"Das Verzeichnis ist auf dem Stand des Archivs ({', '.join(parts) or 'nichts zu tun'}).")
    _warn_of_unreadable(changes)


def _warn_of_unreadable(changes: IndexChanges) -> None:
    for record_id, error in changes.unreadable.items():
        errors.print(Text(f"Nicht lesbar und darum nicht auffindbar: {record_id}", "yellow"))
        errors.print(Text(f"    {explain(error)}", "yellow"))
