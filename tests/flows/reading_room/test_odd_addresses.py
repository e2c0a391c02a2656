"""Addresses that nothing can have: the room says that there is nothing, and never fails over them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.reading_room.room_context import Room
from flows.reading_room.site_address import is_possible_path
from tests.desks import ListedJobs, desk_routers
from tests.flows.reading_room.conftest import RECORD
from tests.flows.reading_room.entrances import BERT, Entrance, entrance

ODD = (
    "%00",
    "a%00b",
    f"{RECORD}%00",
    "a%0d%0ab",
    "a%7f",
    "a%ff%fe",
    "%ed%a0%80",
    "%2e%2e",
    "..%5c..",
    "x" * 300,
    "%C3%A4" * 150,
    "%25%30%30",
    ".lock",
    "~root",
    "con",
)
PLACES = (
    "/recordings/{}/",
    "/recordings/{}",
    "/recordings/{}/index.html",
    "/recordings/{}/media/video.mp4",
    f"/recordings/{RECORD}/media/{{}}",
    f"/recordings/{RECORD}/{{}}",
    "/api/records/{}",
    "/static/x/{}",
    "/feeds/{}/atom.xml",
    "/feeds/alle/recordings/{}/media/audio.m4a",
    "/redaktion/jobs/{}",
    "/redaktion/pruefen/{}/",
    "/redaktion/uploads/{}",
    "/{}",
)


@pytest.fixture(scope="module")
def house(room: Room, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    """An organiser is signed in, who sees most."""
    routers = desk_routers(ListedJobs(), room.library.storage, library=room.library)
    with entrance(room, tmp_path_factory.mktemp("odd"), routers) as opened:
        opened.sign_in(BERT)
        yield opened


@pytest.mark.parametrize("place", PLACES)
def test_an_odd_name_is_not_found_wherever_it_stands(house: Entrance, place: str) -> None:
    for name in ODD:
        for method in ("GET", "HEAD"):
            answer = house.client.request(method, place.format(name), follow_redirects=False)
            is_redirect = answer.status_code in (301, 303, 307, 308)
            assert is_redirect or 400 <= answer.status_code < 500, (place, name, answer.status_code)


@pytest.mark.parametrize("name", ["a%00b", "%00", f"{RECORD}%00", "a%0ab", "a%ff"])
def test_control_characters_are_404_for_members(house: Entrance, name: str) -> None:
    for place in PLACES:
        assert house.client.get(place.format(name), follow_redirects=False).status_code == 404, place


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=40), st.sampled_from(PLACES))
def test_no_bytes_in_an_address_make_the_room_fail(house: Entrance, name: bytes, place: str) -> None:
    quoted = "".join(f"%{each:02x}" for each in name)
    assert house.client.get(place.format(quoted), follow_redirects=False).status_code < 500


def test_what_can_be_a_path_and_what_cannot() -> None:
    for good in ("/", f"/recordings/{RECORD}/", "/recordings/übung/", "/a b", "/recordings/a..b/", "/…"):
        assert is_possible_path(good), good
    for bad in ("/\0", "/a\n", "/../x", "/a/./b", "/\ufffd", "/\ud800", "/" + "x" * 2000):
        assert not is_possible_path(bad), bad


def test_the_archive_takes_no_step_upwards_and_no_name_that_is_none(tmp_path: Path) -> None:
    from tasks.storage.folder_storage import FolderStorage

    (tmp_path / "geheim").write_text("x", encoding="utf-8")
    storage = FolderStorage(tmp_path / "archive")
    storage.put_bytes("recordings/a", b"1", "text/plain")
    for key in ("../geheim", "recordings/../../geheim", "a\0b", "x" * 5000, "\ud800"):
        with pytest.raises(KeyError):
            storage.get_bytes(key)
        with pytest.raises(KeyError):
            storage.sha256_of(key)
        with pytest.raises(KeyError), storage.as_file(key):
            pass
