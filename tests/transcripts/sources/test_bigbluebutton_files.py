"""What BigBlueButton writes beside a recording: read where it is well, refused where it is not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bigbluebutton_farm import PRIVATE_NAMES, Meeting, Slide, shapes
from transcripts.sources.bigbluebutton_files import (
    LONGEST_SLIDE_TEXT,
    LONGEST_TITLE,
    MOST_SHARINGS,
    Sharing,
    SlideKey,
    read_deskshare,
    read_metadata,
    read_shapes,
    read_slide_texts,
    sharings_by_slides,
    slide_picture,
)

READERS = (read_metadata, read_shapes, read_deskshare, read_slide_texts)
LAUGHS = (
    b'<!DOCTYPE recording [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<recording><state>&b;</state></recording>"
)
OUTSIDE = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><recording><state>&x;</state></recording>'


def metadata(inner: str) -> bytes:
    return f'<?xml version="1.0"?><recording>{inner}</recording>'.encode()


def drawing(inner: str) -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{inner}</svg>'
    ).encode()


def test_metadata_tells_name_beginning_length_and_state() -> None:
    read = read_metadata(
        metadata(
            "<state>published</state><published>true</published><start_time>1795287600000</start_time>"
            '<meeting name="Raum"/><meta><meetingName> Netzwerk&amp;Treffen\n Bürgerräte</meetingName></meta>'
            "<playback><format>presentation</format><duration>7200000</duration></playback>"
        )
    )
    assert read.title == "Netzwerk&Treffen Bürgerräte"
    assert read.began_at == datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
    assert read.duration_seconds == 7200
    assert (read.state, read.is_published) == ("published", True)


@pytest.mark.parametrize(
    ("inner", "title"),
    [
        ('<meeting name="Aus dem Attribut"/><meta/>', "Aus dem Attribut"),
        ("<state/><meta><name>Anderer Name</name></meta>", "Anderer Name"),
        (f"<meta><meetingName>{'a' * 999}</meetingName></meta>", "a" * LONGEST_TITLE),
        ("<state>published</state>", None),
        ("<meta><meetingName>\u202e</meetingName></meta>", None),
    ],
)
def test_the_name_of_a_meeting_stands_in_one_of_three_places(inner: str, title: str | None) -> None:
    assert read_metadata(metadata(inner)).title == title


@pytest.mark.parametrize("start", ["", "-1", "0", "nan", "inf", "1e99", "9" * 5000, "gestern"])
def test_a_beginning_that_is_none_is_left_out(start: str) -> None:
    assert read_metadata(metadata(f"<state/><start_time>{start}</start_time>")).began_at is None


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"<recording/>", b"<recording", LAUGHS, OUTSIDE])
def test_what_is_no_metadata_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_metadata(content)


@pytest.mark.parametrize("draws", [False, True])
def test_slides_are_read_with_all_their_times_and_drawings_are_passed_over(draws: bool) -> None:
    meeting = Meeting(
        draws=draws,
        slides=(Slide(0, "red"), Slide(2.5, "green"), Slide(5, "red")),
        sharings=((6.0, 8.5),),
    )
    read = read_shapes(shapes(meeting).encode())
    red, green = SlideKey("p1", 1), SlideKey("p1", 2)
    assert [(each.start_seconds, each.slide) for each in read] == [
        (0, red),
        (2.5, green),
        (5, red),
        (6, None),
        (8.5, red),
    ]
    assert sharings_by_slides(read) == (Sharing(6, 8.5),)
    assert slide_picture(red, read[0].ending) == (
        "presentation/p1/svgs/slide1.svg" if draws else "presentation/p1/slide-1.png"
    )
    assert not any(name in repr(read) for name in PRIVATE_NAMES)


@pytest.mark.parametrize(
    "source",
    [
        "https://elsewhere.example/slide-1.png",
        "//elsewhere.example/presentation/p1/slide-1.png",
        "presentation/../../slide-1.png",
        "presentation/%2e%2e/slide-1.png",
        "presentation/p1/slide-1.png?x=http://127.0.0.1/",
        "file:///etc/passwd",
        "presentation/logo.png",
        "logo.png",
        "",
    ],
)
def test_a_slide_can_lie_nowhere_but_below_the_recording(source: str) -> None:
    (change,) = read_shapes(drawing(f'<image class="slide" in="1.0" xlink:href="{source}"/>'))
    assert change.slide is None


def test_times_that_are_none_are_passed_over() -> None:
    inner = '<image in="nan 1.5 x -3 inf 1e300" xlink:href="presentation/p/slide-1.png"/>'
    assert [each.start_seconds for each in read_shapes(drawing(inner))] == [0.0, 1.5]


def test_more_slides_than_a_meeting_has_are_refused() -> None:
    one = '<image in="1 2 3 4 5 6 7 8 9" xlink:href="presentation/p/slide-1.png"/>'
    with pytest.raises(ValueError, match="more changes"):
        read_shapes(drawing(one * 1_000))


@pytest.mark.parametrize(
    "content", [b"", b"<recording/>", drawing("<image")[:60], drawing("<g>" * 500), LAUGHS]
)
def test_a_damaged_list_of_slides_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_shapes(content)


def test_shared_screens_are_joined_and_bounded() -> None:
    def events(*times: tuple[float, float]) -> bytes:
        inner = "".join(f'<event start_timestamp="{a}" stop_timestamp="{b}"/>' for a, b in times)
        return f'<recording id="deskshare_events">{inner}</recording>'.encode()

    assert read_deskshare(events((7, 9), (1, 3), (2, 4), (5, 5), (8, 6))) == (Sharing(1, 4), Sharing(7, 9))
    many = read_deskshare(events(*((at, at + 0.5) for at in range(1_000))))
    assert len(many) == MOST_SHARINGS
    assert many[-1].end_seconds == 999.5


def test_texts_of_slides_are_plain_and_bounded() -> None:
    texts = read_slide_texts(
        '{"p1": {"slide-1": " Losverfahren \\n\\n\\u0007 für  alle\\f", "slide-2": 7}, "p2": []}'.encode()
    )
    assert texts == {SlideKey("p1", 1): "Losverfahren\nfür alle"}
    (long,) = read_slide_texts(f'{{"p": {{"slide-1": "{"a " * 50_000}"}}}}'.encode()).values()
    assert len(long) <= LONGEST_SLIDE_TEXT


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff\xfe{"])
def test_texts_that_are_none_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_slide_texts(content)


@given(st.binary(max_size=400))
def test_no_reader_knows_another_failure(content: bytes) -> None:
    for around in (content, metadata("")[:-12] + content, drawing("")[:-6] + content):
        for read in READERS:
            try:
                read(around)
            except ValueError:
                continue
