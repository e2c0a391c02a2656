"""Feeds behind a personal address: what apps read, and that it ends when it should."""

import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest

from flows.reading_room.room_context import Room
from tests.flows.reading_room.conftest import RECORD
from tests.flows.reading_room.entrances import (
    ANNA,
    BERT,
    HOME,
    OWN_PAGE,
    Entrance,
    another_browser,
    entrance,
)
from tests.sample_documents import COUNCIL_PAPER, MODEL_MOTION

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def house(room: Room, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    with entrance(room, tmp_path_factory.mktemp("feeds")) as opened:
        opened.sign_in()
        yield opened


def feed_path(house: Entrance, name: str) -> str:
    """The address of a feed as its page shows it, without the host."""
    found = re.search(rf'value="{HOME}(/feeds/[\w.-]+/{name})"', house.client.get("/meine-feeds").text)
    assert found
    return found[1]


def read(house: Entrance, path: str) -> Any:
    """What an app gets that has only the address."""
    answer = another_browser(house).get(path)
    assert answer.status_code == 200, answer.text
    return answer


def test_the_atom_feed_has_what_the_standard_asks_for(house: Entrance) -> None:
    answer = read(house, feed_path(house, "atom.xml"))
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo, parsed
    assert parsed.version == "atom10"
    assert parsed.feed.title == "Aufzeichnungen – Netzwerk Bürgerräte"
    (entry,) = parsed.entries
    assert entry.link == f"{HOME}/recordings/{RECORD}/"
    assert entry.published.startswith("2026-11-19")
    tree = ET.fromstring(answer.content)  # noqa: S314 - our own
    for element in (tree, tree.find(f"{ATOM}entry")):
        assert element is not None
        for name in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{name}"), name
    own = tree.find(f"{ATOM}link[@rel='self']")
    assert own is not None
    assert own.get("href", "").startswith(f"{HOME}/feeds/")


def test_the_atom_feed_has_released_documents_too(
    papers: Room, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with entrance(papers, tmp_path_factory.mktemp("papers")) as opened:
        opened.sign_in()
        answer = read(opened, feed_path(opened, "atom.xml"))
        podcast = read(opened, feed_path(opened, "podcast.xml"))
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo, parsed
    assert parsed.feed.title == "Aufzeichnungen und Dokumente – Netzwerk Bürgerräte"
    links = [each.link.removeprefix(HOME) for each in parsed.entries]
    assert sorted(links[:2]) == [f"/{MODEL_MOTION}/", f"/{COUNCIL_PAPER}/"]
    assert links[2:] == [f"/recordings/{RECORD}/"]
    paper = next(each for each in parsed.entries if MODEL_MOTION in each.link)
    assert paper.title == "Musterantrag: Bürgerrat Klimaschutz einsetzen"
    assert paper.summary.startswith("Dokument, Musterantrag, Lindenau an der Aue, 2024. Der Stadtrat möge")
    assert paper.published.startswith("2026-11-24")
    assert b"documents/" not in podcast.content


def test_the_podcast_has_what_apps_ask_for(house: Entrance) -> None:
    answer = read(house, feed_path(house, "podcast.xml"))
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert not feedparser.parse(answer.content).bozo
    channel = ET.fromstring(answer.content).find("channel")  # noqa: S314
    assert channel is not None
    for name in ("title", "link", "description", "language", f"{ITUNES}author", f"{PODCAST}guid"):
        assert channel.findtext(name), name
    assert channel.findtext(f"{ITUNES}block") == "Yes"
    assert channel.findtext(f"{PODCAST}locked") == "yes"
    (item,) = channel.findall("item")
    assert parsedate_to_datetime(item.findtext("pubDate", "")).isoformat() == "2026-11-19T12:00:00+01:00"
    assert int(item.findtext(f"{ITUNES}duration", "")) > 300
    assert item.findtext("guid", "").startswith("urn:uuid:")
    assert re.search(r"^00:00:55 \w+", item.findtext("description", ""), re.MULTILINE)
    kinds = {each.get("type") for each in item.findall(f"{PODCAST}transcript")}
    assert kinds == {"text/vtt", "application/x-subrip"}


def test_every_file_that_the_podcast_names_can_be_fetched_without_signing_in(house: Entrance) -> None:
    channel = ET.fromstring(read(house, feed_path(house, "podcast.xml")).content)  # noqa: S314
    named = [
        (each.get("url") or each.get("href") or "", each.get("type"))
        for each in channel.iter()
        if each.tag in ("enclosure", f"{PODCAST}transcript", f"{PODCAST}chapters", f"{ITUNES}image")
    ]
    assert len(named) >= 4
    app = another_browser(house)
    for url, kind in named:
        answer = app.get(urlsplit(url).path)
        assert answer.status_code == 200, url
        assert kind is None or answer.headers["content-type"].split(";")[0] == kind
    (enclosure,) = channel.iter("enclosure")
    path = urlsplit(enclosure.get("url", "")).path
    assert app.head(path).headers["content-length"] == enclosure.get("length")
    assert app.get(path, headers={"range": "bytes=0-9"}).status_code == 206


def test_a_feed_address_opens_nothing_else(house: Entrance) -> None:
    folder = feed_path(house, "atom.xml").removesuffix("/atom.xml")
    app = another_browser(house)
    for name in (
        "recording.json",
        "manifest.json",
        "index.html",
        "media/video.mp4",
        "transcript/transcript.json",
    ):
        assert app.get(f"{folder}/recordings/{RECORD}/{name}").status_code == 404, name
    assert app.get(f"{folder}/recordings/..%2f..%2fcatalogue.json/media/audio.m4a").status_code == 404
    assert (
        app.get("/", headers={"cookie": f"__Host-mitschnitt={folder.rsplit('/', 1)[1]}"}).status_code == 401
    )


@pytest.mark.parametrize("token", ["alle", "x", "WyJ4IiwwXQ.x", "ü", "a" * 9000])
def test_an_invented_address_leads_nowhere(house: Entrance, token: str) -> None:
    app = another_browser(house)
    for name in ("atom.xml", "podcast.xml", f"recordings/{RECORD}/media/audio.m4a"):
        assert app.get(f"/feeds/{token}/{name}").status_code == 404


def test_renewed_addresses_replace_the_old_ones_of_this_member_only(room: Room, tmp_path: Path) -> None:
    with entrance(room, tmp_path) as house:
        house.sign_in(BERT)
        of_bert = feed_path(house, "atom.xml")
        house.sign_in(ANNA)
        before = feed_path(house, "atom.xml")
        assert house.client.post("/meine-feeds", headers=OWN_PAGE).status_code == 200
        after = feed_path(house, "atom.xml")
        app = another_browser(house)
        assert before != after
        statuses = [app.get(path).status_code for path in (before, after, of_bert)]
    assert statuses == [404, 200, 200]


def test_a_feed_ends_with_the_membership(room: Room, tmp_path: Path) -> None:
    with entrance(room, tmp_path) as house:
        house.sign_in()
        path, app = feed_path(house, "podcast.xml"), another_browser(house)
        assert app.get(path).status_code == 200
        (tmp_path / "members.txt").write_text("andere@example.org\n", encoding="utf-8")
        deadline = time.monotonic() + 60
        while app.get(path).status_code == 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert app.get(path).status_code == 404


def test_an_open_room_has_feeds_for_all(room: Room, tmp_path: Path) -> None:
    with entrance(room, tmp_path, reading_room={"access": "open"}) as house:
        assert "persönlich" not in house.client.get("/meine-feeds").text
        path = feed_path(house, "atom.xml")
        assert path == "/feeds/alle/atom.xml"
        assert read(house, path)
