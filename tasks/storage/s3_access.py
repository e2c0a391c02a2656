"""How a bucket is reached: endpoint, keys and the hoster's peculiarities. Makes boto3's client."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tasks.network.certificates import expect_certificates

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Checksums = Literal["sha256", "md5"]
MOST_CONNECTIONS = 10


@dataclass(frozen=True, slots=True)
class S3Access:
    """How to reach a bucket; without keys boto3's usual places are searched.

    `checksums`: with "sha256" the server is given the SHA-256 of all it receives, and asked
    for what it holds; "md5" is for servers that know only Content-MD5. `path_style` None
    means: with an endpoint of one's own. `ca_file`: certificates to trust instead of the system's.
    """

    endpoint_url: str | None = None
    region: str | None = None
    access_key_id: str | None = field(default=None, repr=False)
    secret_access_key: str | None = field(default=None, repr=False)
    checksums: Checksums = "sha256"
    path_style: bool | None = None
    ca_file: str | None = None


def s3_client(access: S3Access) -> "S3Client":
    """A client with our time limits; it tries again by itself four times, with backoff.

    Raises CaFileUnreadableError, CaFileEmptyError.
    """
    # Loading boto3 takes longer than all else of storage, and who keeps a folder never needs it.
    import boto3
    from botocore.config import Config

    expect_certificates(access.ca_file)
    path_style = access.endpoint_url is not None if access.path_style is None else access.path_style
    return boto3.client(
        "s3",
        endpoint_url=access.endpoint_url,
        region_name=access.region or "us-east-1",
        aws_access_key_id=access.access_key_id,
        aws_secret_access_key=access.secret_access_key,
        verify=access.ca_file,
        config=Config(
            retries={"mode": "standard", "max_attempts": 4},
            connect_timeout=10,
            read_timeout=60,
            max_pool_connections=MOST_CONNECTIONS,
            # The checksums that boto3 would add by itself come as a trailer, which Ceph answers
            # with an error; ours are sent as headers.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            signature_version="s3v4",
            # What is sent carries a checksum in a signed header; signing the content too would
            # hash it a second time.
            s3={"addressing_style": "path" if path_style else "auto", "payload_signing_enabled": False},
        ),
    )
