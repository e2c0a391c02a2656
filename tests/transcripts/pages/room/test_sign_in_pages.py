"""Addresses, networks, ranges and ways back: what the door decides by reading text alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading_room.byte_ranges import UnsatisfiableError, requested_range
from flows.reading_room.member_address import member_address, network_of
from flows.reading_room.roster import Roster
from flows.reading_room.site_address import OwnAddress, wanted_path

TAG = '"tag"'


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (" Anna@Example.ORG ", "anna@example.org"),
        ("jürgen@bürgerräte.example", "jürgen@xn--brgerrte-5za8u.example"),
        ("ju\u0308rgen@example.org", "jürgen@example.org"),
        ("anna+liste@example.org", "anna+liste@example.org"),
        ("anna@example.org\n", "anna@example.org"),
        ("anna", None),
        ("a b@example.org", None),
        ("anna@.", None),
        ("anna@example..org", None),
    ],
)
def test_an_address_is_compared_in_one_spelling(typed: str, expected: str | None) -> None:
    assert member_address(typed) == expected


@given(st.text(max_size=300))
def test_whatever_is_typed_is_an_address_or_none(typed: str) -> None:
    found = member_address(typed)
    assert found is None or (found.isprintable() and found.count("@") == 1 and "," not in found)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unknown"),
        (None, "unknown"),
    ],
)
def test_neighbours_count_as_one_network(host: str | None, network: str) -> None:
    assert network_of(host) == network


def test_organisers_are_members_too_and_a_roster_shows_no_address() -> None:
    roster = Roster.of(["Anna@example.org", "quatsch"], ["bert@example.org"], key_of=lambda each: f"#{each}")
    assert roster.addresses == {
        "#anna@example.org": "Anna@example.org",
        "#bert@example.org": "bert@example.org",
    }
    assert roster.organisers == {"#bert@example.org"}
    assert "Anna" not in repr(roster)


@given(st.text(max_size=60).map(lambda text: "/" + text))
def test_the_way_back_never_leads_to_another_site(text: str) -> None:
    path = wanted_path(text)
    assert path == "/" or (path == text and path[1:2] not in ("/", "\\") and path.isprintable())


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://lesen.example.org", "https://lesen.example.org"),
        ("https://lesen.example.org:443/", "https://lesen.example.org"),
        ("https://Lesen.example.org:8443", "https://lesen.example.org:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(base_url: str, origin: str) -> None:
    assert OwnAddress(base_url).origin == origin


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-", 5, 10),
        ("bytes=-3", 7, 10),
        ("bytes=-99", 0, 10),
        ("bytes=2-99", 2, 10),
    ],
)
def test_a_range_is_read(text: str, start: int, end: int) -> None:
    found = requested_range(text, None, TAG, 10)
    assert found is not None
    assert (found.start, found.end) == (start, end)


@pytest.mark.parametrize("text", [None, "", "bytes=", "bytes=a-b", "bytes=5-2", "bytes=0-1,3-4", "x=0-1"])
def test_what_is_no_single_range_means_the_whole(text: str | None) -> None:
    assert requested_range(text, None, TAG, 10) is None


@pytest.mark.parametrize("text", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_behind_the_end_is_unsatisfiable(text: str) -> None:
    with pytest.raises(UnsatisfiableError):
        requested_range(text, None, TAG, 10)


@given(st.text(max_size=40).map(lambda text: "bytes=" + text), st.integers(0, 1000))
def test_no_range_leads_out_of_the_object(text: str, size_bytes: int) -> None:
    try:
        found = requested_range(text, None, TAG, size_bytes)
    except UnsatisfiableError:
        return
    assert found is None or 0 <= found.start < found.end <= size_bytes
