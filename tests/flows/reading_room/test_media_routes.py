"""Media reach a player, whole or in parts: from a folder, through us from a bucket, or from the bucket."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient

from flows.reading_room.library import Library
from flows.reading_room.media_routes import MediaDelivery
from flows.reading_room.room_context import Room
from tasks.archive.next_version import Replacement
from tasks.archive.publishing import publish, replace_content
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.s3_ranges import open_range
from tasks.storage.s3_storage import S3Storage
from tasks.storage.storage_interface import Storage
from tests.archive_records import IMPRINT, RECORD_ID, WRITER, medium, small_record
from tests.flows.reading_room.conftest import SITE
from tests.flows.reading_room.entrances import BROWSER, Entrance, another_browser, entrance
from tests.s3_server import S3Server
from transcripts.archive import layout

VIDEO = f"/recordings/{RECORD_ID}/media/video.mp4"
LARGE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shown:
    """A room with one record whose media a player asks for, and the video's bytes."""

    house: Entrance
    player: TestClient
    video: bytes
    storage: Storage


def room_of(storage: Storage, folder: Path) -> Room:
    library = Library(storage, folder / "search.sqlite")
    library.catch_up()
    return Room(SITE, library, is_open=False)


@pytest.fixture(scope="module", params=["folder", "bucket"])
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("media")
    storage: Storage = FolderStorage(folder / "archive")
    if request.param == "bucket":
        server: S3Server = request.getfixturevalue("s3_server")
        storage = S3Storage(server.bucket, "room-media", server.access)
    record = small_record(folder / "work")
    publish(storage, record, IMPRINT)
    assert record.media.video
    with entrance(room_of(storage, folder), folder) as house:
        house.sign_in()
        yield Shown(house, house.client, record.media.video.path.read_bytes(), storage)


def test_a_medium_comes_whole_with_its_type_its_name_and_a_tag(shown: Shown) -> None:
    answer = shown.player.get(VIDEO)
    assert answer.status_code == 200
    assert answer.content == shown.video
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(shown.video))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{sha256(shown.video).hexdigest()[:32]}"'
    assert "filename*=UTF-8''2026-11-19%20B%C3%BCrgerr%C3%A4te.mp4" in answer.headers["content-disposition"]
    assert shown.player.get(VIDEO.replace("video.mp4", "audio.m4a")).headers["content-type"] == "audio/mp4"
    assert shown.player.get(VIDEO.replace("video.mp4", "poster.jpg")).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=19990-", 19990, 19999),
        ("bytes=-10", 19990, 19999),
        ("bytes=19990-99999999", 19990, 19999),
        ("bytes=-99999999", 0, 19999),
    ],
)
def test_a_part_comes_as_it_is_asked_for(shown: Shown, asked: str, first: int, last: int) -> None:
    answer = shown.player.get(VIDEO, headers={"range": asked})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/20000"
    assert answer.headers["content-length"] == str(last - first + 1)
    assert answer.content == shown.video[first : last + 1]


