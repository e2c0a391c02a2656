"""An agenda and chapters set by hand, as files given to a command; and what became of the agenda's items."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from flows.cli.input_files import given_text
from flows.cli.terminal import errors, output
from transcripts.agendas.agenda_reading import read_agenda as understand
from transcripts.agendas.agenda_text import agenda_as_text
from transcripts.agendas.agenda_values import Agenda
from transcripts.errors.input_errors import AgendaUnreadableError, ChaptersUnreadableError
from transcripts.model import AgendaOutcome
from transcripts.speech.meeting_terms import given_terms
from transcripts.wording.error_wording import outcome_text

NO_AGENDA = Agenda()

AgendaOption = Annotated[
    Path | None,
    typer.Option(
        "--agenda",
        metavar="DATEI",
        help="Tagesordnung als Textdatei, so wie sie in der Mail oder Tabelle steht.",
    ),
]


TermsOption = Annotated[
    str,
    typer.Option(
        "--terms",
        metavar="LISTE",
        help="Namen und Begriffe, die fallen, mit Kommas getrennt: „Rosa Thaler, Losverfahren“.",
    ),
]


def read_terms(text: str, agenda: Agenda = NO_AGENDA) -> tuple[str, ...]:
    """Terms for the recogniser, with those who are named in the agenda. Raises typer.BadParameter."""
    try:
        return given_terms(text, agenda.people)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--terms") from None


def read_agenda(file: Path | None) -> Agenda:
    """An agenda's items, in order; none without a file. Says what was understood.

    Raises AgendaUnreadableError, AgendaLineError, AgendaLongError.
    """
    if file is None:
        return NO_AGENDA
    agenda = understand(given_text(file, AgendaUnreadableError))
    _show_understood(agenda)
    return agenda


def _show_understood(agenda: Agenda) -> None:
    """Each item with its parts, beside the results."""
    count = "1 Punkt" if len(agenda.items) == 1 else f"{len(agenda.items)} Punkte"
    errors.print(f"Tagesordnung, so verstanden ({count}):")
    for line in agenda_as_text(agenda).splitlines():
        errors.print(f"  {escape(line)}")


def read_edited_chapters(file: Path | None) -> str | None:
    """Chapters as a person wrote them. Raises ChaptersUnreadableError."""
    return given_text(file, ChaptersUnreadableError) if file else None


def show_agenda(outcomes: Sequence[AgendaOutcome]) -> None:
    """Say which agenda items were skipped, moved or merged."""
    for each in outcomes:
        if each.outcome != "taken_up":
            output.print(escape(outcome_text(each)))
