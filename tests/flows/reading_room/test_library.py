"""The library follows its archive, and each room has its own."""

import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path
from threading import Event

import pytest

from flows.reading_room.library import Follower, Library
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.s3_access import S3Access
from tasks.storage.storage_interface import Storage, open_storage
from tests.s3_server import S3Server
from tests.tasks.search.test_index_update import publish_sample
from transcripts.errors.error_kinds import PermanentError

TRANSCRIPT = "versions/transcript/transcript.*.json"


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return open_storage(str(tmp_path / "archive"), S3Access())
    server: S3Server = request.getfixturevalue("s3_server")
    return open_storage(f"s3://{server.bucket}/{tmp_path.name}", server.access)


def test_what_is_filed_is_found_and_what_changes_is_read_anew(storage: Storage, tmp_path: Path) -> None:
    library = Library(storage, tmp_path / "search.sqlite")
    library.catch_up()
    assert library.shelf.find("eins") is None
    assert library.search("Melderegister", limit=10).records == ()
    publish_sample(storage, tmp_path, "eins")
    library.catch_up()
    assert [each.id for each in library.shelf.records] == ["eins"]
    assert library.shelf.records[0].topics
    assert library.search("Melderegister", limit=10).records[0].id == "eins"
    opened = library.reading("eins")
    assert opened
    assert library.reading("eins") is opened
    assert library.reading("zwei") is None


def test_an_index_that_somebody_deletes_is_made_again_at_the_next_look(
    storage: Storage, tmp_path: Path
) -> None:
    publish_sample(storage, tmp_path, "eins")
    library = Library(storage, tmp_path / "room/search.sqlite")
    library.catch_up()
    shutil.rmtree(tmp_path / "room")
    library.catch_up()
    assert library.search("Melderegister", limit=10).record_count == 1


def test_two_rooms_read_one_archive_each_with_its_own_index(storage: Storage, tmp_path: Path) -> None:
    publish_sample(storage, tmp_path, "eins")
    for name in ("a", "b"):
        library = Library(storage, tmp_path / name / "search.sqlite")
        library.catch_up()
        assert library.search("Melderegister", limit=10).record_count == 1


def test_a_follower_takes_in_what_is_filed_while_it_runs(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "archive"), S3Access())
    library = Library(storage, tmp_path / "search.sqlite")
    follower = Follower(library, every_seconds=0.05)
    follower.loop.start()
    publish_sample(storage, tmp_path, "eins")
    wait_for(lambda: [each.id for each in library.shelf.records] == ["eins"])
    wait_for(lambda: library.search("Melderegister", limit=1).record_count == 1)
    follower.loop.stop()


def test_an_archive_that_is_away_leaves_what_is_known(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "archive"), S3Access())
    publish_sample(storage, tmp_path, "eins")
    library = Library(storage, tmp_path / "search.sqlite")
    library.catch_up()
    away = S3Access(endpoint_url="http://127.0.0.1:9", access_key_id="a", secret_access_key="b", region="x")
    library.storage = open_storage("s3://weg/weg", away)
    follower = Follower(library, every_seconds=0.05)
    follower.loop.start()
    assert library.search("Melderegister", limit=1).record_count == 1
    follower.loop.stop()
    assert [each.id for each in library.shelf.records] == ["eins"]


class SlowArchive(FolderStorage):
    """Notes whose transcript is read, each time, and takes its time for it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.read: list[str] = []

    def get_bytes(self, key: str) -> bytes:
        if fnmatch(key, f"recordings/*/{TRANSCRIPT}"):
            self.read.append(key.split("/")[1])
            time.sleep(0.2)
        return super().get_bytes(key)


def test_of_many_readers_of_a_new_record_one_opens_it(tmp_path: Path) -> None:
    storage = SlowArchive(tmp_path / "archive")
    publish_sample(storage, tmp_path, "eins")
    library = Library(storage, tmp_path / "search.sqlite")
    library.catch_up()
    storage.read.clear()
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(library.reading, ["eins"] * 8))
    assert storage.read == ["eins"]
    assert all(page is not None and page is pages[0] for page in pages)


class StuckArchive(FolderStorage):
    """Who reads a transcript first gets no answer until `goes_on`; all others do at once."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.hangs, self.goes_on = Event(), Event()

    def get_bytes(self, key: str) -> bytes:
        if fnmatch(key, f"recordings/*/{TRANSCRIPT}") and not self.hangs.is_set():
            self.hangs.set()
            self.goes_on.wait()
        return super().get_bytes(key)


def test_nobody_waits_long_behind_a_reader_whom_the_archive_does_not_answer(tmp_path: Path) -> None:
    publish_sample(FolderStorage(tmp_path / "archive"), tmp_path, "eins")
    library = Library(FolderStorage(tmp_path / "archive"), tmp_path / "search.sqlite")
    library.catch_up()
    library.storage = storage = StuckArchive(tmp_path / "archive")
    with ThreadPoolExecutor(2) as pool:
        try:
            first = pool.submit(library.reading, "eins")
            assert storage.hangs.wait(timeout=60)
            assert pool.submit(library.reading, "eins").result(timeout=60) is not None
            assert not first.done()
        finally:
            storage.goes_on.set()
    assert first.result() is not None


def test_new_records_are_opened_before_somebody_asks(tmp_path: Path) -> None:
    storage = SlowArchive(tmp_path / "archive")
    publish_sample(storage, tmp_path, "eins")
    storage.read.clear()
    library = Library(storage, tmp_path / "search.sqlite")
    follower = Follower(library, every_seconds=0.05)
    follower.loop.start()
    wait_for(lambda: storage.read == ["eins"] * 2)  # for the index, and to have it open
    publish_sample(FolderStorage(tmp_path / "archive"), tmp_path, "zwei")
    wait_for(lambda: storage.read == ["eins"] * 2 + ["zwei"] * 2)
    assert library.reading("zwei") is not None
    follower.loop.stop()
    assert storage.read == ["eins"] * 2 + ["zwei"] * 2


def test_a_damaged_record_keeps_the_others_from_nothing(tmp_path: Path) -> None:
    storage = SlowArchive(tmp_path / "archive")
    for record_id in ("eins", "zwei"):
        publish_sample(storage, tmp_path, record_id)
    library = Library(storage, tmp_path / "search.sqlite")
    library.catch_up()
    damaged, other = (each.id for each in library.shelf.records)
    (file,) = (tmp_path / "archive/recordings" / damaged).glob(TRANSCRIPT)
    file.write_text("{}")
    storage.read.clear()
    library.open_newest(Event())
    assert storage.read == [damaged, other]
    assert library.reading(other) is not None
    with pytest.raises(PermanentError):
        library.reading(damaged)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
