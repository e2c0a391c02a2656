"""Queries as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.search.query import MOST_TERMS, Kind, Query, Term, parse_query


def word(text: str) -> Term:
    return Term(Kind.WORD, (text,))


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("Losverfahren Melderegister", [word("losverfahren"), word("melderegister")], []),
        ('"kleinen Gemeinden"', [Term(Kind.PHRASE, ("kleinen", "gemeinden"))], []),
        ("„kleinen Gemeinden“ Rat", [Term(Kind.PHRASE, ("kleinen", "gemeinden")), word("rat")], []),
        ("Rat -Stadt", [word("rat")], [word("stadt")]),
        ('Rat -"der Stadt"', [word("rat")], [Term(Kind.PHRASE, ("der", "stadt"))]),
        ("Losv*", [Term(Kind.BEGINNING, ("losv",))], []),
        ("Bürger*innen", [word("bürgerinnen")], []),
        ("Bürger/-innen", [word("bürgerinnen")], []),
        ("Bürger*innenrat*", [Term(Kind.BEGINNING, ("bürgerinnenrat",))], []),
        ("Expertinnen und Experten", [word("expertinnen"), word("experten")], []),
        ("1 250 Leute -1.250.000", [word("1250"), word("leute")], [word("1250000")]),
        ('"1 250 Leute"', [Term(Kind.PHRASE, ("1250", "leute"))], []),
        ("20.11.2026", [word("20"), word("11"), word("2026")], []),
        ("0800 123 456", [word("0800"), word("123"), word("456")], []),
        ("E-Mail", [Term(Kind.HYPHENATED, ("e", "mail"))], []),
        ("Wie teuer ist der Rat?", [word("teuer"), word("rat")], []),
        ("und oder", [word("und"), word("oder")], []),
        ("Rat Rat RAT", [word("rat")], []),
        ("-Rat", [], [word("rat")]),
        ('"offen', [word("offen")], []),
        ('"" - * ()', [], []),
        (
            "NEAR(a b) AND title:x OR ^y",
            [word("near"), word("and"), word("title"), word("x"), word("or"), word("y")],
            [],
        ),
    ],
)
def test_a_query_is_read(text: str, wanted: list[Term], unwanted: list[Term]) -> None:
    query = parse_query(text)
    assert query.unwanted == tuple(unwanted)
    assert [term for term in query.wanted if term.words not in {("a",), ("b",)}] == wanted


def test_a_phrase_keeps_its_function_words() -> None:
    assert parse_query('"der Rat der Stadt"').wanted == (Term(Kind.PHRASE, ("der", "rat", "der", "stadt")),)


def test_a_document_is_not_read_as_a_query() -> None:
    query = parse_query("".join(f"wort{number} " for number in range(20_000)))
    assert len(query.wanted) == MOST_TERMS


@given(st.text())
def test_any_text_is_a_query(text: str) -> None:
    query = parse_query(text)
    assert isinstance(query, Query)
    assert all(all(term.words) and term.words for term in (*query.wanted, *query.unwanted))
