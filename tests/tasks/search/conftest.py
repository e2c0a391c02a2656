"""An empty library for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tasks.search.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "search.sqlite")
    yield opened
    opened.database.close()
