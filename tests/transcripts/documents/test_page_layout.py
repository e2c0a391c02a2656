"""Words become paragraphs in the order in which people read them."""

from transcripts.documents.page_layout import laid_out
from transcripts.documents.page_words import Bar, PageContent, PageWord, Rule, Ruling, clean_text

SIZE = 12.0


def line(text: str, left: float, top: float, *, size: float = SIZE, is_bold: bool = False) -> list[PageWord]:
    """Words of letters that are half as wide as they are high."""
    words = []
    for word in text.split(" "):
        right = left + len(word) * size / 2
        words.append(PageWord(word, left, top, right, top + size, is_bold))
        left = right + size / 4
    return words


def texts(*pages: list[PageWord], ruling: Ruling = Ruling()) -> list[str]:  # noqa: B008 - immutable
    contents = [PageContent(595, 842, tuple(words), ruling) for words in pages]
    return [each.text for each in laid_out(contents).paragraphs]


PROSE = [
    "Der Rat beschließt einen Bürgerrat,",
    "der im Losverfahren besetzt wird und",
    "an vier Tagen im Rathaus tagt.",
]


def test_lines_become_a_paragraph_with_a_box_for_each() -> None:
    words = [word for n, text in enumerate(PROSE) for word in line(text, 60, 200 + 14 * n)]
    (paragraph,) = laid_out([PageContent(595, 842, tuple(words))]).paragraphs
    assert paragraph.text == " ".join(PROSE)
    assert len(paragraph.boxes) == 3
    assert paragraph.boxes[0].bottom <= paragraph.boxes[1].top + 0.001


def test_a_wider_space_and_an_indent_begin_a_paragraph() -> None:
    first = [word for n, text in enumerate(PROSE) for word in line(text, 60, 200 + 14 * n)]
    spaced = [word for n, text in enumerate(PROSE) for word in line(text, 60, 262 + 14 * n)]
    assert texts(first + spaced) == [" ".join(PROSE)] * 2
    long = [text.replace("tagt.", "tagt und berät") for text in PROSE]
    whole = [word for n, text in enumerate(long) for word in line(text, 60, 200 + 14 * n)]
    indented = [
        word for n, text in enumerate(PROSE) for word in line(text, 75 if n == 0 else 60, 242 + 14 * n)
    ]
    assert texts(whole + indented) == [" ".join(long), " ".join(PROSE)]


def test_two_columns_are_read_one_after_the_other_and_their_halves_put_together() -> None:
    left = [
        "Links steht der Anfang eines Satzes",
        "der hier über mehrere Zeilen geht,",
        "damit er lang genug ist, um in der",
        "anderen Spalte erst zu Ende zu kom-",
    ]
    right = [
        "men, was man an seiner Silbe sieht",
        "und daran, dass er noch weitergeht",
        "bis unten, wo auch diese Spalte en-",
        "det und niemand mehr etwas liest.",
    ]
    words = [
        word for n in range(4) for word in line(left[n], 50, 200 + 14 * n) + line(right[n], 310, 200 + 14 * n)
    ]
    (text,) = texts(line("Überschrift über beide Spalten hinweg", 50, 150, size=18) + words)[1:]
    assert text.startswith("Links steht der Anfang")
    assert "Ende zu kommen, was man" in text
    assert text.endswith("endet und niemand mehr etwas liest.")


def test_a_table_is_read_row_by_row() -> None:
    rows = [("Posten", "Betrag"), ("Moderation", "12.400"), ("Räume", "6.150")]
    words = [
        word
        for n, (a, b) in enumerate(rows)
        for word in line(a, 60, 200 + 16 * n) + line(b, 300, 200 + 16 * n)
    ]
    assert texts(words) == ["Posten | Betrag", "Moderation | 12.400", "Räume | 6.150"]


def test_ruled_lines_keep_the_lines_of_a_cell_together_and_narrow_columns_apart() -> None:
    words = line("Aufwands-", 60, 200) + line("30 Personen", 145, 200) + line("entschädigung", 60, 214)
    words += line("Räume", 60, 236) + line("4 Tage", 145, 236) + line("und Technik", 60, 250)
    rules = tuple(Rule(55, 300, y) for y in (196, 231, 268))
    bars = tuple(Bar(x, 196, 268) for x in (55, 141, 300))
    expected = ["Aufwandsentschädigung | 30 Personen", "Räume und Technik | 4 Tage"]
    assert texts(words, ruling=Ruling(rules, bars)) == expected


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [
        line("Stadt Musterhausen", 60, 30)
        + line(f"Inhalt der Seite {name}", 60, 300)
        + line(f"Seite {n} von 3", 280, 800)
        for n, name in enumerate(("eins", "zwei", "drei"), start=1)
    ]
    assert texts(*pages) == ["Inhalt der Seite eins", "Inhalt der Seite zwei", "Inhalt der Seite drei"]


def test_numbered_headings_at_the_same_place_are_no_running_heads() -> None:
    pages = [line(f"Empfehlung {n}", 60, 50) + line("Text darunter", 60, 300) for n in (4, 9, 11)]
    assert texts(*pages)[::2] == ["Empfehlung 4", "Empfehlung 9", "Empfehlung 11"]


def test_larger_and_bold_lines_are_headings_of_levels() -> None:
    words = line("Bürgerrat Verkehr", 60, 100, size=20, is_bold=True) + line(
        "Ausgangslage", 60, 150, is_bold=True
    )
    words += [word for n, text in enumerate(PROSE) for word in line(text, 60, 180 + 14 * n)]
    paragraphs = laid_out([PageContent(595, 842, tuple(words))]).paragraphs
    assert [each.heading for each in paragraphs] == [1, 2, 0]


def test_characters_are_as_people_write_them() -> None:
    assert clean_text("e\u0301 ﬁnden\u200b \uf0b7 \x00a\xa0b") == "é finden • a b"
