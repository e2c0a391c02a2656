"""The archive's two homes behave alike: a local folder and a real S3 server over TLS."""

import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import create_default_context
from typing import Any
from urllib.parse import urlsplit

import pytest

from tasks.storage.folder_storage import FolderStorage
from tasks.storage.s3_access import S3Access
from tasks.storage.s3_errors import translated
from tasks.storage.s3_storage import S3Storage
from tasks.storage.s3_upload import PART_BYTES
from tasks.storage.storage_interface import Storage, open_storage
from tests.archive_records import medium
from tests.fault_proxy import Fault, Plan, fault_proxy
from tests.s3_server import S3Server, free_port
from transcripts.errors.error_kinds import DamagedError, PermanentError, StepError, TemporaryError
from transcripts.media.media_values import LocalFile
from transcripts.model import LARGEST_BYTES
from transcripts.wording.error_wording import WORDINGS, explain


def test_what_was_put_can_be_read_and_replaced(storage: Storage) -> None:
    storage.put_bytes("recordings/a/recording.json", b"1", "application/json")
    storage.put_bytes("recordings/a/recording.json", "zwölf".encode(), "application/json")
    assert storage.get_bytes("recordings/a/recording.json").decode() == "zwölf"


def test_a_file_is_stored_whole(storage: Storage, tmp_path: Path) -> None:
    file = LocalFile.of(large_file(tmp_path / "video.mp4", 15_000_000))  # two parts
    heard: list[float] = []
    storage.put_file(
        "a/media/video.mp4",
        file.path,
        file.sha256,
        "video/mp4",
        "Bürgerräte.mp4",
        lambda n, _: heard.append(n),
    )
    assert storage.sha256_of("a/media/video.mp4") == file.sha256
    assert storage.noted_sha256("a/media/video.mp4") == file.sha256
    assert heard == sorted(heard)
    assert heard[-1] == 15_000_000
    with storage.as_file("a/media/video.mp4") as path:
        assert path.read_bytes() == file.path.read_bytes()
    (stored,) = storage.list_objects("a")
    assert (stored.key, stored.size_bytes) == ("a/media/video.mp4", 15_000_000)


def test_a_missing_object_is_a_key_error(storage: Storage) -> None:
    for ask in (storage.get_bytes, storage.get_tagged, storage.sha256_of, storage.noted_sha256):
        with pytest.raises(KeyError):
            ask("recordings/nichts/manifest.json")
    with pytest.raises(KeyError), storage.as_file("nichts"):
        pass
    storage.delete("recordings/nichts/manifest.json")


def test_folders_are_listed_in_order(storage: Storage) -> None:
    assert list(storage.list_folders("recordings")) == []
    for name in ("b", "a", "c"):
        storage.put_bytes(f"recordings/{name}/manifest.json", b"{}", "application/json")
        storage.put_bytes(f"recordings/{name}/media/audio.m4a", b"", "audio/mp4")
    assert list(storage.list_folders("recordings")) == ["a", "b", "c"]
    storage.delete("recordings/a/media/audio.m4a")
    assert {each.key for each in storage.list_objects("recordings/a")} == {"recordings/a/manifest.json"}


def test_of_two_that_compare_and_set_one_wins(storage: Storage) -> None:
    first = storage.put_if("a", b"1", "text/plain", None)
    assert first is not None
    assert storage.put_if("a", b"2", "text/plain", None) is None
    second = storage.put_if("a", b"3", "text/plain", first)
    assert second is not None
    assert storage.put_if("a", b"4", "text/plain", first) is None
    assert storage.get_tagged("a").content == b"3"
    assert storage.get_tagged("a").tag == second
    assert storage.put_if("nichts", b"5", "text/plain", second) is None


def test_of_many_that_create_at_once_one_wins(storage: Storage) -> None:
    won: list[int] = []

    def create(number: int) -> None:
        if storage.put_if("a", str(number).encode(), "text/plain", None) is not None:
            won.append(number)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [str(number).encode() for number in won] == [storage.get_bytes("a")]


