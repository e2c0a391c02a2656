from datetime import date
from typing import Any

import pytest

from transcripts.hold_reasons import DAY_GUESSED, TITLE_GUESSED
from transcripts.media.media_values import Fetched
from transcripts.sources.title_and_day import Circumstances, Given, guesses, is_guessed_title, named

DAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    "title",
    [
        *("", "video1234", "GMT20261119-180000_Recording", "playback", "zoom_0", "VID_20261119_190412"),
        *("GMT20261119-180000_Recording_1920x1080", "Zoom Meeting", "Zoom Meeting von Erika Mustermann"),
        *(
            "Aufzeichnung vom 19.11.2026",
            "recording-1",
            "Meeting Recording (2)",
            "Home Room",
            "Startraum",
            "index",
            "Netzwerktreffen.mp4",
        ),
        *(
            "3f2a9c41-77b0-4f6e-9d1c-0a1b2c3d4e5f",
            "2026-11-19 19-04-12",
            "Persönlicher Meetingraum",
            "audio_only",
        ),
    ],
)
def test_what_a_program_calls_any_recording_is_a_guess(title: str) -> None:
    assert is_guessed_title(title)


@pytest.mark.parametrize(
    "title",
    [
        *(
            "Netzwerktreffen",
            "Netzwerktreffen Bürgerräte: Losverfahren in kleinen Gemeinden",
            "Losverfahren 2026",
        ),
        *(
            "Video-Konferenz der Bürgerräte",
            "Zoom: Wie ein Bürgerrat entsteht",
            "Treffen 12",
            "Grundgesetz 2.0",
        ),
        *("Facade", "Réunion du réseau", "Vollversammlung"),
    ],
)
def test_what_somebody_called_a_meeting_is_none(title: str) -> None:
    assert not is_guessed_title(title)


def test_who_hands_a_recording_in_knows_its_title_and_its_day() -> None:
    bare = Fetched(files=(), title="playback", is_file_name=True)
    assert list(guesses(bare, "playback", DAY)) == []


def test_a_page_may_say_title_and_day() -> None:
    said = Fetched(files=(), title="Losverfahren in kleinen Gemeinden", recorded_on=DAY)
    assert list(guesses(said, None, None)) == []


def test_the_name_of_a_file_is_a_guess() -> None:
    bare = Fetched(files=(), title="losverfahren in gemeinden", recorded_on=DAY, is_file_name=True)
    assert [each.code for each in guesses(bare, None, None)] == [TITLE_GUESSED]


def test_a_day_that_only_the_server_of_a_share_knows_is_a_guess_until_somebody_says_it() -> None:
    fetched = Fetched(files=(), title="Treffen in Köln", recorded_on=DAY, is_day_guessed=True)
    assert [each.code for each in guesses(fetched, None, None)] == [DAY_GUESSED]
    assert list(guesses(fetched, None, DAY)) == []


def test_what_nobody_says_is_a_guess() -> None:
    assert [each.code for each in guesses(Fetched(files=()), None, None)] == [TITLE_GUESSED, DAY_GUESSED]


TODAY = date(2026, 11, 25)
MADE, CHANGED = date(2026, 11, 20), date(2026, 11, 21)


def nobody(_day: date) -> str | None:
    return None


def calendar(day: date) -> str | None:
    return "Netzwerktreffen" if day in (DAY, MADE) else None


@pytest.mark.parametrize(
    ("given", "fetched", "made_on", "day", "origin"),
    [
        (DAY, {"recorded_on": CHANGED}, MADE, DAY, None),
        (None, {"recorded_on": DAY, "changed_on": CHANGED}, MADE, DAY, None),
        (None, {"recorded_on": DAY, "is_day_guessed": True, "changed_on": CHANGED}, MADE, DAY, "file_name"),
        (None, {"changed_on": CHANGED}, MADE, MADE, "made"),
        (None, {"changed_on": CHANGED}, None, CHANGED, "changed"),
        (None, {}, None, TODAY, "today"),
        (None, {"recorded_on": date(2027, 1, 1)}, date(2030, 1, 1), TODAY, "today"),
    ],
)
def test_the_best_known_day_counts_and_says_whether_it_is_a_guess(
    given: date | None, fetched: dict[str, Any], made_on: date | None, day: date, origin: str | None
) -> None:
    about = named(
        Given("Treffen", given), Fetched(files=(), **fetched), Circumstances(made_on, TODAY, nobody)
    )
    assert about.day == day
    assert [(each.code, each.details) for each in about.guesses] == (
        [(DAY_GUESSED, {"origin": origin})] if origin else []
    )


@pytest.mark.parametrize(
    ("given", "fetched", "title", "origin"),
    [
        ("Treffen", {"title": "Anders"}, "Treffen", None),
        (None, {"title": "Losverfahren in Köln"}, "Losverfahren in Köln", None),
        (None, {"title": "losverfahren köln", "is_file_name": True}, "losverfahren köln", "file_name"),
        (None, {"title": "GMT20261119-190312_Recording"}, "Netzwerktreffen", "calendar"),
        (None, {}, "Netzwerktreffen", "calendar"),
        (None, {"recorded_on": CHANGED}, "Aufzeichnung", "nobody"),
        (None, {"recorded_on": CHANGED, "title": "playback"}, "playback", "nobody"),
    ],
)
def test_the_best_known_title_counts_and_says_whether_it_is_a_guess(
    given: str | None, fetched: dict[str, Any], title: str, origin: str | None
) -> None:
    source = Fetched(files=(), **{"recorded_on": DAY, **fetched})
    about = named(Given(given), source, Circumstances(None, TODAY, calendar))
    assert about.title == title
    assert [(each.code, each.details) for each in about.guesses] == (
        [(TITLE_GUESSED, {"origin": origin})] if origin else []
    )
