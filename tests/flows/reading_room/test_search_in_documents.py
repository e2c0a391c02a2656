"""Documents in what the search page, the API and the command line answer, beside recordings."""

import re
from html import unescape

from fastapi.testclient import TestClient

from tests.flows.reading_room.conftest import RECORD
from tests.sample_documents import COUNCIL_PAPER, LETTER, MODEL_MOTION


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_both_kinds_stand_in_one_list_and_are_named(papers_client: TestClient) -> None:
    page = papers_client.get("/suche", params={"q": "Melderegister"}).text
    shown = text_of(page)
    assert "2 Aufzeichnungen und Dokumente gefunden" in shown
    assert "Dokument · Musterantrag · Lindenau an der Aue · 2024" in shown
    assert "Aufzeichnung · 19. November 2026" in shown
    assert "S. 2 • Die Teilnehmenden werden aus dem Melderegister ausgelost." in shown
    assert f'href="/{MODEL_MOTION}/?q=Melderegister#p0004"' in page
    assert "Vertraulich" not in shown


def test_what_narrows_the_search_stands_in_its_address(papers_client: TestClient) -> None:
    def answered(**wishes: str) -> str:
        return text_of(papers_client.get("/suche", params={"q": "Losverfahren", **wishes}).text)

    assert "2 Dokumente gefunden" in answered(art="dokument")
    assert "1 Aufzeichnung gefunden" in answered(art="aufzeichnung")
    assert "1 Dokument gefunden" in answered(dokumentart="council_paper")
    assert "1 Dokument gefunden" in answered(ort="Hohenfeld")
    assert "1 Dokument gefunden" in answered(jahr="2021")
    assert "3 Aufzeichnungen und Dokumente gefunden" in answered(art="unsinn", jahr="gestern")
    assert "Nichts gefunden" in answered(dokumentart="unsinn")


def test_what_was_chosen_stays_chosen(papers_client: TestClient) -> None:
    page = papers_client.get(
        "/suche", params={"q": "Losverfahren", "art": "dokument", "ort": "Hohenfeld"}
    ).text
    assert '<option value="dokument" selected>' in page
    assert '<option value="Hohenfeld" selected>Hohenfeld (1)</option>' in page
    assert '<input type="hidden" name="q" value="Losverfahren">' in page


def test_one_document_alone_can_be_searched(papers_client: TestClient) -> None:
    shown = text_of(papers_client.get("/suche", params={"q": "Antrag", "in": MODEL_MOTION}).text)
    assert "Fundstellen in diesem Dokument" in shown


def test_the_api_tells_page_and_paragraph_in_place_of_a_second(papers_client: TestClient) -> None:
    results = papers_client.get("/api/search", params={"q": "Melderegister"}).json()["results"]
    assert {each["record"] for each in results} == {RECORD, MODEL_MOTION}
    (paper,) = [each for each in results if each["medium"] == "document"]
    assert (paper["start_seconds"], paper["page"], paper["paragraph"]) == (None, 2, "p0004")
    assert paper["url"] == f"https://lesen.example.org/{MODEL_MOTION}/#p0004"
    said = next(each for each in results if each["medium"] == "recording")
    assert said["start_seconds"] > 0
    assert (said["page"], said["paragraph"]) == (None, None)


def test_the_api_narrows_too(papers_client: TestClient) -> None:
    def answered(**wishes: str) -> set[str]:
        answer = papers_client.get("/api/search", params={"q": "Losverfahren", **wishes})
        return {each["record"] for each in answer.json()["results"]}

    assert answered(medium="document") == {MODEL_MOTION, COUNCIL_PAPER}
    assert answered(medium="recording") == {RECORD}
    assert answered(kind="council_paper") == {COUNCIL_PAPER}
    assert answered(municipality="Hohenfeld") == {COUNCIL_PAPER}
    assert answered(year="2024") == {MODEL_MOTION}
    assert papers_client.get("/api/search", params={"q": "x", "kind": "poem"}).status_code == 422


def test_what_waits_for_its_release_is_not_found(papers_client: TestClient) -> None:
    assert papers_client.get("/api/search", params={"q": "Vertraulich"}).json()["results"] == []
    assert papers_client.get("/api/search", params={"q": "Brief", "record": LETTER}).json()["results"] == []
