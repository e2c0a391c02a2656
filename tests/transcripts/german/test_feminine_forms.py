"""Feminine and gendered forms lead to the plain one, and nothing else does."""

import pytest

from transcripts.german.feminine_forms import without_feminine_ending
from transcripts.search.word_folding import find_words, fold, stem

PERSONS = {
    "Expert": ("Experte", "Experten", "Expertin"),
    "Kolleg": ("Kollege", "Kollegen", "Kollegin"),
    "Ärzt": ("Arzt", "Ärzte", "Ärzten", "Ärztin"),
    "Bürger": ("Bürger", "Bürgern", "Bürgerin"),
    "Student": ("Student", "Studenten", "Studentin"),
    "Jurist": ("Jurist", "Juristen", "Juristin"),
    "Anwält": ("Anwalt", "Anwälte", "Anwältin"),
    "Stadträt": ("Stadtrat", "Stadträte", "Stadträtin"),
    "Professor": ("Professor", "Professoren", "Professorin"),
    "Landwirt": ("Landwirt", "Landwirte", "Landwirtin"),
    "Soziolog": ("Soziologe", "Soziologen", "Soziologin"),
    "Bäuer": ("Bauer", "Bauern", "Bäuerin"),
    "Kund": ("Kunde", "Kunden", "Kundin"),
    "Beamt": ("Beamter", "Beamte", "Beamtin"),
    "Französ": ("Franzose", "Franzosen", "Französin"),
    "Sekretär": ("Sekretär", "Sekretäre", "Sekretärin"),
}
GENDERED = (
    *("*innen", ":innen", "_innen", "Innen", "/innen", "/-innen", "·innen", "(innen)", "innen", "’innen"),
    *("*in", ":in", "_in", "In", "/in", "/-in", "(in)", "*Innen", "/‑innen"),
)


@pytest.mark.parametrize("sign", GENDERED)
@pytest.mark.parametrize("person", PERSONS)
def test_every_gendered_form_is_one_word_with_the_stem_of_the_plain_ones(person: str, sign: str) -> None:
    text = f"Die {person}{sign}, dort."
    found = list(find_words(text))
    assert [text[each.start : each.end] for each in found] == ["Die", f"{person}{sign}", "dort"]
    assert {stem(found[1].word)} == {stem(fold(form)) for form in PERSONS[person]}


@pytest.mark.parametrize("sign", ["*innen", ":innen", "_innen", "Innen", "/innen", "/-innen", "innen"])
@pytest.mark.parametrize(
    ("person", "rest", "plain"),
    [
        ("Bürger", "rat", "Bürgerrat"),
        ("Expert", "räte", "Expertenrat"),
        ("Ärzt", "kammer", "Ärztekammer"),
        ("Student", "werks", "Studentenwerk"),
        ("Teilnehmer", "zahl", "Teilnehmerzahlen"),
        ("Kolleg", "kreis", "Kollegenkreis"),
    ],
)
def test_a_gendered_compound_has_the_stem_of_the_plain_one(
    person: str, sign: str, rest: str, plain: str
) -> None:
    (found,) = find_words(f"{person}{sign}{rest}")
    assert stem(found.word) == stem(fold(plain))


@pytest.mark.parametrize(
    "word",
    [
        *(
            "berlin",
            "termin",
            "medizin",
            "disziplin",
            "magazin",
            "benzin",
            "satin",
            "latein",
            "verein",
            "robin",
        ),
        *("darin", "worin", "hierin", "weiterhin", "immerhin", "schwerin", "valentin", "konstantin", "klein"),
        *("gewinnen", "beginnen", "besinnen", "entrinnen", "verrinnen", "gerinnen", "drinnen", "binnen"),
        *("dachrinnen", "spinnen", "finnen", "innen", "innenstadt", "pektin", "platin", "zurückgewinnen"),
        *("landesinnenminister", "stadtinnenraum", "rinnen", "linnen", "mandarin", "allein"),
    ],
)
def test_what_only_ends_like_one_stays(word: str) -> None:
    assert without_feminine_ending(word) == word


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("außen/innen", ["aussen", "innen"]),
        ("Außen/Innenpolitik", ["aussen", "innenpolitik"]),
        ("Stadt/Innenstadt", ["stadt", "innenstadt"]),
        ("Ort:In der Halle", ["ort", "in", "der", "halle"]),
        ("Expertinnen und Experten", ["expertinnen", "und", "experten"]),
        ("Expert/innenhaft(in Eile)", ["expertinnenhaft", "in", "eile"]),
    ],
)
def test_signs_that_only_stand_beside_innen_part_words(text: str, words: list[str]) -> None:
    assert [each.word for each in find_words(text)] == words
