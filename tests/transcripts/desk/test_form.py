"""The form for a new recording: understood, or every wrong field named with what to do."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import SecretStr

from transcripts.desk.form import FIELDS, FormError, Order, Typed, read_form, read_length, shown_length
from transcripts.errors import PermanentError

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
            "release": "hold",
            "unknown": "x",
        }
    )
    assert read_form(typed, TODAY) == Order(
        url="https://example.org/a.mp4",
        upload=None,
        title="Treffen der Räte",
        recorded_on=date(2026, 11, 19),
        agenda=("Begrüßung", "Losverfahren"),
        passcode=SecretStr("S3samöffnedich!"),
        cut_start_seconds=200,
        cut_end_seconds=3605,
        hold=True,
    )
    assert "S3sam" not in repr(typed)


def test_the_address_alone_is_enough() -> None:
    order = read_form(Typed(url="https://example.org/a.mp4"), TODAY)
    assert (order.title, order.recorded_on, order.agenda, order.passcode) == (None, None, (), None)
    assert (order.cut_start_seconds, order.cut_end_seconds, order.hold) == (0, 0, False)


def test_a_browser_writes_days_in_its_own_way() -> None:
    assert read_form(Typed(url="https://a.de/b", day="2026-11-19"), TODAY).recorded_on == date(2026, 11, 19)
    assert read_form(Typed(url="https://a.de/b", day="1.2.2025"), TODAY).recorded_on == date(2025, 2, 1)


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"url": ""}, "url", "Adresse der Aufzeichnung einfügen oder eine Datei"),
        ({"url": "ftp://example.org/a"}, "url", "https://"),
        ({"url": "https://"}, "url", "nicht lesbar"),
        ({"upload": UPLOAD, "title": "T", "day": "1.2.2025"}, "url", "nicht beides"),
        ({"day": "31.02.2026"}, "day", "gibt es nicht"),
        ({"day": "neulich"}, "day", "gibt es nicht"),
        ({"day": "25.11.2026"}, "day", "Zukunft"),
        ({"cut_start": "3"}, "cut_start", "Minuten:Sekunden"),
        ({"cut_start": "3:75"}, "cut_start", "Minuten:Sekunden"),
        ({"cut_end": "-1:00"}, "cut_end", "Minuten:Sekunden"),
        ({"title": "x" * 201}, "title", "zu lang"),
        ({"agenda": "Punkt\n" * 101}, "agenda", "101 Punkte"),
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


def test_a_file_needs_a_title_and_a_day() -> None:
    assert set(complaints(url="", upload=UPLOAD)) == {"title", "day"}
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
        release="hold",
    )
    assert Typed.like(read_form(replace(typed, passcode="geheim"), TODAY)) == typed


def test_an_error_that_shows_later_goes_to_its_field() -> None:
    errors: Any = {
        code: FormError.of(PermanentError(code)).complaints for code in ("url_invalid", "upload_unknown")
    }
    assert {code: set(found) for code, found in errors.items()} == {
        "url_invalid": {"url"},
        "upload_unknown": {"upload"},
    }
    assert {field for found in errors.values() for field in found} <= set(FIELDS)
