"""How a document begins, for those who have not opened it: its first sentences without headings."""

from itertools import islice

from transcripts.documents.document_text import DocumentText

MOST_CHARACTERS = 300
_FIRST_PARAGRAPHS = 20


def beginning_of(text: DocumentText) -> str:
    """Its first plain paragraphs on one line, cut between words."""
    plain = (each.text for each in text.paragraphs if not each.heading)
    words = " ".join(" ".join(islice(plain, _FIRST_PARAGRAPHS)).split())
    if len(words) <= MOST_CHARACTERS:
        return words
    return f"{words[:MOST_CHARACTERS].rpartition(' ')[0] or words[:MOST_CHARACTERS]} …"
