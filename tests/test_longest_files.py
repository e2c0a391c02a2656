"""The order in which files of tests are begun names files that are there, and is kept."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.longest_files import LONGEST_FIRST

TESTS = Path(__file__).parent


def test_each_file_that_is_to_begin_early_is_there_and_named_once() -> None:
    assert [each for each in LONGEST_FIRST if not (TESTS / each).is_file()] == []
    assert len(set(LONGEST_FIRST)) == len(LONGEST_FIRST)


def test_files_are_begun_in_that_order(request: pytest.FixtureRequest) -> None:
    files = [str(item.path.relative_to(TESTS)) for item in request.session.items]
    early = [each for each in dict.fromkeys(files) if each in LONGEST_FIRST]
    assert early == [each for each in LONGEST_FIRST if each in early]


@pytest.mark.parametrize(
    ("minutes", "outcome"), [(None, "2 passed"), ("5", "2 passed"), ("0", "1 passed, 1 skipped")]
)
def test_what_is_long_and_begins_too_late_is_left_out_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, minutes: str | None, outcome: str
) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)  # the time that this run was given is not that one's
    long = f"{TESTS}/test_deployment.py::test_only_what_is_named_reaches_the_build"
    short = f"{__file__}::test_each_file_that_is_to_begin_early_is_there_and_named_once"
    asked = [] if minutes is None else [f"--begin-long-within={minutes}"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *asked, long, short]
    printed = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, check=True).stdout
    assert f" {outcome} in " in printed
    assert ("too slow to begin it within 0 minutes" in printed) == ("skipped" in outcome)
