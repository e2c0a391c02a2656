"""The archive's two homes behave alike: a local folder and a real S3 server."""

from pathlib import Path

import pytest

from tasks.folder_storage import FolderStorage
from tasks.s3_access import S3Access
from tasks.storage import Storage, open_storage
from tests.s3_server import S3Server
from transcripts.errors import PermanentError, TemporaryError
from transcripts.media import LocalFile


def test_what_was_put_can_be_read_and_replaced(storage: Storage) -> None:
    storage.put_bytes("recordings/a/recording.json", b"1", "application/json")
    storage.put_bytes("recordings/a/recording.json", "zwölf".encode(), "application/json")
    assert storage.get_bytes("recordings/a/recording.json").decode() == "zwölf"


def test_a_file_is_stored_whole(storage: Storage, tmp_path: Path) -> None:
    file = tmp_path / "video.mp4"
    file.write_bytes(bytes(range(256)) * 60_000)  # 15 MB: several parts
    storage.put_file("recordings/a/media/video.mp4", file, LocalFile.of(file).sha256, "video/mp4")
    assert storage.get_bytes("recordings/a/media/video.mp4") == file.read_bytes()


def test_a_missing_object_is_a_key_error(storage: Storage) -> None:
    with pytest.raises(KeyError):
        storage.get_bytes("recordings/nichts/manifest.json")


def test_folders_are_listed_in_order(storage: Storage) -> None:
    assert list(storage.list_folders("recordings")) == []
    for name in ("b", "a", "c"):
        storage.put_bytes(f"recordings/{name}/manifest.json", b"{}", "application/json")
        storage.put_bytes(f"recordings/{name}/media/audio.m4a", b"", "audio/mp4")
    assert list(storage.list_folders("recordings")) == ["a", "b", "c"]


def test_a_file_that_is_not_what_it_should_be_is_not_stored(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"anders")
    with pytest.raises(TemporaryError):
        FolderStorage(tmp_path / "archive").put_file("a/b", file, "0" * 64, "text/plain")
    assert [each.name for each in (tmp_path / "archive" / "a").iterdir()] == []


def test_a_place_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("eine Datei")
    with pytest.raises(TemporaryError) as caught:
        FolderStorage(tmp_path / "archive").put_bytes("a/b", b"", "text/plain")
    assert caught.value.code == "storage_unreachable"


def test_a_wrong_key_is_refused_without_showing_it(s3_server: S3Server) -> None:
    access = S3Access(s3_server.access.endpoint_url, "eu-central-1", "pipeline", "falscher-schluessel")
    with pytest.raises(PermanentError) as caught:
        open_storage(f"s3://{s3_server.bucket}/x", access).put_bytes("a", b"", "text/plain")
    assert caught.value.code == "storage_refused"
    assert "falscher" not in repr(caught.value) + repr(access)


def test_a_server_that_is_away_is_temporary() -> None:
    storage = open_storage("s3://archiv", S3Access("http://127.0.0.1:9", "eu-central-1", "a", "b"))
    with pytest.raises(TemporaryError) as caught:
        storage.get_bytes("a")
    assert caught.value.code == "storage_unreachable"
