"""Sends a file to S3 in parts, side by side, and makes sure that the server holds what was meant.

After a crash the open upload is found again and its finished parts are not sent
twice. Memory holds a few parts, whatever the file's size. What the server holds is
proved by its own SHA-256 over what it received; a server that states none is read
back. Nothing relies on conditional completion, which some servers ignore.
"""

import math
from base64 import b64encode
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import md5, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tasks.storage.s3_access import Checksums
from tasks.storage.s3_errors import LOST_RACE, MISSING, code_of
from tasks.storage.stored_objects import Advance
from transcripts.errors.storage_errors import StorageCorruptedError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MIB = 1024 * 1024
PART_BYTES = 8 * MIB
MOST_PARTS = 10_000  # S3's own limit
WORKERS = 4
MOST_IN_MEMORY = WORKERS + 2
# What S3 answers when the open upload is not what we think it is.
GONE = {"NoSuchUpload", "InvalidPart", "InvalidPartOrder", "EntityTooSmall"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where an object goes, and what goes with it."""

    client: "S3Client"
    bucket: str
    key: str
    place: str
    checksums: Checksums
    headers: dict[str, Any]

    @property
    def address(self) -> dict[str, Any]:
        """The arguments that name the object in every call."""
        return {"Bucket": self.bucket, "Key": self.key}


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """A part that the server already has."""

    size_bytes: int
    etag: str


@dataclass(frozen=True, slots=True)
class SentPart:
    """A part that the server has now; `digest` is the SHA-256 of it."""

    number: int
    etag: str
    size_bytes: int
    digest: bytes


def put_small(target: Target, content: bytes, **conditions: Any) -> str:
    """Send an object in one request, prove it, and return its ETag."""
    answer: Any = target.client.put_object(
        **target.address, Body=content, **target.headers, **_integrity(content, target), **conditions
    )
    if answer.get("ChecksumSHA256") != _base64_sha256(content):
        _expect(target, _read_back(target) == sha256(content).hexdigest())
    return str(answer["ETag"])


def upload_file(target: Target, path: Path, digest: str, advance: Advance) -> None:
    """Send a file, unless the server holds it; `digest` is the SHA-256 (hex) that it must have."""
    size_bytes = path.stat().st_size
    existing = _size_and_note(target)
    if existing == (size_bytes, digest) and _is_proved(target, size_bytes, digest, _digests(path)):
        advance(size_bytes, size_bytes)
    elif size_bytes <= PART_BYTES:
        content = path.read_bytes()
        _expect(target, sha256(content).hexdigest() == digest)
        put_small(target, content)
        advance(size_bytes, size_bytes)
    else:
        _upload_in_parts(target, path, digest, advance, is_new=existing is None)


def part_size(size_bytes: int) -> int:
    """Bytes a part: 8 MiB, and whole MiB more where a file would have too many of them."""
    return max(PART_BYTES, math.ceil(size_bytes / MOST_PARTS / MIB) * MIB)


def _upload_in_parts(target: Target, path: Path, digest: str, advance: Advance, *, is_new: bool) -> None:
    upload_id, held = _open_upload(target, path)
    sent, found = _send_parts(target, path, upload_id, held, advance)
    if found != digest:
        _abort(target, upload_id)
        raise StorageCorruptedError(place=target.place)
    digests = [part.digest for part in sent]
    try:
        _complete(target, upload_id, sent, is_new=is_new)
    except ClientError as error:
        # An earlier try, or another writer, may have completed it: then it is proved like any other.
        if code_of(error) not in GONE | LOST_RACE:
            raise
        _abort(target, upload_id)
    _expect(target, _is_proved(target, path.stat().st_size, digest, digests))


def _open_upload(target: Target, path: Path) -> tuple[str, dict[int, UploadedPart]]:
    """The newest open upload of this file and the parts it has; a new one if there is none."""
    answer = target.client.list_multipart_uploads(Bucket=target.bucket, Prefix=target.key)
    ours = [each for each in answer.get("Uploads", []) if each["Key"] == target.key]
    if ours:
        newest = max(ours, key=lambda each: each["Initiated"])["UploadId"]
        try:
            held = dict(_uploaded_parts(target, newest))
        except ClientError as error:
            if code_of(error) not in GONE | MISSING:
                raise
        else:
            if _are_of(path, held):
                return newest, held
            _abort(target, newest)  # it began with other content, whose SHA-256 it would note
    algorithm: dict[str, Any] = {"ChecksumAlgorithm": "SHA256"} if target.checksums == "sha256" else {}
    created = target.client.create_multipart_upload(**target.address, **target.headers, **algorithm)
    return created["UploadId"], {}


def _uploaded_parts(target: Target, upload_id: str) -> Iterator[tuple[int, UploadedPart]]:
    pages = target.client.get_paginator("list_parts").paginate(**target.address, UploadId=upload_id)
    for page in pages:
        for part in page.get("Parts", []):
            yield part["PartNumber"], UploadedPart(part["Size"], part["ETag"])


def _are_of(path: Path, held: dict[int, UploadedPart]) -> bool:
    """Whether all of these are parts of this file, and there are some."""
    size = part_size(path.stat().st_size)
    with path.open("rb") as stream:
        for number, part in held.items():
            stream.seek((number - 1) * size)
            if not _is_held(stream.read(size), part):
                return False
    return bool(held)


def _is_held(content: bytes, part: UploadedPart) -> bool:
    return part.size_bytes == len(content) and part.etag == _md5_etag(content)


def _send_parts(
    target: Target, path: Path, upload_id: str, held: dict[int, UploadedPart], advance: Advance
) -> tuple[list[SentPart], str]:
    """Send what is not held, a few parts at a time; also the SHA-256 (hex) of the whole file as read."""
    whole, sent, size_bytes = sha256(), list[SentPart](), path.stat().st_size
    waiting: deque[Future[SentPart]] = deque()

    def finish_oldest() -> None:
        sent.append(waiting.popleft().result())
        advance(sum(part.size_bytes for part in sent), size_bytes)

    pool = ThreadPoolExecutor(WORKERS)
    try:
        for number, content in enumerate(_parts(path), start=1):
            waiting.append(pool.submit(_send, target, upload_id, number, content, held.get(number)))
            whole.update(content)
            if len(waiting) >= MOST_IN_MEMORY:
                finish_oldest()
        while waiting:
            finish_oldest()
    finally:
        pool.shutdown(cancel_futures=True)
    return sent, whole.hexdigest()


def _send(target: Target, upload_id: str, number: int, content: bytes, held: UploadedPart | None) -> SentPart:
    digest = sha256(content).digest()
    if held is not None and _is_held(content, held):
        return SentPart(number, held.etag, len(content), digest)
    integrity = _integrity(content, target, digest)
    answer = target.client.upload_part(
        **target.address, UploadId=upload_id, PartNumber=number, Body=content, **integrity
    )
    return SentPart(number, answer["ETag"], len(content), digest)


def _complete(target: Target, upload_id: str, sent: list[SentPart], *, is_new: bool) -> None:
    parts: Any = [_described(part, target) for part in sent]
    conditions: Any = {"IfNoneMatch": "*"} if is_new else {}
    target.client.complete_multipart_upload(
        **target.address, UploadId=upload_id, MultipartUpload={"Parts": parts}, **conditions
    )


def _abort(target: Target, upload_id: str) -> None:
    """Let the next try begin anew; an upload that is gone already is no error."""
    try:
        target.client.abort_multipart_upload(**target.address, UploadId=upload_id)
    except ClientError as error:
        if code_of(error) not in GONE | MISSING:
            raise


def _described(part: SentPart, target: Target) -> dict[str, Any]:
    named = {"PartNumber": part.number, "ETag": part.etag}
    if target.checksums == "sha256":
        named["ChecksumSHA256"] = b64encode(part.digest).decode()
    return named


def _size_and_note(target: Target) -> tuple[int, str | None] | None:
    """Size and noted SHA-256 of what lies there; None if nothing does."""
    try:
        answer = target.client.head_object(**target.address)
    except ClientError as error:
        if code_of(error) in MISSING:
            return None
        raise
    return answer["ContentLength"], answer["Metadata"].get("sha256")


def _is_proved(target: Target, size_bytes: int, digest: str, digests: list[bytes]) -> bool:
    """Whether the server holds and notes the right content: by its own SHA-256, else by reading it back."""
    try:
        answer = target.client.head_object(**target.address, ChecksumMode="ENABLED")
    except ClientError as error:
        if code_of(error) in MISSING:
            return False
        raise
    if (answer["ContentLength"], answer["Metadata"].get("sha256")) != (size_bytes, digest):
        return False
    stated = answer.get("ChecksumSHA256")
    if stated in (_composite(digests), b64encode(bytes.fromhex(digest)).decode()):
        return True
    return _read_back(target) == digest


def _composite(digests: list[bytes]) -> str:
    """S3's SHA-256 of an object in parts: the hash over the parts' hashes, and their number."""
    return f"{b64encode(sha256(b''.join(digests)).digest()).decode()}-{len(digests)}"


def _digests(path: Path) -> list[bytes]:
    return [sha256(content).digest() for content in _parts(path)]


def _parts(path: Path) -> Iterator[bytes]:
    size = part_size(path.stat().st_size)
    with path.open("rb") as stream:
        while content := stream.read(size):
            yield content


def _read_back(target: Target) -> str:
    """The SHA-256 (hex) of all that the server delivers."""
    found = sha256()
    for chunk in target.client.get_object(**target.address)["Body"].iter_chunks(MIB):
        found.update(chunk)
    return found.hexdigest()


def _integrity(content: bytes, target: Target, digest: bytes | None = None) -> Any:
    """What the server must find when it has received this content."""
    if target.checksums == "md5":
        return {"ContentMD5": b64encode(md5(content, usedforsecurity=False).digest()).decode()}
    return {"ChecksumSHA256": b64encode(digest or sha256(content).digest()).decode()}


def _base64_sha256(content: bytes) -> str:
    return b64encode(sha256(content).digest()).decode()


def _md5_etag(content: bytes) -> str:
    return f'"{md5(content, usedforsecurity=False).hexdigest()}"'


def _expect(target: Target, is_right: bool) -> None:
    if not is_right:
        raise StorageCorruptedError(place=target.place)
