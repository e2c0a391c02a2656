"""The pages of documents and their files, as they are served."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.middleware import Middleware

from flows.reading_room.app import create_app
from flows.reading_room.document_routes import document_files_router
from flows.reading_room.library import Library
from flows.reading_room.media_routes import MediaDelivery
from flows.reading_room.room_context import Room
from tasks.archive.document_publishing import change_document
from tasks.archive.document_store import read_document
from tasks.storage.s3_access import S3Access
from tasks.storage.s3_storage import S3Storage
from tasks.storage.storage_interface import Storage, open_storage
from tests.archive_records import IMPRINT
from tests.flows.reading_room.conftest import SITE
from tests.reading_rooms import StrictPolicy
from tests.s3_server import S3Server
from tests.sample_documents import (
    LETTER,
    MODEL_MOTION,
    model_motion,
    proposed_letter,
    publish_sample_document,
)
from transcripts.archive import layout
from transcripts.pages.desk.proposal_page import PROPOSE

PAGE = f"/{MODEL_MOTION}/"


@pytest.fixture(scope="module", params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Storage:
    folder = tmp_path_factory.mktemp("documents")
    if request.param == "folder":
        opened = open_storage(str(folder / "archive"), S3Access())
    else:
        server: S3Server = request.getfixturevalue("s3_server")
        opened = open_storage(f"s3://{server.bucket}/{folder.name}", server.access)
    publish_sample_document(opened, folder, model_motion())
    publish_sample_document(opened, folder, proposed_letter())
    return opened


@pytest.fixture(scope="module")
def room(storage: Storage, tmp_path_factory: pytest.TempPathFactory) -> Room:
    library = Library(storage, tmp_path_factory.mktemp("index") / "search.sqlite")
    library.catch_up()
    return Room(SITE, library, is_open=True)


@pytest.fixture(scope="module")
def client(room: Room) -> Iterator[TestClient]:
    yield from client_of(room)


def client_of(room: Room) -> Iterator[TestClient]:
    files = document_files_router(MediaDelivery(room.library.storage, "proxied"))
    app = create_app(room, [files], [Middleware(StrictPolicy)])
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_a_document_is_read_at_its_address(client: TestClient) -> None:
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Musterantrag: Bürgerrat Klimaschutz einsetzen" in page.text
    assert client.get(PAGE.rstrip("/"), follow_redirects=False).headers["location"] == PAGE
    assert client.get(f"{PAGE}index.html", follow_redirects=False).headers["location"] == PAGE
    assert client.get("/documents/2020-anderes/").status_code == 404


def test_the_library_lists_what_is_released_and_home_leads_there(client: TestClient) -> None:
    library = client.get("/documents/").text
    assert f'href="{PAGE}"' in library
    assert "Brief an den Gemeinderat" not in library
    assert 'href="/documents/">1 Dokument aus der Praxis</a>' in client.get("/").text
    assert PAGE not in client.get("/documents/", params={"jahr": "2021"}).text
    assert PAGE in client.get("/documents/", params={"jahr": "2024", "thema": "Klima", "seite": "x"}).text
    assert f'href="{PROPOSE}"' in client.get("/documents/").text


def test_the_api_lists_documents(client: TestClient) -> None:
    (listed,) = client.get("/api/documents").json()["documents"]
    assert (listed["record"], listed["kind"], listed["year"]) == (MODEL_MOTION, "model_motion", 2024)
    assert listed["url"] == f"https://lesen.example.org{PAGE}"
    assert client.get("/api/documents", params={"topic": "Wasser"}).json() == {"documents": []}


def test_what_a_question_finds_is_marked(client: TestClient) -> None:
    page = client.get(PAGE, params={"q": "Melderegister"}).text
    assert "<mark>Melderegister</mark>" in page
    assert page.count("<rect ") == 1
    assert "<mark>" not in client.get(PAGE, params={"q": "Quantenphysik"}).text
    assert client.get(PAGE, params={"q": '"' * 9_000}).status_code == 200


def test_every_file_that_the_page_names_is_served_whole(client: TestClient, storage: Storage) -> None:
    document = read_document(storage, MODEL_MOTION)
    media = [each for each in document.manifest.objects if layout.is_medium(each.name)]
    named = [each for each in media if not each.name.startswith(layout.ORIGINAL)]
    assert len(named) == 4
    for each in named:
        answer = client.get(PAGE + each.name)
        assert hashlib.sha256(answer.content).hexdigest() == each.sha256
    text = client.get(f"{PAGE}text/text.txt")
    assert text.text == document.text.plain_text
    assert "Bürgerrat Klimaschutz einsetzen.txt" in unquoted(text.headers["content-disposition"])


def unquoted(header: str) -> str:
    return header.replace("%20", " ").replace("%C3%BC", "ü")


def test_the_copy_of_an_original_is_saved_and_never_opened(client: TestClient) -> None:
    answer = client.get(f"{PAGE}cleaned/vorlage.docx")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    picture = client.get(f"{PAGE}pages/page-0001.webp")
    assert picture.headers["content-type"] == "image/webp"
    assert picture.headers["content-disposition"].startswith("inline")


@pytest.mark.parametrize("name", ["personal_data.json", "document.json", "manifest.json", "text/text.json"])
def test_nothing_else_of_a_document_is_served(client: TestClient, name: str) -> None:
    assert client.get(PAGE + name).status_code == 404
    assert client.get(f"{PAGE}history/0001.json").status_code == 404
    assert client.get(f"{PAGE}pages/..%2Fmanifest.json").status_code == 404


def test_what_waits_for_its_release_is_for_organisers_alone(client: TestClient, room: Room) -> None:
    for path in (f"/{LETTER}/", f"/{LETTER}/text/text.txt", f"/{LETTER}/original/vorlage.docx"):
        assert client.get(path).status_code == 404
    assert room.library.read_document(LETTER, sees_held=True) is not None


def test_pictures_go_through_us_and_large_files_may_come_from_the_bucket(
    room: Room, storage: Storage
) -> None:
    if not isinstance(storage, S3Storage):
        pytest.skip("a folder has no addresses of its own")
    files = document_files_router(MediaDelivery(storage, "presigned"))
    with TestClient(create_app(room, [files])) as client:
        assert client.get(f"{PAGE}pages/page-0001.webp", follow_redirects=False).status_code == 200
        pdf = client.get(f"{PAGE}archival/document.pdf", follow_redirects=False)
    assert pdf.status_code == 307
    assert str(storage.bucket) in pdf.headers["location"]


def test_members_alone_read_documents(room: Room) -> None:
    for client in client_of(replace(room, is_open=False)):
        for path in (PAGE, f"{PAGE}archival/document.pdf", f"{PAGE}text/text.txt"):
            assert client.get(path).status_code == 401


def test_members_get_the_copy_without_traces_of_persons_and_the_original_where_that_was_chosen(
    tmp_path: Path,
) -> None:
    storage = open_storage(str(tmp_path / "archive"), S3Access())
    publish_sample_document(storage, tmp_path, model_motion())

    def had() -> list[int]:
        library = Library(storage, tmp_path / "search.sqlite")
        library.catch_up()
        (client,) = client_of(Room(SITE, library, is_open=True))
        return [client.get(f"{PAGE}{name}/vorlage.docx").status_code for name in ("cleaned", "original")]

    assert had() == [200, 404]
    change_document(
        storage, MODEL_MOTION, lambda it: it.model_copy(update={"is_original_shared": True}), IMPRINT
    )
    assert had() == [404, 200]


def test_of_a_document_with_black_bars_the_original_is_gone(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "archive"), S3Access())
    publish_sample_document(storage, tmp_path, model_motion())
    change_document(storage, MODEL_MOTION, lambda it: it.model_copy(update={"is_barred": True}), IMPRINT)
    library = Library(storage, tmp_path / "search.sqlite")
    library.catch_up()
    for client in client_of(Room(SITE, library, is_open=True)):
        assert client.get(f"{PAGE}original/vorlage.docx").status_code == 404
        assert client.get(f"{PAGE}cleaned/vorlage.docx").status_code == 404
        assert client.get(f"{PAGE}archival/document.pdf").status_code == 200
