"""Checks the settings before a server starts: with settings that cannot work it stops, reporting every fault.

A server that is away keeps nothing from beginning, for it may be back in a moment; but it is named.
"""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from config.loading import LoadedSettings, SettingsError, load_settings, read_settings
from config.settings import Settings
from flows.doctor.check import Kind, Program

LONGEST_WAIT_SECONDS = 5.0
# What `serve` tells its parts: it has looked already.
CHECKED = "--checked"
CheckedOption = Annotated[bool, typer.Option(CHECKED, hidden=True)]

errors = Console(stderr=True, highlight=False, soft_wrap=True)


def strict_settings(program: Program, *, was_checked: bool = False) -> Settings:
    """The settings with which a program may begin; who does not answer now is named on standard error.

    Raises SettingsError that names every fault.
    """
    if was_checked:
        return load_settings().settings
    loaded = read_settings()
    refuse_faults(loaded, program)
    return loaded.settings


def refuse_faults(loaded: LoadedSettings, program: Program) -> None:
    """Raises SettingsError that names every fault which only a person can mend."""
    from flows.doctor.examination import examine, faults  # the command line begins faster without

    findings = examine(loaded, program, wait_seconds=LONGEST_WAIT_SECONDS)
    wrong = faults(findings, Kind.SETTINGS)
    if wrong:
        lines = [f"- {each.subject}: {each.text}" for each in wrong]
        what = "Mit diesen Einstellungen lässt sich nichts beginnen. Bitte berichtigen:"
        raise SettingsError("\n".join([what, *lines]))
    for each in faults(findings, Kind.NOW):
        errors.print(f"[yellow]![/] {each.subject}: {escape(each.text)}")
