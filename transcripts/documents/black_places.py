"""Where on a page the characters of a finding stand, so that they can be made black."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from transcripts.documents.document_text import Box, PageText, Paragraph
from transcripts.documents.hyphenation import SOFT_HYPHEN
from transcripts.documents.page_words import PageContent, PageWord, rows_of
from transcripts.documents.personal_finding import Finding

_LEAST_HEIGHT_SHARE = 0.3


def places_of(page: PageText, findings: Sequence[Finding], content: PageContent) -> list[Box]:
    """Boxes for the words of the findings; all lines of a paragraph where they are not found in it."""
    paragraphs = {each.id: each for each in page.paragraphs}
    return [box for each in findings for box in _places(paragraphs[each.paragraph_id], each, content)]


def _places(paragraph: Paragraph, finding: Finding, content: PageContent) -> list[Box]:
    words = [word for box in paragraph.boxes for word in _words_in(box, content)]
    wanted = _plain(paragraph.text[finding.start : finding.end])
    before = len(_plain(paragraph.text[: finding.start]))
    found = list(_spelling(words, wanted, before)) if wanted else []
    return [_box(word, content) for word in found] if found else list(paragraph.boxes)


def _words_in(box: Box, content: PageContent) -> list[PageWord]:
    """Those of a line, from left to right."""
    left, right = box.left * content.width, box.right * content.width
    top, bottom = box.top * content.height, box.bottom * content.height
    inside = [
        word
        for word in content.words
        if left - 1 <= (word.left + word.right) / 2 <= right + 1
        and min(bottom, word.bottom) - max(top, word.top) > _LEAST_HEIGHT_SHARE * word.size
    ]
    return [word for row in rows_of(inside) for word in row.words]


def _plain(text: str) -> str:
    """Without what joining lines adds or takes away."""
    return "".join(
        character for character in text if not character.isspace() and character not in f"-|{SOFT_HYPHEN}"
    )


def _spelling(words: Sequence[PageWord], wanted: str, before: int) -> Iterator[PageWord]:
    """The words that spell what is wanted, at the place that is nearest to so many characters before it."""
    owners = [word for word in words for _ in _plain(word.text)]
    spelt = "".join(_plain(word.text) for word in words)
    starts = [start for start in range(len(spelt)) if spelt.startswith(wanted, start)]
    if not starts:
        return
    start = min(starts, key=lambda each: abs(each - before))
    for word, _ in groupby(owners[start : start + len(wanted)]):
        yield word


def _box(word: PageWord, content: PageContent) -> Box:
    return Box(
        left=_share(word.left, content.width),
        top=_share(word.top, content.height),
        right=_share(word.right, content.width),
        bottom=_share(word.bottom, content.height),
    )


def _share(points: float, whole: float) -> float:
    return min(max(points / whole, 0.0), 1.0)
