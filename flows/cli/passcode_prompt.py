"""A passcode given to a command: never as an argument, which others on the machine could read."""

import sys
from getpass import getpass

import typer

from transcripts.pages.desk.recording_form import LONGEST

MOST_CHARACTERS = LONGEST["passcode"]

PASSCODE_HINT = "„--passcode-stdin“ fragt danach, ohne ihn zu zeigen."


def read_passcode() -> str:
    """The first line of the standard input; a terminal asks for it and shows nothing of it.

    Raises typer.BadParameter.
    """
    given = getpass("Kenncode: ") if sys.stdin.isatty() else sys.stdin.readline(MOST_CHARACTERS + 2)
    passcode = given.strip()
    if not passcode or len(passcode) > MOST_CHARACTERS:
        raise typer.BadParameter(
            f"es fehlt der Kenncode, oder er ist länger als {MOST_CHARACTERS} Zeichen",
            param_hint="--passcode-stdin",
        )
    return passcode