def test_of_many_that_compare_and_set_at_once_none_overwrites_another(storage: Storage) -> None:
    storage.put_bytes("a", b"", "text/plain")

    def append(name: str) -> None:
        for number in range(3):
            tag = None
            while tag is None:
                held = storage.get_tagged("a")
                tag = storage.put_if("a", held.content + f"{name}{number} ".encode(), "text/plain", held.tag)

    threads = [threading.Thread(target=append, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [f"{name}{number}" for name in "xyz" for number in range(3)]
    assert sorted(storage.get_bytes("a").decode().split()) == expected


@pytest.mark.parametrize("size_bytes", [6, PART_BYTES + 1])
def test_a_file_that_is_not_what_it_should_be_is_not_stored(
    storage: Storage, tmp_path: Path, size_bytes: int
) -> None:
    file = large_file(tmp_path / "file", size_bytes)
    with pytest.raises(TemporaryError) as caught:
        storage.put_file("a/b", file, "0" * 64, "text/plain")
    assert caught.value.code == "storage_corrupted"
    assert list(storage.list_objects("a")) == []
    assert list(storage.leftovers()) == []


def test_a_draft_that_a_dead_writer_left_is_found_and_invisible(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put_bytes("a/b", b"1", "text/plain")
    (tmp_path / "a/.draft-x").write_bytes(b"halb")
    assert [each.key for each in storage.list_objects("a")] == ["a/b"]
    (leftover,) = storage.leftovers()
    storage.remove_leftover(leftover)
    assert list(storage.leftovers()) == []


def test_a_place_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("eine Datei")
    with pytest.raises(TemporaryError) as caught:
        FolderStorage(tmp_path / "archive").put_bytes("a/b", b"", "text/plain")
    assert caught.value.code == "storage_unreachable"


def test_a_full_disk_is_temporary_and_leaves_nothing(tmp_path: Path) -> None:
    full = Path("/dev/full")  # the kernel's own full disk
    with pytest.raises(TemporaryError) as caught:
        FolderStorage(tmp_path)._put("a/b", lambda _draft: _fill(full))
    assert caught.value.code == "disk_full"
    assert list((tmp_path / "a").iterdir()) == []
    with pytest.raises(TemporaryError) as caught, translated("s3://archiv"):
        _fill(full)
    assert caught.value.code == "disk_full"


def _fill(disk: Path) -> None:
    disk.write_bytes(bytes(10_000))


@pytest.fixture
def bucket(s3_server: S3Server, tmp_path: Path) -> S3Storage:
    """The server's bucket, at a prefix of the test's own."""
    return S3Storage(s3_server.bucket, tmp_path.name, s3_server.access)


def test_objects_are_served_with_type_cache_and_name(bucket: S3Storage, tmp_path: Path) -> None:
    file = medium(tmp_path / "v.mp4", "a", 100)
    name = "2026-11-19 Bürgerräte.mp4"
    bucket.put_file("a/media/video.mp4", file.path, file.sha256, "video/mp4", name)
    bucket.put_file("a/media/video.0123456789ab.mp4", file.path, file.sha256, "video/mp4", name)
    plain, addressed = (head(bucket, key) for key in ("a/media/video.mp4", "a/media/video.0123456789ab.mp4"))
    assert plain["ContentType"] == "video/mp4"
    assert plain["CacheControl"] == "private, max-age=300"
    assert "immutable" in addressed["CacheControl"]
    assert plain["ContentDisposition"] == (
        'inline; filename="2026-11-19 Burgerrate.mp4"; '
        "filename*=UTF-8''2026-11-19%20B%C3%BCrgerr%C3%A4te.mp4"
    )


def head(bucket: S3Storage, key: str) -> dict[str, str]:
    return dict(bucket.client.head_object(Bucket=bucket.bucket, Key=f"{bucket.prefix}/{key}"))  # type: ignore[arg-type]


# Several are on their way at once: more than may still arrive after the line has broken.
PARTS = 14


def test_an_upload_that_broke_off_goes_on_without_sending_its_parts_again(
    s3_server: S3Server, bucket: S3Storage, tmp_path: Path
) -> None:
    file = LocalFile.of(large_file(tmp_path / "video.mp4", PARTS * PART_BYTES))
    plan = Plan(sent_bytes=1, received_bytes=10**9, kinds=(Fault.CUT,), enabled=False)
    with fault_proxy(port_of(s3_server), plan) as proxy:
        access = replace(s3_server.access, endpoint_url=f"https://127.0.0.1:{proxy}")
        flaky = S3Storage(bucket.bucket, bucket.prefix, access)

        def break_it(done: float, _total: float | None) -> None:
            plan.enabled = done >= 2 * PART_BYTES

        with pytest.raises(TemporaryError):
            flaky.put_file("a/video.mp4", file.path, file.sha256, "video/mp4", advance=break_it)
    (leftover,) = [each for each in bucket.leftovers() if each.key == "a/video.mp4"]
    held = bucket.client.list_parts(
        Bucket=bucket.bucket, Key=f"{bucket.prefix}/a/video.mp4", UploadId=leftover.token
    )["Parts"]
    assert 2 <= len(held) < PARTS
    sent = sent_parts(bucket, lambda: bucket.put_file("a/video.mp4", file.path, file.sha256, "video/mp4"))
    assert sent == PARTS - len(held)
    assert bucket.sha256_of("a/video.mp4") == file.sha256
    assert [each for each in bucket.leftovers() if each.key == "a/video.mp4"] == []


def sent_parts(bucket: S3Storage, work: Callable[[], None]) -> int:
    """How many parts boto3 sends while `work` runs."""
    sent: list[object] = []
    bucket.client.meta.events.register(
        "before-send.s3.UploadPart", lambda request, **_: sent.append(request.url)
    )
    work()
    return len(sent)


@pytest.mark.parametrize("shared_parts", [0, 1])
def test_an_open_upload_of_other_content_does_no_harm(
    bucket: S3Storage, tmp_path: Path, shared_parts: int
) -> None:
    file = LocalFile.of(large_file(tmp_path / "video.mp4", 2 * PART_BYTES))
    address: Any = {"Bucket": bucket.bucket, "Key": f"{bucket.prefix}/a/video.mp4"}
    upload = bucket.client.create_multipart_upload(**address, Metadata={"sha256": "0" * 64})
    for number in (1, 2, 3):
        part = bytes([number]) * PART_BYTES
        if number <= shared_parts:
            part = file.path.read_bytes()[:PART_BYTES]
        bucket.client.upload_part(**address, UploadId=upload["UploadId"], PartNumber=number, Body=part)
    bucket.put_file("a/video.mp4", file.path, file.sha256, "video/mp4")
    assert bucket.sha256_of("a/video.mp4") == file.sha256
    assert bucket.noted_sha256("a/video.mp4") == file.sha256
    assert list(bucket.leftovers()) == []


def test_an_upload_that_goes_on_for_another_file_is_never_taken_for_it(
    bucket: S3Storage, tmp_path: Path
) -> None:
    # The open upload has only what both files share: nothing but its note tells them apart.
    file = LocalFile.of(large_file(tmp_path / "video.mp4", PART_BYTES + 1))
    address: Any = {"Bucket": bucket.bucket, "Key": f"{bucket.prefix}/a/video.mp4"}
    upload = bucket.client.create_multipart_upload(
        **address, Metadata={"sha256": "0" * 64}, ChecksumAlgorithm="SHA256"
    )
    shared = file.path.read_bytes()[:PART_BYTES]
    bucket.client.upload_part(**address, UploadId=upload["UploadId"], PartNumber=1, Body=shared)
    with pytest.raises(TemporaryError, match="storage_corrupted"):
        bucket.put_file("a/video.mp4", file.path, file.sha256, "video/mp4")
    bucket.put_file("a/video.mp4", file.path, file.sha256, "video/mp4")
    assert bucket.noted_sha256("a/video.mp4") == file.sha256


def test_a_file_that_the_server_has_is_not_sent_again(bucket: S3Storage, tmp_path: Path) -> None:
    file = LocalFile.of(large_file(tmp_path / "video.mp4", 2 * PART_BYTES))
    bucket.put_file("a/video.mp4", file.path, file.sha256, "video/mp4")
    again = sent_parts(bucket, lambda: bucket.put_file("a/video.mp4", file.path, file.sha256, "video/mp4"))
    assert again == 0


def test_what_the_server_holds_is_read_back_where_it_states_no_sha256(
    s3_server: S3Server, tmp_path: Path
) -> None:
    old = S3Storage(s3_server.bucket, tmp_path.name, replace(s3_server.access, checksums="md5"))
    file = LocalFile.of(large_file(tmp_path / "video.mp4", PART_BYTES + 5))
    read: list[str] = []
    old.client.meta.events.register("before-send.s3.GetObject", lambda request, **_: read.append(request.url))
    old.put_file("a/video.mp4", file.path, file.sha256, "video/mp4")
    old.put_bytes("a/b", b"1", "text/plain")
    assert len(read) == 2
    assert old.sha256_of("a/video.mp4") == file.sha256


def test_bytes_falsified_on_an_unprotected_line_never_become_an_object(
    s3_server: S3Server, tmp_path: Path
) -> None:
    # Without TLS nothing but the checksums notices; each fault strikes inside the content.
    plan = Plan(sent_bytes=2 * PART_BYTES, received_bytes=10**9, kinds=(Fault.CORRUPT,))
    file = LocalFile.of(large_file(tmp_path / "video.mp4", 3 * PART_BYTES))
    plain_port = urlsplit(s3_server.plain_url).port
    assert plain_port is not None
    with fault_proxy(plain_port, plan) as proxy:
        access = replace(s3_server.access, endpoint_url=f"http://127.0.0.1:{proxy}")
        storage = S3Storage(s3_server.bucket, tmp_path.name, access)
        for _ in range(10):
            try:
                storage.put_file("a/video.mp4", file.path, file.sha256, "video/mp4")
            except StepError:
                continue
            break
    direct = S3Storage(s3_server.bucket, tmp_path.name, s3_server.access)
    assert plan.total > 0
    assert [each.key for each in direct.list_objects("a")] in ([], ["a/video.mp4"])
    if list(direct.list_objects("a")):
        assert direct.sha256_of("a/video.mp4") == file.sha256


def test_a_broken_download_is_taken_up_where_it_broke(
    s3_server: S3Server, bucket: S3Storage, tmp_path: Path
) -> None:
    file = LocalFile.of(large_file(tmp_path / "video.mp4", 3 * PART_BYTES))
    bucket.put_file("a/video.mp4", file.path, file.sha256, "video/mp4")
    plan = Plan(sent_bytes=10**9, received_bytes=20_000_000, kinds=(Fault.CUT, Fault.CORRUPT))
    with fault_proxy(port_of(s3_server), plan) as proxy:
        access = replace(s3_server.access, endpoint_url=f"https://127.0.0.1:{proxy}")
        flaky = S3Storage(bucket.bucket, bucket.prefix, access)
        assert {flaky.sha256_of("a/video.mp4") for _ in range(4)} == {file.sha256}
    assert plan.total > 0


def test_memory_stays_flat_whatever_the_files_size(s3_server: S3Server, tmp_path: Path) -> None:
    file = LocalFile.of(large_file(tmp_path / "video.mp4", 400_000_000))
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from tasks.storage.s3_access import S3Access\n"
        "from tasks.storage.s3_storage import S3Storage\n"
        "url, ca, bucket, prefix, path, sha256 = sys.argv[1:]\n"
        "access = S3Access(url, 'eu-central-1', 'pipeline', 'nur-fuer-tests', ca_file=ca)\n"
        "storage = S3Storage(bucket, prefix, access)\n"
        "storage.put_bytes('a', b'', 'text/plain')\n"
        "base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "storage.put_file('v', Path(path), sha256, 'video/mp4')\n"
        "storage.sha256_of('v')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base)\n"
    )
    access = s3_server.access
    arguments = [str(access.endpoint_url), str(access.ca_file), s3_server.bucket, tmp_path.name]
    command = [sys.executable, "-c", program, *arguments, str(file.path), file.sha256]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(ended.stdout) * 1024 <= 150_000_000


def test_a_presigned_address_is_read_by_anyone_for_a_short_while(
    s3_server: S3Server, bucket: S3Storage
) -> None:
    bucket.put_bytes("a/index.html", b"<p>", "text/html")
    context = create_default_context(cafile=s3_server.access.ca_file)
    url = bucket.presigned_url("a/index.html", 2)
    assert urllib.request.urlopen(url, context=context).read() == b"<p>"  # noqa: S310 - the loopback
    for refused in (url.split("?")[0], url.replace("index.html", "index.htm")):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(refused, context=context)  # noqa: S310
    time.sleep(3)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url, context=context)  # noqa: S310
    assert caught.value.code == 403


def test_a_wrong_key_is_refused_without_showing_it(s3_server: S3Server) -> None:
    access = replace(s3_server.access, secret_access_key="falscher-schluessel")
    with pytest.raises(PermanentError) as caught:
        open_storage(f"s3://{s3_server.bucket}/x", access).put_bytes("a", b"", "text/plain")
    assert caught.value.code == "storage_refused"
    assert "falscher" not in repr(caught.value) + repr(access)


def test_a_server_that_nobody_vouches_for_is_refused(s3_server: S3Server) -> None:
    access = replace(s3_server.access, ca_file=None)
    with pytest.raises(PermanentError) as caught:
        open_storage(f"s3://{s3_server.bucket}/x", access).get_bytes("a")
    assert caught.value.code == "storage_certificate"


def test_a_bucket_that_is_missing_is_named(s3_server: S3Server) -> None:
    with pytest.raises(PermanentError) as caught:
        S3Storage("nichts", "", s3_server.reader).get_bytes("a")
    assert caught.value.code in ("storage_missing", "storage_refused")


def test_a_server_that_is_away_is_temporary() -> None:
    access = S3Access(f"http://127.0.0.1:{free_port()}", "eu-central-1", "a", "b")
    with pytest.raises(TemporaryError) as caught:
        open_storage("s3://archiv", access).get_bytes("a")
    assert caught.value.code == "storage_unreachable"


ANSWERS: dict[str, tuple[int, type[StepError], str]] = {
    "SlowDown": (503, TemporaryError, "storage_busy"),
    "InternalError": (500, TemporaryError, "storage_busy"),
    "RequestTimeout": (400, TemporaryError, "storage_timeout"),
    "BadDigest": (400, TemporaryError, "storage_corrupted"),
    "QuotaExceeded": (403, TemporaryError, "storage_full"),
    "NoSuchBucket": (404, PermanentError, "storage_missing"),
    "ExpiredToken": (400, PermanentError, "storage_expired"),
    "RequestTimeTooSkewed": (403, PermanentError, "storage_clock"),
    "AccessDenied": (403, PermanentError, "storage_read_only"),
    "InvalidAccessKeyId": (403, PermanentError, "storage_refused"),
}


@pytest.mark.parametrize("code", ANSWERS)
def test_what_a_server_says_no_with_is_named_in_one_sentence_with_what_to_do(code: str) -> None:
    status, kind, expected = ANSWERS[code]
    with refusing_server(status, code) as url:
        storage = open_storage("s3://archiv", S3Access(url, "eu-central-1", "a", "b"))
        with pytest.raises(kind) as caught:
            storage.put_bytes("a", b"", "text/plain")
    assert caught.value.code == expected
    assert type(caught.value) in WORDINGS
    assert "s3://archiv" in explain(caught.value)


@contextmanager
def refusing_server(status: int, code: str) -> Iterator[str]:
    """A server that says no to everything, as S3 words it: for errors that no real one makes on demand."""

    class Refusal(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def large_file(path: Path, size_bytes: int) -> Path:
    """Bytes that differ from part to part."""
    with path.open("wb") as stream:
        for start in range(0, size_bytes, 1_000_000):
            block = (start // 1_000_000).to_bytes(4, "big") * 250_000
            stream.write(block[: min(1_000_000, size_bytes - start)])
    return path


def port_of(server: S3Server) -> int:
    port = urlsplit(str(server.access.endpoint_url)).port
    assert port is not None
    return port


def test_a_folder_is_listed_beside_a_writer(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "archive")
    storage.put_bytes("recordings/a/manifest.json", b"1", "application/json")
    program = (
        "import sys; from pathlib import Path; from tasks.storage.folder_storage import FolderStorage\n"
        "storage = FolderStorage(Path(sys.argv[1]))\n"
        "print(flush=True)\n"
        "while True:\n"
        "    for name in ('a/b/one', 'a/b/two', 'c/three'):\n"
        "        storage.put_bytes(f'recordings/{name}', b'2', '')\n"
        "    for name in ('a/b/one', 'a/b/two', 'c/three'):\n"
        "        storage.delete(f'recordings/{name}')\n"
    )
    command = [sys.executable, "-c", program, str(storage.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        try:
            for _ in range(3000):
                keys = [each.key for each in storage.list_objects("recordings")]
                assert "recordings/a/manifest.json" in keys
                assert not [key for key in keys if ".draft-" in key]
                list(storage.leftovers())
                assert "a" in list(storage.list_folders("recordings"))
        finally:
            writer.kill()


def test_what_is_gone_between_listing_and_looking_is_passed_over(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "archive")
    for name in ("one", "two", "three"):
        storage.put_bytes(f"a/{name}", b"1", "")
    found = storage.list_objects("a")
    first = next(found).key
    for name in ("one", "two", "three"):
        storage.delete(f"a/{name}")
    assert list(found) == []
    assert first.startswith("a/")


@pytest.mark.parametrize("read", [FolderStorage.get_bytes, FolderStorage.sha256_of])
def test_a_folder_in_the_place_of_a_file_is_damage_of_that_file(
    tmp_path: Path, read: Callable[[FolderStorage, str], object]
) -> None:
    storage = FolderStorage(tmp_path / "archive")
    (storage.root / "recordings/eins/manifest.json").mkdir(parents=True)
    with pytest.raises(DamagedError) as caught:
        read(storage, "recordings/eins/manifest.json")
    assert caught.value.details == {"record": "eins", "name": "manifest.json"}


def test_what_is_too_large_for_a_text_is_not_read(storage: Storage, tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as stream:
        stream.truncate(LARGEST_BYTES + 1)
    large = LocalFile.of(file)
    storage.put_file("recordings/eins/manifest.json", file, large.sha256, "application/json")
    with pytest.raises(DamagedError):
        storage.get_bytes("recordings/eins/manifest.json")


def test_names_that_are_no_text_are_passed_over_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    storage = FolderStorage(tmp_path / "archive")
    storage.put_bytes("recordings/eins/manifest.json", b"1", "")
    (storage.root / "recordings" / os.fsdecode(b"\xff\xfe")).mkdir()
    (storage.root / "recordings" / "eins" / os.fsdecode(b"\xff")).write_text("x")
    assert list(storage.list_folders("recordings")) == ["eins"]
    assert [each.key for each in storage.list_objects("recordings")] == ["recordings/eins/manifest.json"]
    assert "skipping" in caplog.text
