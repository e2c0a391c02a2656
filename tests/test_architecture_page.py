"""What docs/architecture.md says of the code is so: its paths, states, and walks."""

import itertools
import re
from enum import StrEnum

import pytest

from flows.jobs.job import JobState
from tests.test_architecture import HOUSE, MODULES, ROOT, imported_modules
from transcripts.model import Stage

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| `([^`]+)` \| `([^`]+)` \|$", PAGE, re.M)
WALK_LENGTHS = {
    "One recording, from the pasted address to the mail": 20,
    "A correction, from the desk to the archive": 10,
    "A query, from the page to the index": 6,
}
ENTRY = re.compile(
    r"^\d+\. `([^`]+)` – [^\n]*?(?: Reached by: ([^\n]+?)\.?)?(?: Imported by: `([^`]+)`\.)?$", re.M
)


def module_at(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def walk(title: str) -> list[tuple[str, str, str]]:
    """Of each entry its path, by what else it is reached, and who imports it if not the one before."""
    (text,) = re.findall(rf"^### {re.escape(title)}\n\n((?:\d+\. .*\n)+)", PAGE, re.M)
    entries = ENTRY.findall(text)
    assert len(entries) == len(text.splitlines())
    return entries


def test_the_table_has_thirty_rows_from_all_rooms() -> None:
    assert len(ROWS) >= 30
    assert {path.split("/")[0] for _, path, _ in ROWS} == set(HOUSE)


@pytest.mark.parametrize(("wish", "path", "sought"), ROWS)
def test_what_is_to_be_changed_stands_where_the_table_says(wish: str, path: str, sought: str) -> None:
    assert sought in (ROOT / path).read_text(encoding="utf-8"), wish


def test_every_path_on_the_page_exists() -> None:
    named = re.findall(r"\b((?:config|transcripts|tasks|flows|bench|tests|docs)/[\w/.]*\w)", PAGE)
    assert len(named) > 80
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("title", WALK_LENGTHS)
def test_a_walk_goes_from_module_to_module(title: str) -> None:
    entries = walk(title)
    assert 1 < len(entries) <= WALK_LENGTHS[title]
    for (before, _, _), (path, reached_by, importer) in itertools.pairwise(entries):
        if not reached_by:
            importing = MODULES[module_at(importer or before)]
            assert module_at(path) in set(imported_modules(importing)), f"{importing} does not import {path}"
        assert importer in {"", *(each for each, _, _ in entries)}, "on this walk"


@pytest.mark.parametrize("title", WALK_LENGTHS)
def test_what_is_reached_otherwise_is_not_imported_by_the_one_before(title: str) -> None:
    entries = walk(title)
    for (before, _, _), (path, reached_by, importer) in itertools.pairwise(entries):
        is_imported = module_at(path) in set(imported_modules(MODULES[module_at(before)]))
        assert not (is_imported and (reached_by or importer)), f"{before} imports {path}: nothing else to say"


@pytest.mark.parametrize(("number", "states"), [(0, Stage), (1, JobState)])
def test_the_diagrams_show_every_state_and_no_other(number: int, states: type[StrEnum]) -> None:
    diagram = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", PAGE, re.S)[number]
    shown = {name for pair in re.findall(r"(\S+) --> ([^\s:]+)", diagram) for name in pair} - {"[*]"}
    assert shown == {each.value for each in states}
