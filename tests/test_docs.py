"""Every command, option, setting, make target, template and file that the docs name is there."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from config.settings import Settings
from flows.cli.main import app
from tests.test_architecture import ROOT

PAGES = sorted([*ROOT.glob("docs/*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))])
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.S)
PROGRAM: Any = typer.main.get_command(app)
TABLES = set(Settings.model_fields)
# In the list of meetings, which is a file of its own; and tables of programs that the docs show settings of.
FOREIGN_TABLES = {"exceptions", "Unit", "Service", "Install"}
# What the docs say of libraries.
FUNCTIONS = {"prefect.serve"}
# A file such as `chapters.txt` is no setting.
ENDINGS = {"txt", "json", "vtt", "srt", "xml", "toml", "html", "md"}
FILES = {path.name for path in ROOT.rglob("*") if ".venv" not in path.parts and path.is_file()}
# Options that are not ours stand in lines of other programs.
OUR_OPTIONS = re.compile(r"(?:^|[\s`(])(?:\.venv/bin/)?mitschnitt ([^\n`|#&;]*)")


def code_in(page: Path) -> str:
    return "\n".join(CODE.findall(page.read_text(encoding="utf-8")))


def keys_of(table: str) -> set[str]:
    fields = Settings.model_fields[table].annotation
    assert fields is not None
    return {field.alias or name for name, field in fields.model_fields.items()}


def command_named(words: list[str]) -> Any:
    """The command that a line begins with, through its group if it has one; None where there is none."""
    command: Any = PROGRAM
    for word in words:
        if not hasattr(command, "commands") or word.startswith("-"):
            break
        command = command.commands.get(word)
    return command


def calls() -> list[tuple[str, str]]:
    """Each call of the program in the docs, with its page."""
    return [
        (page.name, call.strip())
        for page in PAGES
        for call in OUR_OPTIONS.findall(code_in(page))
        if call.strip() and re.match(r"[a-z-]", call)
    ]


@pytest.mark.parametrize(("page", "call"), sorted(set(calls())))
def test_a_command_in_the_docs_is_there_with_its_options(page: str, call: str) -> None:
    command = command_named(call.split())
    assert command is not None, page
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert [each for each in re.findall(r"(?<!\S)--[a-z-]+", call) if each not in known] == []


def test_the_docs_name_every_command() -> None:
    named = {call.split()[0] for _, call in calls()}
    assert {name for name, command in PROGRAM.commands.items() if not command.hidden} - named == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_has_what_the_docs_tell_it_to_make(page: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", code_in(page), re.M)) - targets == set()


def test_the_docs_name_what_make_helps_with() -> None:
    helped = set(re.findall(r"^([a-z][a-z-]*):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.M))
    pages = [*PAGES, ROOT / "bench" / "README.md"]
    named = {
        target for page in pages for target in re.findall(r"make ([a-z][a-z-]*)", page.read_text("utf-8"))
    }
    assert helped - named == {"help"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_setting_in_the_docs_is_there(page: Path) -> None:
    code = code_in(page)
    wrong = {
        f"[{table}] {key}"
        for table, key in re.findall(r"(?<![\w\]])\[([a-z_]+)\](?: +([a-z_]+))?", code)
        if table in TABLES and key and key not in keys_of(table)
    }
    wrong |= {
        f"{table}.{key}"
        for table, key in re.findall(r"`([a-z_]+)\.([a-z_]+)[` =]", code)
        if table in TABLES and key not in keys_of(table) | ENDINGS and f"{table}.{key}" not in FUNCTIONS
    }
    wrong |= {
        name
        for name, table, key in re.findall(r"\b(MITSCHNITT_([A-Z_]+?)__([A-Z_]+))\b", code)
        if key.lower() not in (keys_of(table.lower()) if table.lower() in TABLES else ())
    }
    assert wrong == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_toml_table_in_the_docs_is_there(page: Path) -> None:
    tables = re.findall(r"^\[{1,2}(\w+)\]{1,2}$", code_in(page), re.M)
    assert set(tables) - TABLES - FOREIGN_TABLES == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_module_template_or_script_in_the_docs_is_there(page: Path) -> None:
    """By its path, or by its name alone where a page is about a package."""
    code = code_in(page)
    paths = re.findall(r"(?<![\w/.])((?:config|transcripts|tasks|flows|bench|tests|docs)/[\w/.-]*\w)", code)
    gone = {
        path
        for path in paths
        if not is_there(ROOT / path) and not path.startswith(OWN_FILES) and not path.endswith("/KIND")
    }
    gone |= {
        name
        for name in re.findall(r"(?<![\w*.])(\w+\.(?:py|js|css|html))\b", code)
        if name not in FILES | MADE
    }
    gone |= {kind for kind in re.findall(r"\b(\w+)/(?:subject|body|short)\.\w+", code) if not is_mail(kind)}
    assert gone == set()


# What an installation has beside the program, as the docs advise.
OWN_FILES = ("config/mails", "config/meetings.toml", "config/mitschnitt.toml")
# What the archive holds.
MADE = {"index.html"}


def is_mail(kind: str) -> bool:
    return (ROOT / "transcripts" / "mail" / "templates" / kind).is_dir()


def is_there(path: Path) -> bool:
    """A file, or a folder with more in it than what Python has left behind."""
    return path.is_file() or any(path.glob("*[!_]"))
