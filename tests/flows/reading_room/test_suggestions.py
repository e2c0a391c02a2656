"""Similar places and mentions on pages and in the API: found by a machine, and said to be so."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient

from flows.reading_room.app import create_app
from flows.reading_room.library import Library
from flows.reading_room.room_context import Room
from tasks.storage.s3_access import S3Access
from tasks.storage.storage_interface import open_storage
from tests.flows.reading_room.conftest import RECORD, SITE
from tests.sample_documents import LETTER, MODEL_MOTION, model_motion, publish_sample_document
from tests.tasks.search.test_index_update import publish_sample

SAID = "Im Musterantrag Bürgerrat Klimaschutz werden Teilnehmende aus dem Melderegister ausgelost."


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A room whose only recording talks of its document."""
    folder = tmp_path_factory.mktemp("talking")
    storage = open_storage(str(folder / "archive"), S3Access())
    publish_sample(storage, folder, RECORD, SAID)
    publish_sample_document(storage, folder, model_motion())
    library = Library(storage, folder / "search.sqlite")
    library.catch_up()
    with TestClient(create_app(Room(SITE, library, is_open=True))) as client:
        yield client


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_every_passage_found_leads_to_what_is_like_it(papers_client: TestClient) -> None:
    page = papers_client.get("/suche", params={"q": "Melderegister"}).text
    links = [unescape(each) for each in re.findall(r'href="(/aehnlich[^"]+)"', page)]
    assert f"/aehnlich?in={MODEL_MOTION.replace('/', '%2F')}&stelle=p0004" in links
    assert any(RECORD in each for each in links)
    for each in links:
        similar = papers_client.get(each)
        assert similar.status_code == 200
        assert "Maschinell gefunden" in similar.text


def test_what_is_alike_is_listed_without_the_passage_itself(talking: TestClient) -> None:
    answer = talking.get("/api/similar", params={"record": MODEL_MOTION, "at": "p0004"}).json()
    assert "Melderegister" in answer["text"]
    (alike,) = answer["results"]
    assert (alike["record"], alike["text"]) == (RECORD, SAID)
    page = text_of(talking.get("/aehnlich", params={"in": MODEL_MOTION, "stelle": "p0004"}).text)
    assert "1 Fundstelle" not in page
    assert SAID.removesuffix(" ausgelost.") in page


def test_places_that_are_not_there(papers_client: TestClient) -> None:
    assert papers_client.get("/aehnlich", params={"in": MODEL_MOTION, "stelle": "p9999"}).status_code == 404
    assert papers_client.get("/aehnlich", params={"in": LETTER, "stelle": "p0001"}).status_code == 404
    assert papers_client.get("/aehnlich", params={"in": RECORD, "stelle": "gestern"}).status_code == 422
    assert papers_client.get("/aehnlich").status_code == 422


def test_a_found_paragraph_leads_to_what_is_like_it(papers_client: TestClient) -> None:
    page = papers_client.get(f"/{MODEL_MOTION}/", params={"q": "Melderegister"}).text
    assert re.search(r'<li id="p0004".*?class="like" href="/aehnlich\?in=[^"]+stelle=p0004"', page)


def test_a_recording_names_the_documents_it_talks_of_and_they_name_it(talking: TestClient) -> None:
    recording = talking.get(f"/recordings/{RECORD}/").text
    assert "Dokumente dazu Maschinell gefunden" in text_of(recording)
    assert f'<a href="/{MODEL_MOTION}/">' in recording
    paper = talking.get(f"/{MODEL_MOTION}/").text
    assert "Davon ist die Rede Maschinell gefunden" in text_of(paper)
    assert re.search(rf'href="/recordings/{RECORD}/\?t=\d+#t=\d+"', paper)


def test_where_nothing_is_talked_of_nothing_is_suggested(papers_client: TestClient) -> None:
    assert "Dokumente dazu" not in papers_client.get(f"/recordings/{RECORD}/").text
    assert "Davon ist die Rede" not in papers_client.get(f"/{MODEL_MOTION}/").text
