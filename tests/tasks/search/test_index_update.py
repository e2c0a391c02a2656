"""The index follows the archive, in a folder and in a bucket."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.document_publishing import change_document
from tasks.archive.next_version import Replacement
from tasks.archive.publishing import publish, replace_content
from tasks.archive.record_store import put_beside, read_manifest
from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import Noted
from tasks.search.index_update import IndexChanges, update_index
from tasks.search.searching import search
from tasks.storage.s3_access import S3Access
from tasks.storage.s3_storage import S3Storage
from tasks.storage.storage_interface import Storage, open_storage
from tests.archive_records import IMPRINT, WRITER
from tests.s3_server import S3Server
from tests.sample_documents import MODEL_MOTION, model_motion, publish_sample_document
from tests.sample_record import sample_chapters, sample_recording, sample_transcript
from transcripts.archive import layout
from transcripts.documents.document_record import DocumentStage
from transcripts.errors.error_kinds import PermanentError
from transcripts.media.media_values import LocalFile, Media
from transcripts.model import Transcript
from transcripts.records.record import Record


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return open_storage(str(tmp_path / "archive"), S3Access())
    server: S3Server = request.getfixturevalue("s3_server")
    return open_storage(f"s3://{server.bucket}/{tmp_path.name}", server.access)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "work/search.sqlite"


def publish_sample(storage: Storage, tmp_path: Path, record_id: str, text: str | None = None) -> None:
    """The sample meeting as a record, all of it said as `text` when given."""
    sound = tmp_path / "sound"
    sound.write_bytes(b"sound")
    transcript = sample_transcript()
    if text:
        segment = transcript.segments[0].model_copy(update={"text": text})
        transcript = transcript.model_copy(update={"segments": (segment,)})
    meeting = sample_recording()
    source = meeting.source.model_copy(update={"url_fingerprint": record_id, "sha256": record_id})
    recording = meeting.model_copy(update={"id": record_id, "source": source})
    audio = LocalFile.of(sound)
    media = Media(duration_seconds=recording.duration_seconds, audio=audio, speech=audio, tool="ffmpeg")
    publish(storage, Record(recording, transcript, sample_chapters(), media), IMPRINT)


def found(index: Path, query: str) -> list[str]:
    database = IndexDatabase.for_reading(index)
    try:
        return [record.id for record in search(database, query).records]
    finally:
        database.close()


def test_new_records_are_added_once(storage: Storage, index: Path, tmp_path: Path) -> None:
    publish_sample(storage, tmp_path, "2026-11-19-eins")
    assert update_index(index, storage) == IndexChanges(added=("2026-11-19-eins",))
    publish_sample(storage, tmp_path, "2026-11-20-zwei", "Heute ging es um Windkraft.")
    assert update_index(index, storage) == IndexChanges(added=("2026-11-20-zwei",))
    assert update_index(index, storage) == IndexChanges()
    assert found(index, "Melderegister") == ["2026-11-19-eins"]
    assert found(index, "Windkraft") == ["2026-11-20-zwei"]


def test_a_changed_transcript_replaces_the_old(storage: Storage, index: Path, tmp_path: Path) -> None:
    publish_sample(storage, tmp_path, "2026-11-19-eins")
    update_index(index, storage)
    segment = sample_transcript().segments[0].model_copy(update={"text": "Nur noch Windkraft."})
    transcript = Transcript(duration_seconds=5, segments=(segment,))
    replace_content(storage, "2026-11-19-eins", Replacement(WRITER, transcript=transcript), IMPRINT)
    assert update_index(index, storage) == IndexChanges(replaced=("2026-11-19-eins",))
    assert found(index, "Windkraft") == ["2026-11-19-eins"]
    assert found(index, "Melderegister") == []


def test_what_is_mailed_changes_nothing(storage: Storage, index: Path, tmp_path: Path) -> None:
    publish_sample(storage, tmp_path, "2026-11-19-eins")
    update_index(index, storage)
    put_beside(storage, "2026-11-19-eins", {layout.MESSAGE: b"mail"}, WRITER)
    assert update_index(index, storage) == IndexChanges()


def test_a_record_that_is_gone_is_dropped(index: Path, tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "archive"), S3Access())
    publish_sample(storage, tmp_path, "2026-11-19-eins")
    publish_sample(storage, tmp_path, "2026-11-20-zwei")
    update_index(index, storage)
    shutil.rmtree(tmp_path / "archive/recordings/2026-11-19-eins")
    assert update_index(index, storage) == IndexChanges(dropped=("2026-11-19-eins",))
    assert found(index, "Melderegister") == ["2026-11-20-zwei"]


def test_a_close_look_drops_a_record_that_lost_its_manifest(index: Path, tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "archive"), S3Access())
    publish_sample(storage, tmp_path, "2026-11-19-eins")
    update_index(index, storage)
    (tmp_path / "archive/recordings/2026-11-19-eins/manifest.json").unlink()
    assert update_index(index, storage, closely=True) == IndexChanges(dropped=("2026-11-19-eins",))


def test_a_close_look_finds_what_the_catalogue_was_not_told(
    storage: Storage, index: Path, tmp_path: Path
) -> None:
    publish_sample(storage, tmp_path, "2026-11-19-eins")
    before = storage.get_bytes(layout.CATALOGUE)
    update_index(index, storage)
    segment = sample_transcript().segments[0].model_copy(update={"text": "Nur noch Windkraft."})
    transcript = Transcript(duration_seconds=5, segments=(segment,))
    replace_content(storage, "2026-11-19-eins", Replacement(WRITER, transcript=transcript), IMPRINT)
    after = storage.get_bytes(layout.CATALOGUE)
    storage.put_bytes(layout.CATALOGUE, before, "application/json")
    assert update_index(index, storage) == IndexChanges()
    assert update_index(index, storage, closely=True) == IndexChanges(replaced=("2026-11-19-eins",))
    assert update_index(index, storage, closely=True) == IndexChanges()
    storage.put_bytes(layout.CATALOGUE, after, "application/json")
    assert update_index(index, storage) == IndexChanges()
    assert found(index, "Windkraft") == ["2026-11-19-eins"]


def test_a_record_that_the_catalogue_never_heard_of_is_added(
    storage: Storage, index: Path, tmp_path: Path
) -> None:
    publish_sample(storage, tmp_path, "2026-11-19-eins")
    storage.delete(layout.CATALOGUE)
    assert update_index(index, storage) == IndexChanges(added=("2026-11-19-eins",))
    assert update_index(index, storage) == IndexChanges()


def test_a_hash_is_noted_only_for_the_texts_it_was_read_with(index: Path, tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "archive"), S3Access())
    publish_sample(storage, tmp_path, "2026-11-19-eins")
    update_index(index, storage)
    database = IndexDatabase.for_writing(index)
    before = database.noted()
    with database.writing():
        database.note_revisions({"2026-11-19-eins": Noted("of other texts", "other")})
    assert database.noted() == before
    database.close()


def test_only_changed_records_cost_requests(s3_server: S3Server, index: Path, tmp_path: Path) -> None:
    storage = S3Storage(s3_server.bucket, tmp_path.name, s3_server.access)
    asked = requests_of(storage)
    for number in range(1, 6):
        publish_sample(storage, tmp_path, f"2026-11-1{number}-treffen")
    update_index(index, storage)
    assert counted(asked, lambda: update_index(index, storage)) == {"catalogue.json": 1, "": 2}
    put_beside(storage, "2026-11-13-treffen", {layout.MESSAGE: b"mail"}, WRITER)
    update_catalogue(storage, IMPRINT, anew=("2026-11-13-treffen",))
    mailed = counted(asked, lambda: update_index(index, storage))
    assert mailed == {"catalogue.json": 1, "": 2, "recordings/2026-11-13-treffen": 1}
    assert counted(asked, lambda: update_index(index, storage)).total() == 3
    publish_sample(storage, tmp_path, "2026-11-20-neu", "Heute ging es um Windkraft.")
    new = counted(asked, lambda: update_index(index, storage))
    assert new == {"catalogue.json": 1, "": 2, "recordings/2026-11-20-neu": 5}
    close = counted(asked, lambda: update_index(index, storage, closely=True))
    assert close.total() == 3 + 6


def test_documents_come_change_and_go_with_their_release(
    storage: Storage, index: Path, tmp_path: Path
) -> None:
    sample = model_motion()
    proposed = sample.record.model_copy(update={"stage": DocumentStage.PROPOSED})
    publish_sample_document(storage, tmp_path, replace(sample, record=proposed))
    assert update_index(index, storage) == IndexChanges()
    set_document(storage, stage=DocumentStage.RELEASED)
    assert update_index(index, storage) == IndexChanges(added=(MODEL_MOTION,))
    assert update_index(index, storage, closely=True) == IndexChanges()
    assert found(index, "Melderegister") == [MODEL_MOTION]
    details = proposed.details.model_copy(update={"municipality": "Neustadt"})
    set_document(storage, details=details)
    assert update_index(index, storage) == IndexChanges(replaced=(MODEL_MOTION,))
    assert found(index, "Neustadt") == [MODEL_MOTION]
    set_document(storage, stage=DocumentStage.PROPOSED)
    assert update_index(index, storage) == IndexChanges(dropped=(MODEL_MOTION,))
    assert found(index, "Melderegister") == []


def set_document(storage: Storage, **changes: object) -> None:
    change_document(storage, MODEL_MOTION, lambda record: record.model_copy(update=changes), IMPRINT)


def test_a_damaged_document_is_reported_and_hides_no_recording(index: Path, tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "archive"), S3Access())
    publish_sample(storage, tmp_path, "2026-11-19-eins")
    publish_sample_document(storage, tmp_path, model_motion())
    place = read_manifest(storage, MODEL_MOTION).named(layout.DOCUMENT_TEXT).place
    (tmp_path / "archive" / layout.object_key(MODEL_MOTION, place)).write_text("{")
    changes = update_index(index, storage)
    assert changes.added == ("2026-11-19-eins",)
    assert list(changes.unreadable) == [MODEL_MOTION]


def requests_of(storage: S3Storage) -> list[str]:
    """The addresses that a storage asks from now on, as a list that grows."""
    asked: list[str] = []
    storage.client.meta.events.register("before-send.s3", lambda request, **_: asked.append(request.url))
    return asked


def counted(asked: list[str], act: Callable[[], object]) -> Counter[str]:
    """What `act` asked for: the catalogue, a record's folder, or nothing by name (a listing)."""
    asked.clear()
    act()
    below = (urlsplit(url).path.split("/", 3) for url in asked)
    keys = [each[3] if len(each) > 3 else "" for each in below]
    return Counter("/".join(key.split("/")[:2]) for key in keys)


