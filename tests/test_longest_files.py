"""The order in which files of tests are begun names files that are there, and is kept."""

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
