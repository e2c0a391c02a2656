"""One record of five is damaged in any way: the others are as ever, and it is named."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from config.settings import Settings
from flows.announcing.recording_announcements import content_of
from flows.delivery.deliver_once import Occasion
from flows.reading_room.library import Library
from tasks.archive.archive_copy import copy_record
from tasks.archive.catalogue_store import listed
from tasks.archive.correction_store import Draft, Wish, all_corrections, correct, read_draft
from tasks.archive.pruning import removable
from tasks.archive.publishing import publish, publish_corrections
from tasks.archive.rebuilding import rebuild
from tasks.archive.record_store import read_ledger, read_texts, write_entry
from tasks.archive.verification import verify_archive, verify_record
from tasks.search.index_database import IndexDatabase
from tasks.search.index_update import update_index
from tasks.search.searching import search
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT, WRITER, prepared_entry, small_record, small_transcript
from tests.damage import Damage, damages
from transcripts.archive import layout
from transcripts.archive.layout import new_record_id
from transcripts.corrections.editing import edit_title
from transcripts.errors.error_kinds import DamagedError, StepError

NAMES = ("amsel", "drossel", "fink", "star", "meise")
DAY = date(2026, 11, 19)
IDS = tuple(new_record_id(DAY, name, ()) for name in NAMES)
HURT, SOUND = IDS[2], (*IDS[:2], *IDS[3:])
SETTINGS = Settings.model_validate(
    {"announcement": {"to": "liste@example.org", "from": "wir@example.org", "organisers": "orga@example.org"}}
)
WORDS = dict(zip(IDS, NAMES, strict=True))


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of five records, each with a word of its own, a correction and an entry of its ledger."""
    folder = tmp_path_factory.mktemp("five")
    storage = FolderStorage(folder / "archive")
    for name, record_id in zip(NAMES, IDS, strict=True):
        record = small_record(folder / name, name, name, media_bytes=3000)
        record = replace(record, transcript=small_transcript(f"Eine {name} singt.", "Guten Abend."))
        publish(storage, record, IMPRINT)
        write_entry(storage, record_id, prepared_entry(), None, WRITER, b"Mail")
        correct(storage, record_id, "Ada", _renamed(f"Die {name}"), WRITER)
        publish_corrections(storage, record_id, IMPRINT)
    return storage.root


def _renamed(title: str):  # type: ignore[no-untyped-def]
    def wish(draft: Draft) -> Wish:
        return Wish((edit_title(draft.now, draft.now.title, title),))

    return wish


@given(damage=damages(), place=strategies.integers(0, 1000), turn=strategies.integers(0, 3))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_other_four_are_as_ever_and_the_damaged_one_is_named(
    five: Path, damage: Damage, place: int, turn: int
) -> None:
    with TemporaryDirectory() as folder:
        storage = FolderStorage(Path(folder, "archive"))
        shutil.copytree(five, storage.root)
        files = sorted(each for each in (storage.root / "recordings" / HURT).rglob("*") if each.is_file())
        file = files[place % len(files)]
        before = file.read_bytes()
        damage.do(file)
        is_changed = not file.is_file() or damage.kind == "endless" or file.read_bytes() != before
        _assert_the_others_are_as_ever(storage, Path(folder), SOUND[turn])
        if is_changed:
            _assert_it_is_named(
                storage, Path(folder), is_noted=damage.is_noted or file.name == "manifest.json"
            )
        _assert_nothing_else_falls(storage, Path(folder))


def _assert_the_others_are_as_ever(storage: FolderStorage, folder: Path, corrected: str) -> None:
    index = folder / "search.sqlite"
    update_index(index, storage)
    assert set(SOUND) <= {each.recording.id for each in listed(storage).entries}
    library = Library(storage, index)
    library.catch_up()
    correct(storage, corrected, "Ada", _renamed("Neu betitelt"), WRITER)
    publish_corrections(storage, corrected, IMPRINT)
    for record_id in SOUND:
        assert [each.id for each in found(index, WORDS[record_id])] == [record_id]
        assert WORDS[record_id] in read_texts(storage, record_id).transcript.segments[0].text
        assert library.reading(record_id) is not None
        assert verify_record(storage, record_id, deep=True) == []
        assert content_of(SETTINGS, storage, record_id, Occasion(1)).rendered.subject
    assert copy_record(storage, FolderStorage(folder / "copy"), corrected).objects
    assert read_texts(storage, corrected).recording.title == "Neu betitelt"
    assert sum(1 for _ in all_corrections(storage)) >= len(SOUND)


def found(index: Path, word: str):  # type: ignore[no-untyped-def]
    database = IndexDatabase.for_reading(index)
    try:
        return search(database, word, limit=5).records
    finally:
        database.close()


def _assert_it_is_named(storage: FolderStorage, folder: Path, *, is_noted: bool) -> None:
    findings = {each.record_id for each in verify_archive(storage, IMPRINT, deep=True)}
    assert not findings & set(SOUND)
    if HURT in findings:
        return
    assert is_noted, "it was damaged, and nobody says so"
    # What a manifest vouches for may have become something else that makes sense.
    read_texts(storage, HURT)
    read_draft(storage, HURT)
    read_ledger(storage, HURT)
    assert update_index(folder / "anew.sqlite", storage).unreadable == {}


def _assert_nothing_else_falls(storage: FolderStorage, folder: Path) -> None:
    """Whatever is done with the damaged record, it is refused in words."""
    list(removable(storage, datetime.now(UTC) + timedelta(days=1)))
    for attempt in (
        lambda: content_of(SETTINGS, storage, HURT, Occasion(1)),
        lambda: correct(storage, HURT, "Ada", _renamed("Anders"), WRITER),
        lambda: copy_record(storage, FolderStorage(folder / "other"), HURT),
        lambda: rebuild(storage, HURT, IMPRINT),
    ):
        try:
            attempt()
        except (StepError, KeyError):
            continue


def test_a_time_before_the_beginning_stops_neither_search_nor_room(five: Path, tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "archive")
    shutil.copytree(five, storage.root)
    manifest = storage.root / "recordings" / HURT / "manifest.json"
    (transcript,) = (manifest.parent / "versions" / "transcript").glob("transcript.*.json")
    text = transcript.read_text(encoding="utf-8").replace('"start_seconds": 10.0', '"start_seconds": -3.0')
    assert "-3.0" in text
    Damage("bytes", text.encode(), is_noted=True).do(transcript)
    told: list[DamagedError] = []
    library = Library(storage, tmp_path / "search.sqlite", told.append)
    library.catch_up()
    library.catch_up()
    assert [each.id for each in library.search("Amsel", limit=5).records] == [IDS[0]]
    assert [error.details["record"] for error in told] == [HURT]
    assert list(library.damaged) == [HURT]
    findings = {(each.place, each.damage.value) for each in verify_record(storage, HURT, deep=True)}
    assert (layout.TRANSCRIPT, "unreadable") in findings
