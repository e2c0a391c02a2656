"""An archive with the sample meeting, and a reading room over it."""

from collections.abc import Iterator

import pytest
import schemathesis
from fastapi.testclient import TestClient

from flows.reading_room.app import create_app
from flows.reading_room.library import Library
from flows.reading_room.room_context import Room
from tasks.storage.s3_access import S3Access
from tasks.storage.storage_interface import Storage, open_storage
from tests.sample_documents import council_paper, model_motion, proposed_letter, publish_sample_document
from tests.tasks.search.test_index_update import publish_sample
from transcripts.pages.room.room_pages import Site

RECORD = "2026-11-19-losverfahren-in-kleinen-gemeinden"
SITE = Site("Netzwerk Bürgerräte", "https://lesen.example.org")


@pytest.fixture(scope="session")
def sample_storage(tmp_path_factory: pytest.TempPathFactory) -> Storage:
    """An archive that holds the sample meeting; not to be changed."""
    folder = tmp_path_factory.mktemp("room")
    storage = open_storage(str(folder / "archive"), S3Access())
    publish_sample(storage, folder, RECORD)
    return storage


@pytest.fixture(scope="session")
def room(sample_storage: Storage, tmp_path_factory: pytest.TempPathFactory) -> Room:
    """An open reading room that has read the archive."""
    library = Library(sample_storage, tmp_path_factory.mktemp("index") / "search.sqlite")
    library.catch_up()
    return Room(SITE, library, is_open=True)


@pytest.fixture(scope="session")
def client(room: Room) -> Iterator[TestClient]:
    with TestClient(create_app(room), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """An open reading room with the sample meeting and two documents; a third one waits for its release."""
    folder = tmp_path_factory.mktemp("papers")
    storage = open_storage(str(folder / "archive"), S3Access())
    publish_sample(storage, folder, RECORD)
    for sample in (model_motion(), council_paper(), proposed_letter()):
        publish_sample_document(storage, folder, sample)
    library = Library(storage, folder / "search.sqlite")
    library.catch_up()
    return Room(SITE, library, is_open=True)


@pytest.fixture(scope="session")
def papers_client(papers: Room) -> Iterator[TestClient]:
    with TestClient(create_app(papers), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def api_schema(room: Room) -> schemathesis.BaseSchema:
    """The description that the API gives of itself."""
    return schemathesis.openapi.from_asgi("/api/openapi.json", create_app(room))
