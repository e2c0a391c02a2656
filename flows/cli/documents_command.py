"""`mitschnitt documents`: hand documents in, list them, release them."""

import json
from typing import Annotated

import typer
from rich.markup import escape

from flows.cli.preparation import prepared_settings
from flows.cli.terminal import JsonOption, errors, output
from flows.composition import resources
from flows.documents.document_request import DocumentRequest
from flows.documents.local_documents import sent_document
from flows.jobs.local_files import named_file
from flows.orchestration.temporary_server import ensure_server
from tasks.archive.document_publishing import release_document, take_back_document
from tasks.archive.document_store import documents
from tasks.clock import utc_now
from transcripts.archive.catalogue import DocumentEntry
from transcripts.archive.layout import DOCUMENTS, is_document
from transcripts.documents.document_order import DocumentOrder
from transcripts.documents.document_record import DocumentKind, DocumentStage
from transcripts.errors.error_kinds import PermanentError
from transcripts.sources.pasted_text import read_pasted
from transcripts.wording.document_wording import KINDS, STAGES, document_facts
from transcripts.wording.error_wording import Again, explain
from transcripts.wording.trace_wording import traces_told

documents_app = typer.Typer(
    name="documents",
    help="Dokumente aus der Praxis: aufnehmen, auflisten, freigeben.",
    no_args_is_help=True,
)
KIND_HELP = ", ".join(f"{kind.value} ({KINDS[kind]})" for kind in DocumentKind)
DocumentArgument = Annotated[str, typer.Argument(metavar="KENNUNG", help="Kennung des Dokuments.")]


def add_document_commands(app: typer.Typer) -> None:
    """Hang the commands into the command line."""
    app.add_typer(documents_app)


@documents_app.command("add")
def add_command(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="DATEI|ADRESSE…", help="Dateien dieses Rechners oder Adressen von Dateien."),
    ],
    title: Annotated[str | None, typer.Option(help="Titel; sonst der, den die Datei nennt.")] = None,
    place: Annotated[str | None, typer.Option(help="Ort; sonst der, den die Datei nennt.")] = None,
    kind: Annotated[DocumentKind | None, typer.Option(help=f"Art: {KIND_HELP}.", show_choices=False)] = None,
    source: Annotated[str | None, typer.Option(help="Woher das Dokument stammt.")] = None,
    release: Annotated[
        bool, typer.Option("--release", help="Sofort freigeben, ohne Durchsicht in der Redaktion.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Dokumente ins Archiv aufnehmen; sie warten dort auf die Freigabe.

    Dieselbe Datei noch einmal führt zum vorhandenen Dokument. Endet mit 1, wenn sich eines nicht
    aufnehmen ließ; die anderen sind dann trotzdem da.
    """
    prepared_settings()
    server = ensure_server()
    from flows.documents.document_flow import DocumentOutcome, document

    server.wait_until_ready()
    known = DocumentOrder(title=title, municipality=place, kind=kind, source=source, release=release)
    taken, failed = [], {}
    for each in sources:
        try:
            asked = _request(each).model_copy(update=_said(known))
            errors.print(f"[bold]{escape(asked.label)}[/]")
            outcome = document(asked)
            if isinstance(outcome, DocumentOutcome):
                taken.append(outcome)
        except PermanentError as error:
            failed[each] = error
    _show_taken(taken, failed, as_json=as_json)
    if failed:
        raise typer.Exit(1)


def _said(known: DocumentOrder) -> dict[str, object]:
    return {name: value for name, value in known.facts.items() if value}


def _request(text: str) -> DocumentRequest:
    """What is meant: a file of this machine, else an address. Raises PermanentError."""
    file = named_file(text)
    if file is not None:
        return sent_document(file, resources().storage)
    return DocumentRequest().at(read_pasted(text).with_its_passcode, resources().secret)


def _show_taken(taken: list, failed: dict[str, PermanentError], *, as_json: bool) -> None:  # type: ignore[type-arg]
    if as_json:
        facts = {
            "documents": [each.model_dump(mode="json") for each in taken],
            "failed": {
                name: {"code": error.code, "message": explain(error)} for name, error in failed.items()
            },
        }
        print(json.dumps(facts, ensure_ascii=False))
        return
    for each in taken:
        known = "schon da" if each.existed else "aufgenommen"
        output.print(f"{escape(each.record_id)}: {known}, {STAGES[each.stage]}")
        if each.traces:
            output.print(f"  {escape(traces_told(each.traces))} Mitglieder bekommen eine Kopie ohne das.")
        if each.stage is DocumentStage.PROPOSED:
            output.print(f"  Freigeben: mitschnitt documents release {escape(each.record_id)}")
    for name, error in failed.items():
        errors.print(f"[bold red]Fehler:[/] {escape(name)}: {escape(explain(error, Again.BY_HAND))}")


@documents_app.command("list")
def list_command(as_json: JsonOption = False) -> None:
    """Alle Dokumente des Archivs zeigen, die neuesten zuerst."""
    found = documents(resources().storage)[::-1]
    if as_json:
        print(json.dumps([each.document.model_dump(mode="json") for each in found], ensure_ascii=False))
        return
    for each in found:
        output.print(escape(_line(each)))
    if not found:
        output.print("Es gibt noch keine Dokumente.")


def _line(entry: DocumentEntry) -> str:
    document = entry.document
    facts = ", ".join(document_facts(document.details, document.page_count))
    return f"{document.id}: {document.details.title} ({facts or '?'}), {STAGES[document.stage]}"


@documents_app.command("release")
def release_command(
    document_id: DocumentArgument,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Die Freigabe zurücknehmen: Mitglieder sehen es nicht mehr.")
    ] = False,
) -> None:
    """Ein Dokument für die Mitglieder freigeben."""
    here = resources()
    record_id = document_id if is_document(document_id) else f"{DOCUMENTS}/{document_id}"
    if take_back:
        record = take_back_document(here.storage, record_id, here.imprint)
    else:
        record = release_document(here.storage, record_id, utc_now(), here.imprint)
    output.print(f"{escape(record.details.title)}: {STAGES[record.stage]}")
