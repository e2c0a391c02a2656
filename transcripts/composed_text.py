"""Text in Unicode's NFC, each letter one with its dots and accents; a Mac's PDF has them apart. Pure."""

import unicodedata
from collections.abc import Iterator

# No writing sets more marks on a letter (UAX #15, "Stream-Safe Text Format"), and to put them in order
# takes the square of their number.
MOST_MARKS = 30
# Below are no marks, and nothing that has another form.
_FIRST_MARK = "\u0300"


def composed(text: str) -> str:
    """The same text, composed. Of marks without end on one letter the first 30 stay."""
    if text.isascii() or max(text) < _FIRST_MARK:
        return text
    has_many = sum(map(bool, map(unicodedata.combining, text))) > MOST_MARKS
    return unicodedata.normalize("NFC", "".join(_with_few_marks(text)) if has_many else text)


def _with_few_marks(text: str) -> Iterator[str]:
    marks = 0
    for each in text:
        marks = marks + 1 if unicodedata.combining(each) else 0
        if marks <= MOST_MARKS:
            yield each
