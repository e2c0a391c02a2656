"""docs/glossary.md is kept: one word for one thing, also in German."""

import re
from collections import Counter

from tests.test_architecture import HOUSE, ROOT

ROWS = re.findall(
    r"^\| ([a-z][^|]*) \| ([^|]+\.) \| ([^|]+) \|$", (ROOT / "docs/glossary.md").read_text("utf-8"), re.M
)
NO_GERMAN_WORD = "–"
# People see no difference between a recording and what is kept of it.
SHARED = {"Aufzeichnung"}
PROGRAM_AS_NOUN = re.compile(
    r"\bMitschnitt(?:s|e|en)\b"
    r"|\b(?:[Dd]e[rn]|[Ee]ine?n?m?|[Kk]eine?n?m?|[Dd]iese[rmn]|[Jj]ede[rmn]|Im|1) Mitschnitt\b"
)


def german_texts() -> dict[str, str]:
    """Whatever people read: pages, mails, words in the code, guides."""
    files = [
        path
        for room in HOUSE
        for kind in ("py", "html", "txt", "js")
        for path in (ROOT / room).rglob(f"*.{kind}")
    ]
    files += [ROOT / "docs" / name for name in ("anleitung.md", "lesesaal.md")]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}


def test_the_glossary_has_forty_words_and_more() -> None:
    words = [word for word, _, _ in ROWS]
    assert len(words) >= 40
    assert len(set(words)) == len(words)


def test_no_german_word_stands_for_two_things() -> None:
    counts = Counter(german for _, _, german in ROWS if german != NO_GERMAN_WORD)
    assert {german for german, count in counts.items() if count > 1} == SHARED


def test_each_german_word_is_one_that_people_read() -> None:
    read = "\n".join(german_texts().values())
    unread = [german for _, _, german in ROWS if german != NO_GERMAN_WORD and german not in read]
    assert unread == []


def test_the_name_of_the_program_is_no_second_word_for_a_recording() -> None:
    found = {
        f"{path}: {match.group()}"
        for path, text in german_texts().items()
        for match in PROGRAM_AS_NOUN.finditer(text)
    }
    assert found == set()