def test_what_lies_behind_the_end_is_refused_with_the_size(shown: Shown) -> None:
    answer = shown.player.get(VIDEO, headers={"range": "bytes=20000-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */20000"


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes=", "bytes=x-y", "bytes=9-3", "bytes=--5"])
def test_a_range_that_cannot_be_read_never_breaks_anything(shown: Shown, asked: str) -> None:
    assert shown.player.get(VIDEO, headers={"range": asked}).status_code in (200, 206, 400, 416)


def test_a_part_of_another_version_is_never_mixed_in(shown: Shown) -> None:
    tag = shown.player.head(VIDEO).headers["etag"]
    same = shown.player.get(VIDEO, headers={"range": "bytes=5-9", "if-range": tag})
    other = shown.player.get(VIDEO, headers={"range": "bytes=5-9", "if-range": '"other"'})
    assert (same.status_code, same.content) == (206, shown.video[5:10])
    assert (other.status_code, other.content) == (200, shown.video)


def test_what_is_known_is_not_sent_again(shown: Shown) -> None:
    tag = shown.player.head(VIDEO).headers["etag"]
    answer = shown.player.get(VIDEO, headers={"if-none-match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_asking_only_for_the_headers_sends_only_them(shown: Shown) -> None:
    answer = shown.player.head(VIDEO, headers={"range": "bytes=0-99"})
    assert answer.content == b""
    assert (answer.status_code, answer.headers["content-length"]) == (206, "100")


@pytest.mark.parametrize(
    "name",
    [
        "media/other.mp4",
        "media/..%2Frecording.json",
        "media/..%2F..%2F..%2Fcatalogue.json",
        "media/%2e%2e/manifest.json",
        "manifest.json",
        "recording.json",
        "announcement/ledger.json",
        "announcement/message.eml",
        "history/0001.json",
        "claim.json",
        "media/video.mp4%00.txt",
        "media//etc/passwd",
    ],
)
def test_nothing_is_served_but_what_members_may_have(shown: Shown, name: str) -> None:
    assert shown.player.get(f"/recordings/{RECORD_ID}/{name}").status_code == 404
    for record in ("..", "%2e%2e", ".", "%2e", "2026-01-01-anderes", "..%2f" + RECORD_ID):
        assert shown.player.get(f"/recordings/{record}/{name}").status_code == 404


def test_media_are_for_members(shown: Shown) -> None:
    stranger = another_browser(shown.house)
    assert stranger.get(VIDEO).status_code == 401
    assert stranger.get(VIDEO, headers=BROWSER, follow_redirects=False).status_code == 303


def test_after_a_replacement_both_addresses_lead_to_the_new_video(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "archive")
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    new = medium(tmp_path / "video.mp4", "neu", 5000)
    replace_content(storage, RECORD_ID, Replacement(WRITER, media={layout.VIDEO: new}), IMPRINT)
    with entrance(room_of(storage, tmp_path), tmp_path) as house:
        house.sign_in()
        for name in ("video.mp4", f"video.{new.sha256[:12]}.mp4"):
            answer = house.client.get(VIDEO.replace("video.mp4", name))
            assert answer.content == new.path.read_bytes()
        assert "immutable" in answer.headers["cache-control"]


def test_a_manifest_cannot_lead_out_of_the_archive(tmp_path: Path) -> None:
    (tmp_path / "geheim.mp4").write_bytes(b"geheim")
    storage = FolderStorage(tmp_path / "archive")
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    manifest = tmp_path / "archive" / "recordings" / RECORD_ID / "manifest.json"
    text = manifest.read_text().replace(
        '"name": "media/video.mp4",', '"name": "media/video.mp4", "key": "KEY",'
    )
    manifest.write_text(text.replace("KEY", "../../../geheim.mp4"))
    with entrance(room_of(storage, tmp_path), tmp_path) as house:
        house.sign_in()
        assert "KEY" in text
        answer = house.client.get(VIDEO)
    assert answer.status_code == 500, "a manifest that names such a place is damaged"
    assert b"geheim" not in answer.content


def test_a_bucket_may_serve_players_itself_at_addresses_of_short_life(
    s3_server: S3Server, tmp_path: Path
) -> None:
    storage = S3Storage(s3_server.bucket, "room-presigned", s3_server.access)
    record = small_record(tmp_path / "work")
    publish(storage, record, IMPRINT)
    reader = S3Storage(s3_server.bucket, "room-presigned", s3_server.reader)
    given: dict[str, Any] = {"reading_room": {"media": "presigned"}}
    with entrance(room_of(reader, tmp_path), tmp_path, **given) as house:
        assert another_browser(house).get(VIDEO, follow_redirects=False).status_code == 401
        house.sign_in()
        sent_on = house.client.get(VIDEO, follow_redirects=False)
        url = sent_on.headers["location"]
        poster = house.client.get(VIDEO.replace("video.mp4", "poster.jpg"))
        policy = house.client.get("/").headers["content-security-policy"]
    assert (sent_on.status_code, sent_on.headers["cache-control"]) == (307, "no-store")
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["3660"], "an hour longer than the recording"
    assert f"media-src 'self' https://{urlsplit(url).netloc};" in policy
    part = httpx.get(url, headers={"range": "bytes=0-9"}, verify=False)  # noqa: S501 - a certificate of our own
    assert record.media.video
    assert (part.status_code, part.content) == (206, record.media.video.path.read_bytes()[:10])
    assert poster.status_code == 200


def test_a_link_is_used_up_even_if_the_rooms_key_may_only_read(s3_server: S3Server, tmp_path: Path) -> None:
    storage = S3Storage(s3_server.bucket, "room-reader", s3_server.access)
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    reader = S3Storage(s3_server.bucket, "room-reader", s3_server.reader)
    with entrance(room_of(reader, tmp_path), tmp_path) as house:
        token = house.token_for("anna@example.org")
        assert [house.press(token).status_code for _ in range(2)] == [303, 410]
        before = house.client.get("/meine-feeds").text
        house.client.post("/meine-feeds", headers={"origin": "https://lesen.example.org"})
        assert house.client.get("/meine-feeds").text != before
    notes = [each.key for each in storage.list_objects("sign-in")]
    own = [each.key for each in FolderStorage(tmp_path / "state").list_objects("sign-in")]
    assert (notes, len(own)) == ([], 3), "the used link, the session, the feeds"


def test_with_a_key_that_may_write_the_note_is_in_the_archive_and_old_ones_go(
    s3_server: S3Server, tmp_path: Path
) -> None:
    storage = S3Storage(s3_server.bucket, "room-writer", s3_server.access)
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    with entrance(room_of(storage, tmp_path), tmp_path) as house:
        token = house.token_for("anna@example.org")
        assert [house.press(token).status_code for _ in range(2)] == [303, 410]
    noted = [each.key for each in storage.list_objects("sign-in")]
    assert sum(key.startswith("sign-in/used/") for key in noted) == 1
    assert not any(token in key for key in noted)


def test_sending_a_long_recording_from_a_bucket_takes_little_memory(
    s3_server: S3Server, tmp_path: Path
) -> None:
    storage = S3Storage(s3_server.bucket, "room-long", s3_server.access)
    publish(storage, small_record(tmp_path / "work", media_bytes=LARGE_BYTES), IMPRINT)
    room, delivery = room_of(storage, tmp_path), MediaDelivery(storage, "proxied")
    record = room.library.shelf.find(RECORD_ID)
    assert record
    medium_found = delivery.find(record, layout.VIDEO)
    assert medium_found.described.size_bytes == LARGE_BYTES
    tracemalloc.start()
    try:
        pieces = open_range(storage, medium_found.key, 0, LARGE_BYTES)
        assert sum(map(len, pieces)) == LARGE_BYTES
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < LARGE_BYTES / 8
