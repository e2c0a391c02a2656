"""Words that were divided for the line's sake are one word again, and those that have a hyphen keep it."""

import pytest

from transcripts.documents.hyphenation import joined, known_words


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["im Losver-", "fahren bestimmt"], "im Losverfahren bestimmt"),
        (["eine Bund-", "Länder-Gruppe"], "eine Bund-Länder-Gruppe"),
        (["die Haupt-", "und Ehrenamtlichen"], "die Haupt- und Ehrenamtlichen"),
        (["in EU-", "weiten Verfahren"], "in EU-weiten Verfahren"),
        (["per E-", "Mail"], "per E-Mail"),
        (["das LOSVER-", "FAHREN"], "das LOSVERFAHREN"),
        (["der Haushalt 2025-", "2026"], "der Haushalt 2025-2026"),
        (["Bürgerinnen/", "Bürger"], "Bürgerinnen/Bürger"),
        (["das Los\xad", "verfahren, das Los\xadverfahren"], "das Losverfahren, das Losverfahren"),
        (["Beginn –", "Ende"], "Beginn – Ende"),
        (["  zwei   Leer-", " zeichen "], "zwei Leerzeichen"),
        ([], ""),
    ],
)
def test_lines_become_one_text(lines: list[str], text: str) -> None:
    assert joined(lines) == text


def test_the_document_itself_says_how_it_writes_a_word() -> None:
    known = known_words(["Die Online-Beteiligung beginnt.", "Der Online-beirat tagt hier."])
    assert joined(["vom Online-", "beirat"], known) == "vom Online-beirat"
    assert joined(["vom Online-", "beirat"]) == "vom Onlinebeirat"
