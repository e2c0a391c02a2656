"""What people type and what comes from outside is read in time proportional to its length.

Every pattern of the program is a constant of its module, so that the walk here finds it, and is timed on
runs that would make it slow. pydantic's patterns (`Field(pattern=…)`) are not among them: its engine is
linear by construction.
"""

import ast
import importlib
import re
from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from tests.test_architecture import HOUSE, ROOT, modules_of
from tests.time_per_character import Reader
from tests.worst_inputs import CLASSES, AnyPattern, Run, beginnings_of, pieces_of, runs

MODULES = [path for room in HOUSE for path in modules_of(room)]
METHODS = {"match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
# Functions that may make a pattern, with the reason.
MAKERS = {
    "config/loading.py:_line_of": "for the key that is wrong; settings are the administrator's own",
    "transcripts/corrections/editing.py:pattern": "for what is sought; timed as `Sought.replaced`",
    "transcripts/speech/hallucinated_phrases.py:_any_of": "for constants of its module only",
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")


def holds_patterns(path: Path) -> bool:
    return "re.compile(" in path.read_text(encoding="utf-8") or path.name == "hallucinated_phrases.py"


def patterns_in(value: object) -> Iterator[AnyPattern]:
    """The patterns of a module's variable, also within tuples and tables."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from patterns_in((*value.keys(), *value.values()))
    elif isinstance(value, (tuple, list, set, frozenset)):
        for each in value:
            yield from patterns_in(each)


def methods_of(name: str, path: Path) -> set[str]:
    """How the pattern of this name is used: in its module, or in all if public; else it is searched for."""
    users = [path] if name.startswith("_") else MODULES
    return set().union(*(uses_in(each)[name] for each in users)) or {"search"}


@cache
def uses_in(path: Path) -> dict[str, set[str]]:
    """The methods called on each name."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
            found[node.value.id].add(node.attr)
    return found


def used(pattern: re.Pattern[Any], method: str, text: str) -> None:
    """Use the pattern on the text, to the end of the text."""
    subject = text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")
    if method in ("match", "search", "fullmatch"):
        getattr(pattern, method)(subject)
    else:
        deque(pattern.finditer(subject), maxlen=0)


def candidates(pattern: AnyPattern) -> Iterator[Run]:
    """The runs that may make this pattern slow."""
    yield from runs(pieces_of(pattern))
    yield from runs(CLASSES, beginnings_of(pattern))


PATTERNED = [path for path in MODULES if holds_patterns(path)]


@pytest.mark.parametrize("path", PATTERNED, ids=named)
def test_every_pattern_is_linear_in_the_text(path: Path) -> None:
    found: dict[str, list[str]] = {}
    for name, value in vars(importlib.import_module(named(path))).items():
        for number, pattern in enumerate(patterns_in(value)):
            for method in methods_of(name, path):
                slow = Reader(partial(used, pattern, method)).complaints(candidates(pattern))
                found |= {f"{name}[{number}].{method}": slow} if slow else {}
    assert found == {}


def test_every_pattern_is_a_constant_of_its_module() -> None:
    offenders = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        place = path.relative_to(ROOT)
        functions = [
            each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        offenders += [
            f"{place}:{function.name}"
            for function in functions
            if any(called_of_re(node) for node in ast.walk(function))
            and f"{place}:{function.name}" not in MAKERS
        ]
        offenders += [
            f"{place}: re.{name}" for node in ast.walk(tree) if (name := called_of_re(node)) in METHODS
        ]
    assert offenders == []


def called_of_re(node: ast.AST) -> str | None:
    """What of the module `re` is called here to make or use a pattern."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        of, name = node.func.value, node.func.attr
        if isinstance(of, ast.Name) and of.id == "re" and name in METHODS | {"compile"}:
            return name
    return None
