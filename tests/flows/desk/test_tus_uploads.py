"""Uploads by the tus protocol: resumable to the byte, and nothing but recordings gets in."""

import asyncio
from base64 import b64encode
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from flows.desk.tus_uploads import TusServer
from tasks.archive.upload_store import PART_BYTES, Uploads
from tests.desks import UPLOAD_LIMITS, UPLOAD_MAX_BYTES
from tests.flows.desk.conftest import Office
from tests.flows.reading_room.entrances import OWN_PAGE
from tests.media_samples import MEETING

MOVIE = MEETING.read_bytes()
TUS = {**OWN_PAGE, "tus-resumable": "1.0.0"}
PIECE = {**TUS, "content-type": "application/offset+octet-stream"}


def create(office: Office, name: str = "Treffen.mp4", size_bytes: int = len(MOVIE)) -> Any:
    metadata = f"filename {b64encode(name.encode()).decode()},filetype dmlkZW8vbXA0"
    headers = {**TUS, "upload-length": str(size_bytes), "upload-metadata": metadata}
    return office.entrance.client.post("/redaktion/uploads/", headers=headers)


def patch(office: Office, url: str, start: int, content: bytes, **headers: str) -> Any:
    return office.entrance.client.patch(
        url, content=content, headers={**PIECE, "upload-offset": str(start), **headers}
    )


def offset(office: Office, url: str) -> int:
    answer = office.entrance.client.head(url, headers=TUS)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return int(answer.headers["upload-offset"])


def test_a_file_arrives_in_pieces_and_is_the_same_file(office: Office, tmp_path: Path) -> None:
    made = create(office)
    assert made.status_code == 201
    url = made.headers["location"]
    assert parsedate_to_datetime(made.headers["upload-expires"]) > datetime.now(UTC)
    position = 0
    while position < len(MOVIE):
        assert offset(office, url) == position
        answer = patch(office, url, position, MOVIE[position : position + 3_000_001])
        assert (answer.status_code, answer.headers["tus-resumable"]) == (204, "1.0.0")
        position = int(answer.headers["upload-offset"])
    uploads = Uploads(office.storage)
    upload = uploads.read(url.rpartition("/")[2])
    assert upload.file_name == "Treffen.mp4"
    assert uploads.download(upload, tmp_path / "got", lambda *_: None).path.read_bytes() == MOVIE


def test_a_piece_at_the_wrong_place_is_refused_and_changes_nothing(office: Office) -> None:
    url = create(office).headers["location"]
    patch(office, url, 0, MOVIE[:5000])
    for start in (0, 4999, 5001):
        assert patch(office, url, start, b"x" * 100).status_code == 409
    assert offset(office, url) == 5000


def test_what_arrived_before_the_line_broke_is_kept(office: Office) -> None:
    uploads = Uploads(office.storage)
    movie = MOVIE * (1 + 2 * PART_BYTES // len(MOVIE))
    upload = uploads.begin("Treffen.mp4", len(movie))
    sent = [movie[:PART_BYTES], movie[PART_BYTES : PART_BYTES + 777]]

    async def receive() -> Message:
        if sent:
            return {"type": "http.request", "body": sent.pop(0), "more_body": True}
        return {"type": "http.disconnect"}

    headers = [(b"content-type", b"application/offset+octet-stream")]
    request = Request({"type": "http", "method": "PATCH", "headers": headers, "path": "/"}, receive)
    asyncio.run(TusServer(uploads, UPLOAD_LIMITS).append(request, upload.id, 0))
    assert uploads.received_bytes(upload) == PART_BYTES + 777


def test_a_line_that_breaks_at_once_leaves_nothing_that_cannot_be_judged(office: Office) -> None:
    uploads = Uploads(office.storage)
    upload = uploads.begin("Treffen.mp4", len(MOVIE))
    sent = [MOVIE[:3]]

    async def receive() -> Message:
        if sent:
            return {"type": "http.request", "body": sent.pop(0), "more_body": True}
        return {"type": "http.disconnect"}

    headers = [(b"content-type", b"application/offset+octet-stream")]
    request = Request({"type": "http", "method": "PATCH", "headers": headers, "path": "/"}, receive)
    asyncio.run(TusServer(uploads, UPLOAD_LIMITS).append(request, upload.id, 0))
    assert uploads.received_bytes(upload) == 0


@pytest.mark.parametrize(
    "name",
    ["Treffen.exe", "seite.html", "bild.svg", "liste.m3u8", "../../../etc/passwd", ".mp4", "", "x.mp4/.."],
)
def test_what_is_no_name_of_a_recording_is_refused_in_german(office: Office, name: str) -> None:
    answer = create(office, name)
    assert answer.status_code == 415
    assert "Video- oder Tondatei" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    assert list(office.storage.list_folders("uploads")) == []


def test_a_name_that_lies_about_folders_and_direction_is_shown_plainly(office: Office) -> None:
    url = create(office, "..\\..\\C:/Windows/Treffen\u202e\r\nX: y.mp4").headers["location"]
    assert Uploads(office.storage).read(url.rpartition("/")[2]).file_name == "TreffenX: y.mp4"
    stored = [each.key for each in office.storage.list_objects("uploads")]
    assert stored == [f"uploads/{url.rpartition('/')[2]}/upload.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script>",
        b"#EXTM3U\nfile:///etc/passwd",
        b"MZ\x90\x00",
        b"\x7fELF",
        b"PK\x03\x04",
    ],
)
def test_what_calls_itself_a_video_and_is_something_else_is_refused_and_removed(
    office: Office, content: bytes
) -> None:
    url = create(office, "Treffen.mp4", len(content)).headers["location"]
    answer = patch(office, url, 0, content)
    assert answer.status_code == 415
    assert "weder Video noch Ton" in answer.text
    assert list(office.storage.list_folders("uploads")) == []
    assert office.entrance.client.head(url, headers=TUS).status_code == 404


