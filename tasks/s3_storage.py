"""The archive in an S3 bucket, through boto3. Every object is sent with its SHA-256."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from hashlib import sha256 as sha256_of
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from transcripts.errors import PermanentError, TemporaryError

TEMPORARY_CODES = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "503", "500"}
MISSING_CODES = {"NoSuchKey", "404", "NotFound"}


@dataclass(frozen=True, slots=True)
class S3Access:
    """How to reach a bucket; without keys boto3's usual places are searched."""

    endpoint_url: str | None = None
    region: str | None = None
    access_key_id: str | None = field(default=None, repr=False)
    secret_access_key: str | None = field(default=None, repr=False)


class S3Storage:
    """See `tasks.storage.Storage`."""

    def __init__(self, bucket: str, prefix: str, access: S3Access) -> None:
        self.bucket, self.prefix = bucket, prefix
        self.client = boto3.client(
            "s3",
            endpoint_url=access.endpoint_url,
            region_name=access.region or "us-east-1",
            aws_access_key_id=access.access_key_id,
            aws_secret_access_key=access.secret_access_key,
            config=Config(
                retries={"mode": "standard", "max_attempts": 4},
                connect_timeout=10,
                read_timeout=60,
                # Ceph answers the newer default checksums with an error; the SHA-256 is sent as metadata.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path" if access.endpoint_url else "auto"},
            ),
        )

    def put_bytes(self, key: str, content: bytes, content_type: str) -> None:
        """One PUT, with the MD5 that the server must find."""
        digest = base64.b64encode(md5(content, usedforsecurity=False).digest()).decode()
        with self._translated():
            self.client.put_object(
                Bucket=self.bucket,
                Key=self._full(key),
                Body=content,
                ContentType=content_type,
                ContentMD5=digest,
                Metadata={"sha256": sha256_of(content).hexdigest()},
            )

    def put_file(self, key: str, path: Path, sha256: str, content_type: str) -> None:
        """A managed (for large files multipart) upload; what the server holds is measured after it."""
        extra = {"ContentType": content_type, "Metadata": {"sha256": sha256}}
        with self._translated():
            self.client.upload_file(str(path), self.bucket, self._full(key), ExtraArgs=extra)
            held = self.client.head_object(Bucket=self.bucket, Key=self._full(key))
        if held["ContentLength"] != path.stat().st_size:
            raise TemporaryError("storage_unreachable", place=self.location(""))

    def get_bytes(self, key: str) -> bytes:
        """One GET."""
        with self._translated(key):
            answer = self.client.get_object(Bucket=self.bucket, Key=self._full(key))
            return answer["Body"].read()

    def list_folders(self, prefix: str) -> Iterator[str]:
        """Common prefixes, page by page."""
        below = self._full(prefix) + "/"
        with self._translated():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=below, Delimiter="/"
            )
            for page in pages:
                for folder in page.get("CommonPrefixes", []):
                    yield folder["Prefix"].removeprefix(below).rstrip("/")

    def location(self, key: str) -> str:
        """The `s3://` address."""
        return f"s3://{self.bucket}/{self._full(key)}"

    def _full(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key

    @contextmanager
    def _translated(self, key: str | None = None) -> Iterator[None]:
        """Turn boto3's errors into ours, once, here."""
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if key is not None and code in MISSING_CODES:
                raise KeyError(key) from error
            if code in TEMPORARY_CODES:
                raise TemporaryError("storage_unreachable", place=self.location("")) from error
            raise PermanentError("storage_refused", place=self.location(""), reason=code) from error
        except NoCredentialsError as error:
            raise PermanentError(
                "storage_refused", place=self.location(""), reason="NoCredentials"
            ) from error
        except (BotoCoreError, OSError) as error:
            raise TemporaryError("storage_unreachable", place=self.location("")) from error
