"""The list of meetings as people write it: a slip is named with its place, in German."""

from pathlib import Path

import pytest

from config.settings import Settings
from flows.announcing.upcoming_meetings import series_of
from transcripts.errors.error_kinds import PermanentError
from transcripts.wording.error_wording import explain

TEXT = """
[meeting]
title = "Netzwerktreffen"
first = 2026-01-22
time = 19:30:00
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[meeting]\ntitel = 'x'", "meeting title: fehlt"),
        (TEXT + "farbe = 'rot'", "meeting farbe: ist unbekannt"),
        (TEXT + "timezone = 'Europe/Vienna'", "bitte [network] timezone ändern"),
        (TEXT + "zone = 'Europe/Vienna'", "meeting zone: ist unbekannt"),
        (TEXT + "every_weeks = 0", "meeting every_weeks: erwartet wird mindestens 1"),
        (TEXT + "every_weeks = 'vier'", "meeting every_weeks: erwartet wird eine ganze Zahl"),
        (TEXT + "invite_days_before = inf", "meeting invite_days_before: erwartet wird eine Zahl"),
        (TEXT + "until = 'nie'", "meeting until: erwartet wird ein Tag wie 2026-11-19"),
        (TEXT.replace("19:30:00", "'halb acht'"), "meeting time: erwartet wird eine Uhrzeit wie 19:30:00"),
        (TEXT + "[[exceptions]]\ncancelled = true", "exceptions 0 date: fehlt"),
        ("[treffen]\n", "meeting: fehlt"),
        (TEXT + "[[exceptions]]\ndate = 2026-02-20\ncancelled = true", "(Am 2026-02-20 ist kein"),
        ("meeting = \n", "in Zeile 1, Spalte 11 lässt es sich nicht als TOML lesen"),
        ("[meeting\n", "in Zeile 1, Spalte 9 lässt es sich nicht als TOML lesen"),
        ("meeting = {", "am Ende der Datei lässt es sich nicht als TOML lesen"),
    ],
)
def test_a_mistake_in_the_list_is_named_with_its_place(text: str, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "meetings.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PermanentError, match="meetings_unreadable") as caught:
        series_of(Settings.model_validate({"meetings": {"file": file}}))
    assert expected in explain(caught.value)
