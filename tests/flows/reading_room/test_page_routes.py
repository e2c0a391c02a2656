"""Start, search and record pages over a real archive, as a browser without scripts gets them."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from tests.flows.reading_room.conftest import RECORD


def text_of(html: str) -> str:
    """What stands on a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_start_page_shows_date_length_and_topics(client: TestClient) -> None:
    shown = text_of(client.get("/").text)
    assert "19. November 2026 · 7 Min." in shown
    assert "Losverfahren" in shown


def test_years_and_topics_narrow_the_list_by_plain_links(client: TestClient) -> None:
    topic = re.search(r'href="(/\?thema=[^"]+)"', client.get("/").text)
    assert topic
    assert RECORD in client.get(unescape(topic[1])).text
    assert RECORD in client.get("/?jahr=2026&thema=").text
    elsewhere = client.get("/?jahr=2025").text
    assert f"/recordings/{RECORD}/" not in elsewhere
    assert "0 von 1 Aufzeichnung" in elsewhere


def test_the_search_marks_words_and_links_the_second(client: TestClient) -> None:
    page = client.get("/suche", params={"q": "Melderegister"}).text
    assert "1 Aufzeichnung gefunden" in text_of(page)
    assert "<mark>Melderegister</mark>" in page
    assert f'href="/recordings/{RECORD}/?q=Melderegister&amp;t=72#t=72"' in page
    assert re.search(r'<svg class="bar".*<title>\d+ Fundstellen? im Verlauf', page)


def test_a_link_of_the_search_leads_to_a_place_of_the_page(client: TestClient) -> None:
    page = client.get("/suche", params={"q": "Bürgerrat"}).text
    fragments = re.findall(rf'href="/recordings/{RECORD}/[^"]*#([^"]+)"', page)
    assert fragments
    record = client.get(f"/recordings/{RECORD}/").text
    assert [each for each in fragments if f'id="{each}"' not in record] == []


def test_a_slip_is_forgiven_and_said(client: TestClient) -> None:
    shown = text_of(client.get("/suche", params={"q": "Melderegsiter"}).text)
    assert "Gesucht wurde stattdessen nach „melderegister“" in shown


def test_nothing_found_says_what_may_help(client: TestClient) -> None:
    shown = text_of(client.get("/suche", params={"q": "Quantenphysik"}).text)
    assert "Nichts gefunden" in shown
    assert "Vielleicht hilft eines davon" in shown


def test_one_record_can_be_searched_alone(client: TestClient) -> None:
    page = client.get("/suche", params={"q": "Bürgerrat", "in": RECORD}).text
    assert re.search(r"\d+ Fundstellen in dieser Aufzeichnung", text_of(page))
    assert "Nichts gefunden" in client.get("/suche", params={"q": "Bürgerrat", "in": "2020-anderes"}).text


def test_what_is_asked_stays_in_the_box_and_is_never_markup(client: TestClient) -> None:
    page = client.get("/suche", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>" not in page
    assert 'value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in page


def test_a_record_page_is_the_same_packed_and_plain(client: TestClient) -> None:
    packed = client.get(f"/recordings/{RECORD}/?t=72", headers={"accept-encoding": "gzip"})
    plain = client.get(f"/recordings/{RECORD}/?t=72", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert "00:01:12" in plain.text


@pytest.mark.parametrize("seconds", ["", "abc", "-5", "1e9", "9999999", "NaN", "72.5.1", "٧٢"])
def test_a_time_that_is_none_is_no_harm(client: TestClient, seconds: str) -> None:
    page = client.get(f"/recordings/{RECORD}/", params={"t": seconds})
    assert page.status_code == 200
    assert "<noscript>" not in page.text


@pytest.mark.parametrize("address", [f"/recordings/{RECORD}", f"/recordings/{RECORD}/index.html"])
def test_other_forms_of_the_address_lead_to_the_page(client: TestClient, address: str) -> None:
    assert client.get(address, follow_redirects=False).headers["location"] == f"/recordings/{RECORD}/"


def test_texts_of_a_record_are_served_with_a_name_to_save_them_under(client: TestClient) -> None:
    answer = client.get(f"/recordings/{RECORD}/transcript/transcript.vtt")
    assert answer.text.startswith("WEBVTT")
    assert answer.headers["content-type"].startswith("text/vtt")
    assert ".vtt" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    "name",
    [
        "recording.json",
        "manifest.json",
        "announcement/ledger.json",
        "transcript/../manifest.json",
        "..%2f..%2fcatalogue.json",
        "versions/",
        "history/0001.json",
    ],
)
def test_what_is_nobodys_business_is_not_served(client: TestClient, name: str) -> None:
    assert client.get(f"/recordings/{RECORD}/{name}").status_code == 404


def test_scripts_and_styles_are_kept_for_good(client: TestClient) -> None:
    for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(f"/recordings/{RECORD}/").text):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["cache-control"]
    older = client.get("/static/000000000000/room.css")
    assert older.headers["cache-control"] == "no-cache"
    assert client.get("/static/000000000000/..%2f__init__.py").status_code == 404
