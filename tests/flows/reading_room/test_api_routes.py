"""The JSON API: what it says, and that nothing anybody asks makes it fail."""

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.reading_room.room_context import Room
from tests.flows.reading_room.conftest import RECORD
from tests.reading_rooms import serving

NASTY = (
    *('"', "'", "*", "-", "--", "(", ")", "NEAR(", "OR NOT", "a:b", "^a", "{a b}", "%", "_", "\\", ";"),
    *("\x00", "\x1b[31m", "\u202e", "\U0001f600", "ﬀ", "İ", "ß", "\n", "\t", "„", "“", "col:", "a*b*"),
    *("' OR 1=1 --", '"; DROP TABLE records; --', "<script>", "../../etc/passwd", "Rat", "Bürgerrat"),
)
queries = st.lists(st.sampled_from(NASTY) | st.text(max_size=20), max_size=12).map(" ".join)
UNHURRIED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_it_finds_what_the_command_line_finds(client: TestClient) -> None:
    answer = client.get("/api/search", params={"q": "Melderegister achthundert"}).json()
    best = answer["results"][0]
    assert best["record"] == RECORD
    assert best["start_seconds"] == 72.34
    assert best["url"] == f"https://lesen.example.org/recordings/{RECORD}/?t=72"
    assert answer["record_count"] == 1


def test_nothing_found_is_an_empty_list(client: TestClient) -> None:
    assert client.get("/api/search", params={"q": "Quantenphysik"}).json()["results"] == []


def test_records_are_listed_and_described(client: TestClient) -> None:
    (listed,) = client.get("/api/records").json()["records"]
    assert listed["record"] == RECORD
    assert client.get("/api/records?year=2001").json() == {"records": []}
    record = client.get(f"/api/records/{RECORD}").json()
    assert [each["title"] for each in record["chapters"]][:1] == ["Begrüßung und Ablauf"]
    assert {each["name"] for each in record["files"]} >= {"media/audio.m4a", "transcript/transcript.json"}
    for each in record["files"]:
        if not each["name"].startswith("media/"):
            assert client.get(each["url"].removeprefix("https://lesen.example.org")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/api/search", "/api/similar", "/api/records", "/api/records/{record_id}", "/api/documents"]
)
def test_every_answer_is_as_it_is_described(api_schema: schemathesis.BaseSchema, path: str) -> None:
    @given(case=api_schema[path]["GET"].as_strategy())
    @settings(max_examples=15, deadline=None)
    def holds(case: "schemathesis.Case[Any]") -> None:
        case.call_and_validate()

    holds()


@given(query=queries)
@UNHURRIED
def test_any_text_is_a_query(client: TestClient, query: str) -> None:
    answer = client.get("/api/search", params={"q": query})
    assert answer.status_code == 200
    assert {each["record"] for each in answer.json()["results"]} <= {RECORD}
    page = client.get("/suche", params={"q": query})
    assert page.status_code == 200
    assert "<script" not in page.text


def test_a_long_text_is_read_as_far_as_a_question_goes(client: TestClient) -> None:
    for letter in ("a ", '"', "-", "*", "ä", "Rat "):
        for path in ("/api/search", "/suche"):
            answer = client.get(path, params={"q": letter * 10_000})
            assert answer.status_code == 200
            assert len(answer.content) < 200_000


def test_a_hundred_kilobytes_do_not_reach_the_app(room: Room) -> None:
    with serving(room) as address:
        for path in ("/api/search?q=", "/suche?q=", "/recordings/"):
            connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
            connection.request("GET", path + "a" * 100_000)
            assert 200 <= connection.getresponse().status < 500
            connection.close()


def test_bytes_that_are_no_text_are_no_harm(client: TestClient) -> None:
    for raw in ("%ff%fe", "%00", "%ed%a0%80", "%", "%zz", "a%0d%0aSet-Cookie:%20b"):
        for path in (
            f"/suche?q={raw}",
            f"/api/search?q={raw}",
            f"/recordings/{raw}/",
            f"/?thema={raw}&jahr={raw}",
        ):
            assert client.get(path).status_code in (200, 404, 422), path
