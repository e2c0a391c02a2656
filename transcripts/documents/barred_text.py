"""The text of a document with black bars in the places that people chose; all addresses and places stay."""

from collections.abc import Sequence

from transcripts.documents.document_text import DocumentText, Paragraph
from transcripts.documents.personal_finding import Finding

BAR = "█"


def barred_text(text: DocumentText, findings: Sequence[Finding]) -> DocumentText:
    """The same paragraphs, as long as before, with a bar in the place of each character that is private."""
    by_paragraph: dict[str, list[Finding]] = {}
    for each in findings:
        by_paragraph.setdefault(each.paragraph_id, []).append(each)
    pages = tuple(
        page.model_copy(update={"paragraphs": tuple(_barred(each, by_paragraph) for each in page.paragraphs)})
        for page in text.pages
    )
    return text.model_copy(update={"pages": pages})


def _barred(paragraph: Paragraph, by_paragraph: dict[str, list[Finding]]) -> Paragraph:
    letters = list(paragraph.text)
    for found in by_paragraph.get(paragraph.id, ()):
        for place in range(found.start, min(found.end, len(letters))):
            letters[place] = BAR
    return paragraph.model_copy(update={"text": "".join(letters)})
