"""Words that were heard apart read as if they had been heard together."""

import pytest

from transcripts.model import Word
from transcripts.speech.joined_stretches import joined, with_capital_at_the_start


def words(text: str) -> list[Word]:
    return [Word(text=each, start_seconds=0.0, end_seconds=1.0) for each in text.split()]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Das ist der Plan.", "und gab es Probleme?", "Das ist der Plan. Und gab es Probleme?"),
        ("Wirklich?", "„nein, danke.“", "Wirklich? „Nein, danke.“"),
        ("Sie sagte: „Ja.“", "dann ging sie.", "Sie sagte: „Ja.“ Dann ging sie."),
        ("Wir sprechen über", "die Kosten.", "Wir sprechen über die Kosten."),
        ("Das kostet, wie gesagt,", "viel.", "Das kostet, wie gesagt, viel."),
        ("Ich frage Dr.", "med. Meier.", "Ich frage Dr. med. Meier."),
        ("Am 20.", "oder 21. Mai.", "Am 20. oder 21. Mai."),
        ("Neues Telefon.", "iPhone heißt es.", "Neues Telefon. iPhone heißt es."),
        ("Gut.", "40 Personen kamen.", "Gut. 40 Personen kamen."),
    ],
)
def test_a_stretch_begins_with_a_capital_where_a_sentence_had_ended(
    first: str, second: str, expected: str
) -> None:
    assert " ".join(word.text for word in joined([words(first), words(second)])) == expected


def test_no_stretch_and_empty_stretches_are_nothing() -> None:
    assert joined([]) == []
    assert [word.text for word in joined([[], words("und weiter"), []])] == ["und", "weiter"]


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("und damit zum Haushalt.", "Und"),
        ("„also los.“", "„Also"),
        ("iPhone heißt es.", "iPhone"),
        ("40 kamen.", "40"),
    ],
)
def test_a_recording_begins_with_a_capital(heard: str, written: str) -> None:
    begun = with_capital_at_the_start(words(heard))
    assert [word.text for word in begun] == [written, *heard.split()[1:]]
    assert with_capital_at_the_start([]) == []
