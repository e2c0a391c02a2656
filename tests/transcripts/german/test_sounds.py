"""Words that sound alike have one key, and one spelling once what is not heard is left out."""

import pytest

from transcripts.german.sounds import heard_key, plain_spelling, sound_key


@pytest.mark.parametrize(
    ("word", "key"),
    [
        # Examples published with the algorithm and its descriptions.
        ("Müller-Lüdenscheidt", "65752682"),
        ("Wikipedia", "3412"),
        ("Breschnew", "17863"),
        ("Heinz", "068"),
        ("Philipp", "351"),
        ("Charlotte", "4752"),
        ("Axt", "0482"),
        ("", ""),
        ("123", ""),
    ],
)
def test_the_key_is_that_of_the_koelner_phonetik(word: str, key: str) -> None:
    assert sound_key(word) == key


@pytest.mark.parametrize(
    ("right", "by_ear"),
    [
        ("losverfahren", "loosverfaren"),
        ("theorie", "teori"),
        ("rhythmus", "rytmus"),
        ("photovoltaik", "fotovoltaik"),
        ("verwandtschaft", "verwantschaft"),
        ("beispiel", "beispil"),
        ("wahlbeteiligung", "walbeteiligung"),
        ("kommission", "komision"),
        ("saatgut", "satgut"),
        ("versicherung", "versicherrung"),
        ("schutzgebiet", "schuzgebiet"),
        ("stadtrat", "statrat"),
    ],
)
def test_what_is_spelt_by_ear_is_spelt_and_sounds_alike(right: str, by_ear: str) -> None:
    assert plain_spelling(right) == plain_spelling(by_ear)
    assert heard_key(right) == heard_key(by_ear)


@pytest.mark.parametrize(
    ("one", "other"), [("rat", "rot"), ("haus", "aus"), ("buch", "bug"), ("meer", "mehl")]
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert plain_spelling(one) != plain_spelling(other)