def test_a_damaged_record_is_reported_and_hides_no_other(index: Path, tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "archive"), S3Access())
    for record_id in ("2026-11-19-eins", "2026-11-20-zwei"):
        publish_sample(storage, tmp_path, record_id)
    place = read_manifest(storage, "2026-11-19-eins").named(layout.TRANSCRIPT).place
    (tmp_path / "archive/recordings/2026-11-19-eins" / place).write_text("{")
    changes = update_index(index, storage)
    assert changes.added == ("2026-11-20-zwei",)
    assert [error.details for error in changes.unreadable.values()] == [
        {"record": "2026-11-19-eins", "name": place}
    ]
    assert found(index, "Melderegister") == ["2026-11-20-zwei"]


def test_progress_is_told_for_each_record(index: Path, tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "archive"), S3Access())
    for record_id in ("2026-11-19-eins", "2026-11-20-zwei"):
        publish_sample(storage, tmp_path, record_id)
    told: list[tuple[int, int]] = []
    update_index(index, storage, lambda done, whole: told.append((done, whole)))
    assert told == [(1, 2), (2, 2)]


def test_an_index_where_none_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "search.sqlite").mkdir()
    storage = open_storage(str(tmp_path / "archive"), S3Access())
    with pytest.raises(PermanentError, match="index_refused"):
        update_index(tmp_path / "search.sqlite", storage)
