"""The command for the mail "Neues im Archiv": what was told, and what the next one says."""

from typing import Annotated

import typer

from flows.cli.announce_command import Resolution, announce_command
from transcripts.archive.layout import DIGEST


def add_news_command(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("news")(news_command)


def news_command(
    preview: Annotated[
        bool, typer.Option("--preview", help="Die nächste Mail zeigen und als Text, HTML und .eml ablegen.")
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help="Jetzt verschicken, was neu ist; höchstens einmal in der Woche.")
    ] = False,
    test: Annotated[
        str | None, typer.Option("--test", metavar="ADRESSE", help="Zur Probe nur an diese Adresse schicken.")
    ] = None,
    resolution: Annotated[
        Resolution | None,
        typer.Option("--resolve", help="Klären, was ungewiss ist: Es wurde verschickt, oder eben nicht."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Ausgabe für Programme.")] = False,
) -> None:
    """Zeigen, was an „Neues im Archiv“ verschickt wurde; die nächste Mail ansehen, erproben, freigeben.

    Mit „enabled = true“ unter [digest] geschieht das von selbst, solange `mitschnitt serve` läuft. Jedes
    Dokument und jede Aufzeichnung wird genau einmal genannt.
    """
    announce_command(
        DIGEST, preview=preview, send=send, test=test, changed=None,
        resolution=resolution, channel=None, as_json=as_json,
    )  # fmt: skip
