"""How a document begins, in one line: for lists and mails that name it.

Nothing is quoted in which something may be said of a private person.
"""

from transcripts.documents.document_text import DocumentText
from transcripts.documents.kept_findings import PersonalData

LONGEST_LETTERS = 160
# Shorter ones are titles, dates, numbers of pages.
SHORTEST_LETTERS = 40
# Further on it is not the beginning any more.
LOOKED_AT = 30


def opening_line(text: DocumentText, personal_data: PersonalData) -> str:
    """The first paragraph that reads as a sentence, shortened at a word's end; "" where there is none."""
    named = {each.paragraph_id for each in personal_data.findings}
    for each in text.paragraphs[:LOOKED_AT]:
        line = " ".join(each.text.split())
        if not each.heading and each.id not in named and len(line) >= SHORTEST_LETTERS:
            return _shortened(line)
    return ""


def _shortened(line: str) -> str:
    if len(line) <= LONGEST_LETTERS:
        return line
    return f"{line[:LONGEST_LETTERS].rsplit(' ', 1)[0].rstrip(' ,;:')} …"
