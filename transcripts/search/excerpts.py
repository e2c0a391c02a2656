"""What is shown of a long paragraph: the part in which something was found."""

from dataclasses import replace

from transcripts.search.search_answer import Mark, Passage

MOST_CHARACTERS = 320
BEFORE_CHARACTERS = 80
"""So much is shown before the first find."""
CUT = "…"


def excerpt(passage: Passage) -> Passage:
    """The passage, or of a long one what stands around its first mark, cut between words, with its marks."""
    text = passage.text
    if len(text) <= MOST_CHARACTERS:
        return passage
    first = passage.marks[0].start if passage.marks else 0
    start = _word_start(text, min(max(0, first - BEFORE_CHARACTERS), len(text) - MOST_CHARACTERS))
    end = _word_end(text, start + MOST_CHARACTERS)
    before, after = (f"{CUT} " if start else ""), (f" {CUT}" if end < len(text) else "")
    moved = len(before) - start
    marks = tuple(
        Mark(each.start + moved, each.end + moved)
        for each in passage.marks
        if start <= each.start and each.end <= end
    )
    return replace(passage, text=f"{before}{text[start:end]}{after}", marks=marks)


def _word_start(text: str, at: int) -> int:
    """The beginning of the first word from here on; here, where no word begins soon."""
    space = text.find(" ", at, at + BEFORE_CHARACTERS) if at else -1
    return space + 1 or at


def _word_end(text: str, at: int) -> int:
    """The end of the last word up to here; here, where none ends."""
    space = text.rfind(" ", at - BEFORE_CHARACTERS, at) if at < len(text) else -1
    return space if space > 0 else min(at, len(text))
