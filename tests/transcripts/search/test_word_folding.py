"""Words meet whatever their spelling."""

import pytest

from transcripts.search.word_folding import find_words, fold, stem


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
