"""Fixtures of the whole suite: real servers, and the sample processed once as a user would."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from tests.ceph_server import running_ceph_server
from tests.longest_files import is_long, rank_of
from tests.s3_server import S3Server, running_s3_server

TESTS = Path(__file__).parent
STATE = TESTS.parent / Settings().work.state_dir
S3_SERVERS = {"seaweedfs": running_s3_server, "ceph": running_ceph_server}
BEGUN_SECONDS = time.monotonic()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which server plays S3, and how long the longest files may take where a run must end in time."""
    parser.addoption("--s3-server", choices=sorted(S3_SERVERS), default="seaweedfs")
    parser.addoption("--begin-long-within", type=float, metavar="MINUTES")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out, and say so, what of the longest files has not begun in time."""
    minutes = item.config.getoption("--begin-long-within")
    has_time = minutes is None or time.monotonic() - BEGUN_SECONDS <= 60 * minutes
    if not has_time and is_long(str(item.path.relative_to(TESTS))):
        pytest.skip(f"left out: the machine is too slow to begin it within {minutes:g} minutes")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; within a file all stays as it is written."""
    items.sort(key=lambda item: rank_of(str(item.path.relative_to(TESTS))))


@pytest.fixture(scope="session")
def s3_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 server with its buckets."""
    start = S3_SERVERS[request.config.getoption("--s3-server")]
    with start(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(autouse=True)
def no_event_loop_but_its_own(request: pytest.FixtureRequest) -> Iterator[None]:
    """An open browser keeps its loop in this thread, also in tests that have no browser."""
    playwrights = asyncio._get_running_loop()
    if playwrights is None or "browser" in request.fixturenames:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(playwrights)


@pytest.fixture(autouse=True)
def nothing_is_left_in_this_checkout() -> Iterator[None]:
    """What a test leaves here, the next run of it finds: it would be told, keyed or known already."""
    before = _kept_here()
    yield
    assert not _kept_here() - before, "a test's settings have no state_dir of their own"


def _kept_here() -> set[Path]:
    return set(STATE.rglob("*"))