def test_what_is_too_large_is_refused_before_a_byte_is_sent(office: Office) -> None:
    answer = create(office, size_bytes=UPLOAD_MAX_BYTES + 1)
    assert answer.status_code == 413
    assert "höchstens" in answer.text


def test_more_than_was_announced_is_refused(office: Office) -> None:
    url = create(office, size_bytes=600).headers["location"]
    assert patch(office, url, 0, MOVIE[:601]).status_code == 413
    assert offset(office, url) == 0


@pytest.mark.parametrize("length", ["0", "-5", "viel", "1e3"])
def test_a_length_that_is_none_is_refused(office: Office, length: str) -> None:
    answer = office.entrance.client.post("/redaktion/uploads/", headers={**TUS, "upload-length": length})
    assert answer.status_code == 422


def test_clients_of_another_version_and_other_bodies_are_refused(office: Office) -> None:
    url = create(office).headers["location"]
    old = office.entrance.client.head(url, headers={**OWN_PAGE, "tus-resumable": "0.2.2"})
    assert (old.status_code, old.headers["tus-version"]) == (412, "1.0.0")
    assert patch(office, url, 0, MOVIE[:600], **{"content-type": "text/html"}).status_code == 415
    assert offset(office, url) == 0


@pytest.mark.parametrize("upload_id", ["0" * 32, "..%2f..%2frecordings", "x", "upload.json"])
def test_an_upload_that_is_not_there_is_a_404(office: Office, upload_id: str) -> None:
    url = f"/redaktion/uploads/{upload_id}"
    for method in ("HEAD", "DELETE"):
        assert office.entrance.client.request(method, url, headers=TUS).status_code == 404
    assert patch(office, url, 0, MOVIE[:600]).status_code == 404


def test_what_is_left_out_again_is_removed(office: Office) -> None:
    url = create(office).headers["location"]
    patch(office, url, 0, MOVIE[:5000])
    assert office.entrance.client.delete(url, headers=TUS).status_code == 204
    assert list(office.storage.list_folders("uploads")) == []


def test_the_server_says_what_it_can_do(office: Office) -> None:
    answer = office.entrance.client.options("/redaktion/uploads/")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-max-size"] == str(UPLOAD_MAX_BYTES)
    assert set(answer.headers["tus-extension"].split(",")) == {"creation", "expiration", "termination"}


def test_an_organiser_may_leave_only_so_much_waiting_and_all_together_only_so_much_more(
    office: Office,
) -> None:
    ten, client = UPLOAD_MAX_BYTES, office.entrance.client
    uploads = Uploads(office.storage)
    first = create(office, size_bytes=ten)
    assert first.status_code == 201
    refused = create(office, size_bytes=6_000_000)
    assert refused.status_code == 413
    assert "Bitte warten" in refused.text
    assert create(office, size_bytes=5_000_000).status_code == 201
    uploads.begin("Andere.mp4", 9_000_000, "somebody-else")
    office.entrance.press(office.entrance.access_control.owner_link().partition("t=")[2])  # another organiser
    assert create(office, size_bytes=2_000_000).status_code == 413, "in all"
    assert create(office, size_bytes=1_000_000).status_code == 201
    assert client.delete(first.headers["location"], headers=TUS).status_code == 204
    assert create(office, size_bytes=ten).status_code == 201, "what was given free counts no more"


def test_of_two_that_begin_at_once_the_second_counts_the_first(office: Office) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda _: create(office, size_bytes=4_000_000).status_code, range(6)))
    assert sorted(statuses) == [201, 201, 201, 413, 413, 413]
