"""Connections to the index are kept, but never beyond the index they belong to."""

from pathlib import Path

import pytest

from flows.reading_room.open_indexes import OpenIndexes
from tasks.search.index_database import IndexDatabase
from tasks.search.searching import search
from tests.tasks.search.library import Library, meeting
from transcripts.errors.error_kinds import PermanentError


def found(indexes: OpenIndexes, query: str) -> int:
    with indexes.lend() as database:
        return search(database, query).record_count


def test_a_connection_is_kept_and_sees_what_others_write(tmp_path: Path) -> None:
    indexes = OpenIndexes(tmp_path / "search.sqlite")
    writer = Library(tmp_path / "search.sqlite")
    writer.add(meeting("eins", "Ein Bürgerrat wird gelost."))
    with indexes.lend() as first:
        pass
    assert found(indexes, "Bürgerrat") == 1
    writer.add(meeting("zwei", "Der zweite Bürgerrat tagt."))
    assert found(indexes, "Bürgerrat") == 2
    with indexes.lend() as again:
        assert again is first
    indexes.close()
    writer.database.close()


def test_two_questions_at_once_have_a_connection_each(tmp_path: Path) -> None:
    Library(tmp_path / "search.sqlite").database.close()
    indexes = OpenIndexes(tmp_path / "search.sqlite")
    with indexes.lend() as one, indexes.lend() as other:
        assert one is not other
    indexes.close()


def test_an_index_built_anew_is_asked_at_once(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    old = Library(path)
    old.add(meeting("eins", "Ein Bürgerrat wird gelost."))
    indexes = OpenIndexes(path)
    assert found(indexes, "Bürgerrat") == 1
    old.database.close()
    IndexDatabase.delete(path)
    with pytest.raises(PermanentError, match="index_unusable"):
        found(indexes, "Bürgerrat")
    new = Library(path)
    assert found(indexes, "Bürgerrat") == 0
    new.database.close()
    indexes.close()
