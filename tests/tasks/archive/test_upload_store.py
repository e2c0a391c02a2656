"""Uploads on real storages: they come in parts, from wherever, and go to whichever worker asks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.archive.upload_store import KEPT, Uploads
from tasks.storage.storage_interface import Storage
from tests.media_samples import MEETING
from transcripts.errors.error_kinds import PermanentError, TemporaryError

CONTENT = bytes(range(256)) * 40


def told(_done: float, _total: float | None) -> None:
    """Somebody who hears of progress, and does not mind."""


def test_a_file_that_came_in_parts_is_got_whole(storage: Storage, tmp_path: Path) -> None:
    content = MEETING.read_bytes()
    here, elsewhere = Uploads(storage), Uploads(storage)
    upload = here.begin("Treffen.mp4", len(content))
    position = 0
    for size, room in ((1_000_000, here), (1, elsewhere), (len(content), here)):
        position = room.append(upload, position, content[position : position + size])
        assert elsewhere.received_bytes(upload) == position
    got = elsewhere.download(elsewhere.read(upload.id), tmp_path / "work/upload", told)
    assert got.path.read_bytes() == content
    assert [file.name for file in got.path.parent.iterdir()] == ["upload"]


def test_what_a_killed_download_left_is_gone_on_with(storage: Storage, tmp_path: Path) -> None:
    uploads = Uploads(storage)
    upload = uploads.begin("Treffen.mp4", len(CONTENT))
    for start in range(0, len(CONTENT), 1024):
        uploads.append(upload, start, CONTENT[start : start + 1024])
    (tmp_path / "upload.part").write_bytes(CONTENT[:1500])
    assert uploads.download(upload, tmp_path / "upload", told).path.read_bytes() == CONTENT


def test_of_two_senders_at_the_same_place_one_wins(storage: Storage, tmp_path: Path) -> None:
    uploads = Uploads(storage)
    upload = uploads.begin("Treffen.mp4", 6)
    uploads.append(upload, 0, b"abc")
    with pytest.raises(TemporaryError) as caught:
        uploads.append(upload, 0, b"xyzxy")
    assert caught.value.code == "upload_moved_on"
    assert uploads.append(upload, 3, b"def") == 6
    assert uploads.download(upload, tmp_path / "upload", told).path.read_bytes() == b"abcdef"


def test_an_incomplete_file_is_not_handed_out(storage: Storage, tmp_path: Path) -> None:
    uploads = Uploads(storage)
    upload = uploads.begin("Treffen.mp4", 6)
    uploads.append(upload, 0, b"abc")
    with pytest.raises(PermanentError) as caught:
        uploads.download(upload, tmp_path / "upload", told)
    assert caught.value.code == "upload_incomplete"
    assert not (tmp_path / "upload").exists()


def test_more_than_was_announced_is_refused(storage: Storage) -> None:
    uploads = Uploads(storage)
    upload = uploads.begin("Treffen.mp4", 2)
    with pytest.raises(PermanentError) as caught:
        uploads.append(upload, 0, b"abc")
    assert caught.value.code == "upload_too_long"
    assert uploads.received_bytes(upload) == 0


@pytest.mark.parametrize("upload_id", ["../../recordings", "0" * 32, "", "A" * 32, "x" * 32])
def test_an_id_that_was_not_given_out_leads_nowhere(storage: Storage, upload_id: str) -> None:
    storage.put_bytes("recordings/upload.json", b"{}", "application/json")
    uploads = Uploads(storage)
    with pytest.raises(PermanentError) as caught:
        uploads.read(upload_id)
    assert caught.value.code == "upload_unknown"
    uploads.remove(upload_id)
    assert storage.get_bytes("recordings/upload.json") == b"{}"


def test_what_nobody_wants_any_more_is_removed_and_nothing_else(storage: Storage) -> None:
    uploads = Uploads(storage)
    left, other = uploads.begin("Alt.mp4", 6), uploads.begin("Neu.mp4", 6)
    for each in (left, other):
        uploads.append(each, 0, b"abc")
    storage.put_bytes("recordings/a/recording.json", b"{}", "application/json")
    uploads.forget_old(datetime.now(UTC))
    assert uploads.received_bytes(uploads.read(left.id)) == 3
    uploads.remove(other.id)
    assert uploads.read(left.id) == left
    uploads.forget_old(datetime.now(UTC) + KEPT + timedelta(minutes=1))
    assert list(storage.list_objects("uploads")) == []
    assert [each.key for each in storage.list_objects("recordings")] == ["recordings/a/recording.json"]


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"id": "x"}', b"[" * 100_000])
def test_a_damaged_description_is_as_no_upload_and_stops_no_other(storage: Storage, content: bytes) -> None:
    uploads = Uploads(storage)
    damaged, sound = (uploads.begin("Treffen.mp4", len(CONTENT)) for _ in range(2))
    storage.put_bytes(f"uploads/{damaged.id}/upload.json", content, "application/json")
    storage.put_bytes(f"uploads/{sound.id}/parts/notiz.txt", b"vergessen", "text/plain")
    with pytest.raises(PermanentError, match="upload_unknown"):
        uploads.read(damaged.id)
    assert uploads.append(uploads.read(sound.id), 0, CONTENT) == len(CONTENT)
    assert uploads.received_bytes(sound) == len(CONTENT)
    uploads.forget_old(datetime.now(UTC) + KEPT * 2)
    assert list(storage.list_objects("uploads")) == []
