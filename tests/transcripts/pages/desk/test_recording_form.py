"""The form for a new recording: understood, or every wrong field named with what to do."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import SecretStr

from transcripts.errors.address_errors import UrlInvalidError
from transcripts.errors.media_errors import TrackUnknownError
from transcripts.errors.upload_errors import UploadUnknownError
from transcripts.pages.desk.recording_form import (
    FIELDS,
    FormError,
    Typed,
    read_form,
    read_length,
    shown_length,
)
from transcripts.sources.order import GivenOrder

TODAY = date(2026, 11, 24)
UPLOAD = "0" * 32


def complaints(**typed: str) -> dict[str, str]:
    with pytest.raises(FormError) as caught:
        read_form(Typed(**{"url": "https://example.org/a.mp4", **typed}), TODAY)
    return caught.value.complaints


def test_a_full_form_is_understood() -> None:
    typed = Typed.of(
        {
            "url": " https://example.org/a.mp4 ",
            "title": " Treffen   der Räte ",
            "day": "19.11.2026",
            "agenda": "1. Begrüßung\n\n2. Losverfahren\n",
            "passcode": "S3samöffnedich!",
            "cut_start": "3:20",
            "cut_end": "1:00:05",
            "track": "2",
            "release": "hold",
            "unknown": "x",
        }
    )
    assert read_form(typed, TODAY) == GivenOrder(
        url="https://example.org/a.mp4",
        upload=None,
        title="Treffen der Räte",
        recorded_on=date(2026, 11, 19),
        agenda=("Begrüßung", "Losverfahren"),
        passcode=SecretStr("S3samöffnedich!"),
        cut_start_seconds=200,
        cut_end_seconds=3605,
        track=2,
        hold=True,
    )
    assert "S3sam" not in repr(typed)


def test_the_address_alone_is_enough() -> None:
    order = read_form(Typed(url="https://example.org/a.mp4"), TODAY)
    assert (order.title, order.recorded_on, order.agenda, order.passcode) == (None, None, (), None)
    assert (order.cut_start_seconds, order.cut_end_seconds, order.hold) == (0, 0, False)
    assert order.track is None


def test_a_whole_mail_may_be_pasted_as_the_address() -> None:
    mail = "Hallo,\nhier die Aufzeichnung:\n<https://example.org/a?utm_source=x>\nKenncode: S3sam\n"
    order = read_form(Typed(url=mail), TODAY)
    assert order.url == "https://example.org/a"
    assert order.passcode == SecretStr("S3sam")
    assert read_form(Typed(url=mail, passcode="anders"), TODAY).passcode == SecretStr("anders")
    assert "S3sam" not in repr(order)


def test_a_browser_writes_days_in_its_own_way() -> None:
    assert read_form(Typed(url="https://a.de/b", day="2026-11-19"), TODAY).recorded_on == date(2026, 11, 19)
    assert read_form(Typed(url="https://a.de/b", day="1.2.2025"), TODAY).recorded_on == date(2025, 2, 1)


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"url": ""}, "url", "Adresse der Aufzeichnung einfügen oder eine Datei"),
        ({"url": "ftp://example.org/a"}, "url", "https://"),
        ({"url": "https://"}, "url", "nicht lesbar"),
        ({"url": "https://a.de/x https://b.de/y"}, "url", "Welcher führt zur Aufzeichnung?"),
        ({"upload": UPLOAD, "title": "T", "day": "1.2.2025"}, "url", "nicht beides"),
        ({"day": "31.02.2026"}, "day", "gibt es nicht"),
        ({"day": "neulich"}, "day", "gibt es nicht"),
        ({"day": "25.11.2026"}, "day", "Zukunft"),
        ({"cut_start": "3"}, "cut_start", "Minuten:Sekunden"),
        ({"cut_start": "3:75"}, "cut_start", "Minuten:Sekunden"),
        ({"track": "0"}, "track", "als Zahl"),
        ({"track": "²"}, "track", "als Zahl"),
        ({"track": "Deutsch"}, "track", "als Zahl"),
        ({"cut_end": "-1:00"}, "cut_end", "Minuten:Sekunden"),
        ({"title": "x" * 201}, "title", "zu lang"),
        ({"agenda": "Punkt\n" * 101}, "agenda", "101 Zeilen"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(typed: dict[str, str], field: str, says: str) -> None:
    found = complaints(**typed)
    assert set(found) == {field}
    assert says in found[field]


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert set(complaints(url="x", day="y", cut_start="z", cut_end="z")) == {
        "url",
        "day",
        "cut_start",
        "cut_end",
    }


def test_a_file_may_say_its_title_and_its_day_itself() -> None:
    bare = read_form(Typed(upload=UPLOAD), TODAY)
    assert (bare.url, bare.upload, bare.title, bare.recorded_on) == (None, UPLOAD, None, None)
    order = read_form(Typed(upload=UPLOAD, title="Treffen", day="19.11.2026"), TODAY)
    assert (order.url, order.upload) == (None, UPLOAD)


@pytest.mark.parametrize(("text", "seconds"), [("", 0), ("0:45", 45), ("120:00", 7200), ("1:02:03", 3723)])
def test_lengths_are_read(text: str, seconds: float) -> None:
    assert read_length(text) == seconds
    assert read_length(shown_length(seconds)) == seconds


def test_what_was_understood_can_be_typed_again_but_for_the_passcode() -> None:
    typed = Typed(
        url="https://example.org/a.mp4",
        title="Treffen",
        day="2026-11-19",
        agenda="A\nB",
        cut_start="63:20",
        track="3",
        release="hold",
    )
    assert Typed.like(read_form(replace(typed, passcode="geheim"), TODAY)) == typed


def test_an_error_that_shows_later_goes_to_its_field() -> None:
    causes = (UrlInvalidError(), UploadUnknownError(), TrackUnknownError())
    errors: Any = {each.code: FormError.of(each).complaints for each in causes}
    assert {code: set(found) for code, found in errors.items()} == {
        "url_invalid": {"url"},
        "upload_unknown": {"upload"},
        "track_unknown": {"track"},
    }
    assert {field for found in errors.values() for field in found} <= set(FIELDS)
