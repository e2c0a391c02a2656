"""The command line. Everything a person reads here is German; results go to standard output.

Exit status: 0 done, 1 failed with a reason, 2 wrong use. Modules that load
Prefect or the recogniser are imported by the commands that need them, so that
help and mistakes are answered at once.
"""

import json
import sys
from typing import NoReturn

import typer
from rich.markup import escape

from config.loading import SettingsError
from flows.cli.announce_command import add_announce_commands
from flows.cli.archive_commands import add_archive_commands
from flows.cli.corrections_command import add_corrections_command
from flows.cli.documents_command import add_document_commands
from flows.cli.file_commands import add_file_commands
from flows.cli.meetings_command import add_meeting_commands
from flows.cli.news_command import add_news_command
from flows.cli.passcode_prompt import PASSCODE_HINT
from flows.cli.process_command import add_process_command
from flows.cli.search_commands import add_search_commands
from flows.cli.serve_commands import add_operations_commands
from flows.cli.status_command import add_status_commands
from flows.cli.terminal import errors
from flows.serving.room_server import add_room_command
from tasks.storage.folder_modes import keep_to_ourselves
from transcripts.errors.error_kinds import StepError
from transcripts.errors.source_errors import PasscodeNeededError, PasscodeWrongError
from transcripts.sources.recording_choice import Choice, choice_lines, unpacked
from transcripts.wording.error_wording import Again, explain

app = typer.Typer(
    name="mitschnitt",
    help="Macht aus dem Link zur Aufzeichnung eines Treffens eine dauerhafte Seite zum Sehen, Hören und "
    "Lesen, und kündigt sie auf der Mailingliste an.",
    epilog="Einstellungen stehen in mitschnitt.toml (Vorlage: config/mitschnitt.example.toml). "
    "Ende mit 0: erledigt, 1: gescheitert, 2: falscher Aufruf.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
add_process_command(app)
add_file_commands(app)
add_status_commands(app)
add_announce_commands(app)
add_meeting_commands(app)
add_news_command(app)
add_search_commands(app)
add_archive_commands(app)
add_corrections_command(app)
add_document_commands(app)
add_room_command(app)
add_operations_commands(app)


def main() -> None:
    """Run the command line; turn the errors we know into one German sentence and status 1."""
    keep_to_ourselves()
    try:
        app()
    except SettingsError as error:
        _fail(str(error), as_json="--json" in sys.argv, code="settings")
    except StepError as error:
        choices = unpacked(str(error.details.get("choices", "")))
        asks = f" {PASSCODE_HINT}" if isinstance(error, PasscodeNeededError | PasscodeWrongError) else ""
        text = explain(error, Again.BY_HAND) + asks
        _fail(text, as_json="--json" in sys.argv, code=error.code, choices=choices)


def _fail(text: str, *, as_json: bool, code: str, choices: tuple[Choice, ...] = ()) -> NoReturn:
    if as_json:
        offered = {"choices": [each.model_dump(mode="json") for each in choices]} if choices else {}
        print(json.dumps({"error": {"code": code, "message": text, **offered}}, ensure_ascii=False))
    else:
        errors.print(f"[bold red]Fehler:[/] {escape(text)}")
        if choices:
            errors.print(escape(choice_lines(choices)))
    sys.exit(1)


if __name__ == "__main__":
    main()
