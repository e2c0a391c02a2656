"""The archive in an S3 bucket, through boto3."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256 as sha256_of_bytes
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tasks.storage.s3_access import S3Access, s3_client
from tasks.storage.s3_errors import LOST_RACE, MISSING, code_of, translated
from tasks.storage.s3_upload import MIB, Target, put_small, upload_file
from tasks.storage.stored_models import damage_of
from tasks.storage.stored_objects import Advance, Facts, Leftover, Stored, Tagged
from transcripts.archive.download_names import content_disposition
from transcripts.archive.layout import cache_control
from transcripts.errors.archive_errors import RecordBusyError
from transcripts.errors.error_kinds import TemporaryError
from transcripts.model import LARGEST_BYTES

MOST_BREAKS = 5


class S3Storage:
    """See `tasks.storage.storage_interface.Storage`."""

    def __init__(self, bucket: str, prefix: str, access: S3Access) -> None:
        self.bucket, self.prefix, self.access = bucket, prefix, access
        self.client = s3_client(access)

    def put_bytes(self, key: str, content: bytes, content_type: str, download_name: str = "") -> None:
        """One PUT, with the hash that the server must find."""
        digest = sha256_of_bytes(content).hexdigest()
        with self._translated():
            put_small(self._target(key, content_type, digest, download_name), content)

    def put_file(
        self,
        key: str,
        path: Path,
        sha256: str,
        content_type: str,
        download_name: str = "",
        advance: Advance | None = None,
    ) -> None:
        """In parts where it is large; see `tasks.storage.s3_upload`."""
        with self._translated():
            target = self._target(key, content_type, sha256, download_name)
            upload_file(target, path, sha256, advance or (lambda *_: None))

    def put_if(self, key: str, content: bytes, content_type: str, tag: str | None) -> str | None:
        """A conditional PUT, which every S3 we know honours (other than conditional completion)."""
        target = self._target(key, content_type, sha256_of_bytes(content).hexdigest())
        if tag is None:
            return self._put_on(target, content, IfNoneMatch="*") or self._tag_if_ours(key, content)
        stored = self._put_on(target, content, IfMatch=tag) or self._tag_if_ours(key, content)
        if stored is None and self._has_tag(key, tag):
            # Ceph 16 compares the tag with its quotation marks to its own without them.
            stored = self._put_on(target, content, IfMatch=tag.strip('"')) or self._tag_if_ours(key, content)
        return stored

    def get_bytes(self, key: str) -> bytes:
        """One GET."""
        return self.get_tagged(key).content

    def get_tagged(self, key: str) -> Tagged:
        """One GET."""
        with self._translated(key):
            answer = self.client.get_object(**self._address(key))
            if answer["ContentLength"] > LARGEST_BYTES:
                answer["Body"].close()
                raise damage_of(key)
            return Tagged(answer["Body"].read(), answer["ETag"])

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        """Downloaded into a temporary file."""
        with tempfile.NamedTemporaryFile(prefix="mitschnitt-") as draft:
            for chunk in self._chunks(key):
                with self._translated():
                    draft.write(chunk)
            draft.flush()
            yield Path(draft.name)

    def sha256_of(self, key: str) -> str:
        """GET and hash, a MiB at a time."""
        found = sha256_of_bytes()
        for chunk in self._chunks(key):
            found.update(chunk)
        return found.hexdigest()

    def noted_sha256(self, key: str) -> str | None:
        """What `put_file` and `put_bytes` noted in the object's metadata."""
        with self._translated(key):
            return self.client.head_object(**self._address(key))["Metadata"].get("sha256")

    def list_objects(self, prefix: str) -> Iterator[Stored]:
        """Page by page, a thousand at a time."""
        for page in self._pages(prefix):
            for each in page.get("Contents", []):
                yield Stored(self._short(each["Key"]), each["Size"], each["LastModified"])

    def list_directly(self) -> Iterator[Stored]:
        """The objects whose keys go no deeper, with their tags."""
        for page in self._pages("", Delimiter="/"):
            for each in page.get("Contents", []):
                yield Stored(self._short(each["Key"]), each["Size"], each["LastModified"], each["ETag"])

    def facts_of(self, key: str) -> Facts | None:
        """One HEAD; None where nothing is there."""
        try:
            with self._translated(key):
                answer = self.client.head_object(**self._address(key))
        except KeyError:
            return None
        return Facts(answer["ETag"], answer["Metadata"])

    def chunks_of(self, key: str, tag: str) -> Iterator[bytes]:
        """The content that has this tag, a MiB at a time. Raises RecordBusyError for another."""
        return self._chunks(key, tag)

    def copy(self, key: str, target: str, tag: str, metadata: Mapping[str, str]) -> None:
        """Copy the content that has this tag on the server, in parts if it is large; else `record_busy`."""
        noted = {"MetadataDirective": "REPLACE", "Metadata": dict(metadata), "CopySourceIfMatch": tag}
        with self._translated(key):
            self.client.copy(self._address(key), self.bucket, self._full(target), ExtraArgs=noted)

    def list_folders(self, prefix: str) -> Iterator[str]:
        """Common prefixes, page by page."""
        for page in self._pages(prefix, Delimiter="/"):
            for folder in page.get("CommonPrefixes", []):
                yield folder["Prefix"].rstrip("/").rsplit("/", 1)[-1]

    def delete(self, key: str) -> None:
        """One DELETE."""
        with self._translated():
            self.client.delete_object(**self._address(key))

    def leftovers(self) -> Iterator[Leftover]:
        """Multipart uploads that nobody completed."""
        with self._translated():
            pages = self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.bucket, Prefix=self._below("")
            )
            for page in pages:
                for each in page.get("Uploads", []):
                    yield Leftover(self._short(each["Key"]), each["UploadId"], each["Initiated"])

    def remove_leftover(self, leftover: Leftover) -> None:
        """Abort the upload; the server frees its parts."""
        with self._translated():
            try:
                self.client.abort_multipart_upload(**self._address(leftover.key), UploadId=leftover.token)
            except ClientError as error:
                if code_of(error) not in MISSING | {"NoSuchUpload"}:
                    raise

    def location(self, key: str) -> str:
        """The `s3://` address."""
        return f"s3://{self.bucket}/{self._full(key)}"

    def presigned_url(self, key: str, seconds: int) -> str:
        """An address that anyone may read this object at for so long; needs no request."""
        return str(
            self.client.generate_presigned_url("get_object", Params=self._address(key), ExpiresIn=seconds)
        )

    def _put_on(self, target: Target, content: bytes, **condition: str) -> str | None:
        """The new tag; None when the condition does not hold."""
        with self._translated():
            try:
                return put_small(target, content, **condition)
            except ClientError as error:
                if code_of(error) not in LOST_RACE | MISSING:
                    raise
        return None

    def _has_tag(self, key: str, tag: str) -> bool:
        try:
            return self.get_tagged(key).tag == tag
        except KeyError:
            return False

    def _tag_if_ours(self, key: str, content: bytes) -> str | None:
        """After a lost race: it may have been won by our own first try, whose answer got lost."""
        try:
            held = self.get_tagged(key)
        except KeyError:
            return None
        return held.tag if held.content == content else None

    def _chunks(self, key: str, tag: str = "") -> Iterator[bytes]:
        """The content, a MiB at a time; a broken line is taken up again where it broke."""
        position, total, failures = 0, -1, 0
        while position != total:
            rest: Any = {"Range": f"bytes={position}-"} if position else {}
            rest |= {"IfMatch": tag} if tag else {}
            try:
                with self._translated(key):
                    answer = self.client.get_object(**self._address(key), **rest)
                    tag, total = answer["ETag"], position + answer["ContentLength"]
                    for chunk in answer["Body"].iter_chunks(MIB):
                        position += len(chunk)
                        yield chunk
            except TemporaryError as error:
                failures += 1
                if failures > MOST_BREAKS or isinstance(error, RecordBusyError):
                    raise

    def _pages(self, prefix: str, **options: Any) -> Iterator[Any]:
        with self._translated():
            paginator = self.client.get_paginator("list_objects_v2")
            yield from paginator.paginate(Bucket=self.bucket, Prefix=self._below(prefix), **options)

    def _target(self, key: str, content_type: str, sha256: str, download_name: str = "") -> Target:
        headers = {
            "ContentType": content_type,
            "CacheControl": cache_control(key),
            "Metadata": {"sha256": sha256},
        }
        if download_name:
            headers["ContentDisposition"] = content_disposition(download_name)
        place, checksums = self.location(""), self.access.checksums
        return Target(self.client, self.bucket, self._full(key), place, checksums, headers)

    def _address(self, key: str) -> Any:
        return {"Bucket": self.bucket, "Key": self._full(key)}

    def _full(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key

    def _below(self, prefix: str) -> str:
        full = self._full(prefix)
        return full if full.endswith("/") or not full else full + "/"

    def _short(self, key: str) -> str:
        return key.removeprefix(f"{self.prefix}/") if self.prefix else key

    def _translated(self, key: str | None = None) -> AbstractContextManager[None]:
        return translated(self.location(""), key)
