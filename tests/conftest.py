"""Fixtures of the whole suite: real servers, and the sample processed once as a user would."""

from collections.abc import Iterator

import pytest

from tests.ceph_server import running_ceph_server
from tests.s3_server import S3Server, running_s3_server


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--ceph` is for `make test-ceph`."""
    parser.addoption("--ceph", action="store_true", help="test against Ceph's S3 instead of SeaweedFS")


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[S3Server]:
    """A running S3 server with a bucket."""
    running = running_ceph_server if pytestconfig.getoption("--ceph") else running_s3_server
    with running(tmp_path_factory.mktemp("s3")) as server:
        yield server
