"""Fixtures of the whole suite: real servers, and the sample processed once as a user would."""

from collections.abc import Iterator

import pytest

from tests.ceph_server import running_ceph_server
from tests.s3_server import S3Server, running_s3_server

S3_SERVERS = {"seaweedfs": running_s3_server, "ceph": running_ceph_server}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which server plays S3."""
    parser.addoption("--s3-server", choices=sorted(S3_SERVERS), default="seaweedfs")


@pytest.fixture(scope="session")
def s3_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 server with its buckets."""
    start = S3_SERVERS[request.config.getoption("--s3-server")]
    with start(tmp_path_factory.mktemp("s3")) as server:
        yield server
