"""`mitschnitt search` and `mitschnitt reindex`: the index of this machine, asked and brought up to date.

Loads no Prefect, so that an answer is there at once.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from flows.places import current_settings, current_storage, index_file, record_url
from tasks.search_index import IndexChanges, update_index
from tasks.storage import Storage
from transcripts.errors import TemporaryError
from transcripts.formats import format_clock, format_date_de
from transcripts.links import link_at
from transcripts.search.database import IndexDatabase
from transcripts.search.passages import Place
from transcripts.search.searching import Answer, FoundRecord, Passage, search
from transcripts.wording import explain

output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

PLACE_NAMES = {
    Place.SPEECH: "",
    Place.TITLE: "Titel: ",
    Place.CHAPTER: "Kapitel: ",
    Place.AGENDA: "Tagesordnung: ",
    Place.SPEAKER: "Es spricht: ",
}

JsonOption = Annotated[bool, typer.Option("--json", help="Ausgabe für Programme.")]


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
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Höchstens so viele Mitschnitte.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """In allen Mitschnitten suchen, auf die Sekunde genau.

    Beugung, Umlaute, Groß- und Kleinschreibung spielen keine Rolle: „Bürgerräten“ findet „Bürgerrat“,
    und „Rat“ findet auch „Gemeinderat“. Was neu im Archiv ist, wird vorher aufgenommen.
    """
    settings, storage = current_settings(), current_storage()
    index = index_file(settings)
    _catch_up(index, storage)
    database = IndexDatabase.for_reading(index)
    try:
        answer = search(database, " ".join(query), limit=limit)
    finally:
        database.close()
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

    Anders als vor jeder Suche wird jeder Mitschnitt angesehen, auch wenn der Katalog nichts Neues von ihm
    weiß. Unverändertes wird nicht angerührt; während es läuft, kann weiter gesucht werden.
    """
    settings = current_settings()
    index = index_file(settings)
    if anew:
        IndexDatabase.delete(index)
    with errors.status("Die Mitschnitte werden gelesen …") as status:
        changes = update_index(
            index,
            current_storage(),
            lambda done, whole: status.update(f"Mitschnitt {done} von {whole} wird aufgenommen …"),
            closely=True,
        )
    if as_json:
        print(json.dumps(_changes_json(changes), ensure_ascii=False))
    else:
        _show_changes(changes)
    if changes.unreadable:
        raise typer.Exit(1)


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
        "start_seconds": passage.start_seconds,
        "text": passage.text,
        "url": link_at(urls[record.id], passage.start_seconds),
    }


def _show(answer: Answer, urls: dict[str, str]) -> None:
    if not answer.records:
        output.print("Nichts gefunden.")
        return
    if answer.corrections:
        output.print(Text(f"Gesucht wurde nach: {', '.join(answer.corrections)}", "yellow"))
    if not answer.has_all_words:
        output.print(Text("Alle Wörter zusammen kommen nirgends vor; hier fehlt jeweils etwas.", "yellow"))
    for record in answer.records:
        output.print(Text(f"{record.title} ({format_date_de(record.recorded_on)})", "bold"))
        for passage in record.passages:
            output.print(_passage_line(passage))
            output.print(Text(f"            {link_at(urls[record.id], passage.start_seconds)}", "dim"))
    output.print(_count_line(answer))


def _passage_line(passage: Passage) -> Text:
    prefix = f"  {format_clock(passage.start_seconds)}  {PLACE_NAMES[passage.place]}"
    line = Text(prefix + passage.text)
    for mark in passage.marks:
        line.stylize("bold green", len(prefix) + mark.start, len(prefix) + mark.end)
    return line


def _count_line(answer: Answer) -> Text:
    shown, whole = len(answer.records), answer.record_count
    about = "" if answer.is_counted else "mindestens "
    if whole == 1:
        return Text("1 Mitschnitt gefunden.", "dim")
    rest = f", die besten {shown} stehen oben" if shown < whole else ""
    return Text(f"{about}{whole} Mitschnitte gefunden{rest}.".capitalize(), "dim")


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
    for record_id in changes.unreadable:
        errors.print(Text(f"Nicht lesbar und darum nicht auffindbar: {record_id}", "yellow"))
