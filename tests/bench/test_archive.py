"""What a listing costs on a real server; `make bench-archive` does it with 10,000 records."""

from dataclasses import replace
from pathlib import Path

from bench.archive import counted_listing, fill
from tasks.storage.s3_storage import S3Storage
from tests.s3_server import S3Server


def test_a_listing_asks_once_for_a_thousand_records_and_once_for_the_catalogue(
    s3_server: S3Server, tmp_path: Path
) -> None:
    access = replace(s3_server.access, endpoint_url=s3_server.plain_url)
    storage = S3Storage(s3_server.bucket, tmp_path.name, access)
    fill(storage, 1001)
    found = counted_listing(storage)
    assert found.records == 1001
    assert found.requests == 3, "so 10,000 records take 11"
