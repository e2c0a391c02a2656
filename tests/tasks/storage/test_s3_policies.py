"""The policies of docs/archive.md, set on a real server's bucket: what each key may do and what not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from ssl import create_default_context
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from tasks.archive.next_version import Replacement
from tasks.archive.pruning import removable, remove
from tasks.archive.publishing import publish, replace_content, restore
from tasks.archive.record_store import record_ids
from tasks.archive.verification import verify_archive
from tasks.storage.s3_access import s3_client
from tasks.storage.s3_storage import S3Storage
from tasks.storage.s3_upload import PART_BYTES
from tasks.storage.stored_objects import Leftover
from tests.archive_records import IMPRINT, RECORD_ID, WRITER, keys_of, small_record, small_transcript
from tests.s3_server import SHARED_BUCKET, SHARED_PREFIX, S3Server
from tests.tasks.archive.test_verification import LATER
from transcripts.archive.layout import AUDIO, object_key
from transcripts.errors.error_kinds import PermanentError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FOREIGN = "fremd/geheim.txt"
PAGE = object_key(RECORD_ID, "index.html")


@dataclass(frozen=True, slots=True)
class SharedBucket:
    """An archive at a prefix of a bucket that others use too, as each of its users sees it."""

    owner: "S3Client"
    pipeline: S3Storage
    reader: S3Storage
    ca_file: str


@pytest.fixture
def shared(s3_server: S3Server, tmp_path: Path) -> Iterator[SharedBucket]:
    """An archive with one record, published with the pipeline's key, beside somebody else's object."""
    owner = s3_client(s3_server.owner)
    owner.put_object(Bucket=SHARED_BUCKET, Key=FOREIGN, Body=b"geheim")
    pipeline = S3Storage(SHARED_BUCKET, SHARED_PREFIX, s3_server.access)
    publish(pipeline, small_record(tmp_path / "work", media_bytes=PART_BYTES + 1), IMPRINT)
    reader = S3Storage(SHARED_BUCKET, SHARED_PREFIX, s3_server.reader)
    yield SharedBucket(owner, pipeline, reader, str(s3_server.access.ca_file))
    for stored in list(pipeline.list_objects("")):
        pipeline.delete(stored.key)


def test_the_pipelines_key_does_all_that_the_pipeline_does(shared: SharedBucket) -> None:
    pipeline = shared.pipeline
    replace_content(pipeline, RECORD_ID, Replacement(WRITER, transcript=small_transcript("Neu.")), IMPRINT)
    restore(pipeline, RECORD_ID, 1, IMPRINT)
    pipeline.put_bytes(object_key(RECORD_ID, "notiz.txt"), b"vergessen", "text/plain")
    shared.owner.create_multipart_upload(Bucket=SHARED_BUCKET, Key=f"{SHARED_PREFIX}/recordings/x")
    (leftover,) = pipeline.leftovers()
    remove(pipeline, list(removable(pipeline, leftover.begun_at + LATER)))
    assert "notiz.txt" not in keys_of(pipeline)
    assert list(pipeline.leftovers()) == []
    assert list(verify_archive(pipeline, IMPRINT, deep=True)) == []


def test_the_pipelines_key_can_do_nothing_else(shared: SharedBucket) -> None:
    client = shared.pipeline.client
    assert not allowed(lambda: client.get_object(Bucket=SHARED_BUCKET, Key=FOREIGN))
    assert not allowed(lambda: client.put_object(Bucket=SHARED_BUCKET, Key=FOREIGN, Body=b"neu"))
    assert not allowed(lambda: client.delete_object(Bucket=SHARED_BUCKET, Key=FOREIGN))
    place = f"{SHARED_PREFIX}/{PAGE}"
    assert not allowed(lambda: client.put_object_acl(Bucket=SHARED_BUCKET, Key=place, ACL="public-read"))
    assert not allowed(lambda: client.get_bucket_policy(Bucket=SHARED_BUCKET))
    assert not allowed(lambda: client.delete_bucket_policy(Bucket=SHARED_BUCKET))
    assert not allowed(lambda: client.delete_bucket(Bucket=SHARED_BUCKET))
    content = shared.owner.get_object(Bucket=SHARED_BUCKET, Key=FOREIGN)["Body"].read()
    assert content == b"geheim"


def test_the_readers_key_reads_lists_verifies_and_signs(shared: SharedBucket) -> None:
    reader = shared.reader
    assert record_ids(reader) == [RECORD_ID]
    assert keys_of(reader) == keys_of(shared.pipeline)
    assert list(verify_archive(reader, IMPRINT, deep=True)) == []
    with pytest.raises(KeyError):
        reader.get_bytes(object_key(RECORD_ID, "gibt-es-nicht"))
    assert fetched(shared, reader.presigned_url(PAGE, 60)) == reader.get_bytes(PAGE)


def test_the_readers_key_changes_nothing(shared: SharedBucket, tmp_path: Path) -> None:
    reader, before = shared.reader, contents(shared.pipeline)
    record = small_record(tmp_path / "another", "zwei", "Anderes", media_bytes=PART_BYTES + 1)
    video, tag = record.media_files()["media/video.mp4"], reader.get_tagged(PAGE).tag
    writes: list[Callable[[], object]] = [
        lambda: reader.put_bytes(PAGE, b"", "text/html"),
        lambda: reader.put_if(PAGE, b"", "text/html", tag),
        lambda: reader.put_if("neu.txt", b"", "text/plain", None),
        lambda: reader.put_file("neu.mp4", video.path, video.sha256, "video/mp4"),
        lambda: reader.delete(object_key(RECORD_ID, AUDIO)),
        lambda: publish(reader, record, IMPRINT),
    ]
    for write in writes:
        with pytest.raises(PermanentError) as caught:
            write()
        assert caught.value.code in ("storage_read_only", "storage_refused")
    assert not allowed(lambda: reader.client.get_object(Bucket=SHARED_BUCKET, Key=FOREIGN))
    assert contents(shared.pipeline) == before


def test_the_reader_cannot_end_an_upload_of_the_pipeline(shared: SharedBucket) -> None:
    place = f"{SHARED_PREFIX}/recordings/x"
    upload = shared.pipeline.client.create_multipart_upload(Bucket=SHARED_BUCKET, Key=place)
    (leftover,) = shared.pipeline.leftovers()
    with pytest.raises(PermanentError):
        shared.reader.remove_leftover(Leftover("recordings/x", upload["UploadId"], leftover.begun_at))
    assert [each.token for each in shared.pipeline.leftovers()] == [upload["UploadId"]]
    shared.pipeline.remove_leftover(leftover)


def test_without_a_key_nothing_is_read_listed_or_written(shared: SharedBucket) -> None:
    signed = shared.reader.presigned_url(PAGE, 60)
    page = signed.split("?")[0]
    bucket = page.split(f"/{SHARED_PREFIX}/")[0]
    for url, method in ((page, "GET"), (bucket, "GET"), (page, "PUT"), (page, "DELETE")):
        with pytest.raises(HTTPError) as caught:
            fetched(shared, url, method)
        assert caught.value.code == 403
    for method in ("PUT", "DELETE"):
        with pytest.raises(HTTPError):
            fetched(shared, signed, method)
    assert shared.reader.get_bytes(PAGE)


def allowed(request: Callable[[], object]) -> bool:
    try:
        request()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 403:
            raise
        return False
    return True


def fetched(shared: SharedBucket, url: str, method: str = "GET") -> bytes:
    request = Request(url, method=method, data=b"x" if method == "PUT" else None)  # noqa: S310 - the loopback
    with urlopen(request, context=create_default_context(cafile=shared.ca_file)) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


def contents(storage: S3Storage) -> dict[str, str]:
    return {each.key: storage.sha256_of(each.key) for each in storage.list_objects("")}
