"""The archive's two homes, for the tests that hold for both."""

from pathlib import Path

import pytest

from tasks.storage.s3_access import S3Access
from tasks.storage.storage_interface import Storage, open_storage
from tests.s3_server import S3Server


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty archive: a folder, and then a bucket on a real server over TLS."""
    if request.param == "folder":
        return open_storage(str(tmp_path / "archive"), S3Access())
    server: S3Server = request.getfixturevalue("s3_server")
    return open_storage(f"s3://{server.bucket}/{tmp_path.name}", server.access)
