"""Words meet whatever their spelling."""

import pytest

from transcripts.search.word_folding import find_words, fold, number_groups, stem


@pytest.mark.parametrize(
    "forms",
    [
        ("Bürgerrat", "BÜRGERRAT", "Bürgerräte", "Bürgerräten", "Bürgerrats", "Buergerraete"),
        ("Straße", "Strasse", "STRASSE", "Straßen"),
        ("Gemeinde", "Gemeinden"),
        ("Bürger", "Bürgerin", "Bürgerinnen", "Bürger:innen", "Bürger*innen", "Bürger_innen", "BürgerInnen"),
        ("Klima", "Klimas"),
        ("Auto", "Autos"),
    ],
)
def test_all_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(fold(form)) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Steuer", "stur"), ("teuer", "Tür"), ("Rat", "Ratte"), ("darin", "dar"), ("arbeitslos", "Arbeit")],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert stem(fold(one)) != stem(fold(other))


def test_words_are_found_where_they_stand() -> None:
    text = "„Die Bürger:innen“ sagten: 30 E-Mails!"
    assert [(each.word, text[each.start : each.end]) for each in find_words(text)] == [
        ("die", "Die"),
        ("bürgerinnen", "Bürger:innen"),
        ("sagten", "sagten"),
        ("30", "30"),
        ("e", "E"),
        ("mails", "Mails"),
    ]


def test_a_decomposed_umlaut_is_the_same_letter() -> None:
    assert fold("Bu\u0308rger") == "bürger"


@pytest.mark.parametrize(
    "number",
    ["1250", "1.250", "1'250", "1’250", "1\u00a0250", "1\u2009250", "1\u202f250"],
)
def test_a_grouped_number_is_one_word(number: str) -> None:
    text = f"Es kamen {number} Leute."
    found = list(find_words(text))
    assert [each.word for each in found] == ["es", "kamen", "1250", "leute"]
    assert text[found[2].start : found[2].end] == number


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.250.000", "1250000"),
        ("1'250'000 Franken", "1250000 franken"),
        ("1.250,50 Euro", "1250 50 euro"),
        ("1.250er", "1250er"),
        ("bis 1.250.", "bis 1250"),
        ("1.5", "1 5"),
        ("1,5", "1 5"),
        ("0,250", "0 250"),
        ("0.250", "0 250"),
        ("20.11.2026", "20 11 2026"),
        ("3.11.250", "3 11 250"),
        ("19:30", "19 30"),
        ("19.30 Uhr", "19 30 uhr"),
        ("1.250'000", "1250 000"),
        ("1.2500", "1 2500"),
        ("12345.678", "12345 678"),
        ("Version 1.250.1", "version 1 250 1"),
        ("Klasse 9 100 Kinder", "klasse 9 100 kinder"),
    ],
)
def test_only_thousands_are_joined(text: str, words: str) -> None:
    assert " ".join(each.word for each in find_words(text)) == words


def test_a_number_has_groups_of_three() -> None:
    assert number_groups("1250") == ("1", "250")
    assert number_groups("1250000") == ("1", "250", "000")
    assert [number_groups(each) for each in ("250", "0125", "1250er", "rat", "1" * 13)] == [()] * 5
