"""A long glossary is cut to what the meeting is about."""

from transcripts.speech.glossary import MAX_TERMS, parse_glossary, relevant_terms

LONG = tuple(f"Begriff{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(60))


def test_terms_stand_one_a_line_or_between_commas_and_once() -> None:
    assert parse_glossary("# Orte\nVorarlberg, Bregenz; Zürich\n\nBregenz # am See\n") == (
        "Vorarlberg",
        "Bregenz",
        "Zürich",
    )


def test_a_short_glossary_is_used_whole() -> None:
    assert relevant_terms(("Vorarlberg", "Bregenz"), "Haushalt") == ("Vorarlberg", "Bregenz")


def test_of_a_long_glossary_the_terms_of_title_and_agenda_come_first() -> None:
    terms = (*LONG, "Losverfahren", "Bürgerrat Klima", "Vorarlberg")
    chosen = relevant_terms(terms, "Netzwerktreffen\nDie Kosten der Bürgerräte\nAus Vorarlberg")
    assert len(chosen) == MAX_TERMS
    assert {"Bürgerrat Klima", "Vorarlberg"} <= set(chosen)
    assert "Losverfahren" not in chosen
    assert chosen == tuple(term for term in terms if term in chosen), "in the glossary's order"


def test_without_a_title_the_first_terms_are_used() -> None:
    assert relevant_terms(LONG, "") == LONG[:MAX_TERMS]
