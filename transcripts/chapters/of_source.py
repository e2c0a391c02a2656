"""The chapters that a source has itself, as chapters of the record. Pure.

Somebody set them, so they come before whatever is found. What programs call a chapter says nothing, and
what is no place in the recording is none.
"""

import re
from collections.abc import Sequence

from transcripts.media.media_values import Cut, SourceChapter
from transcripts.model import Chapter

FEWEST, MOST = 2, 500
LONGEST_TITLE = 200
# "Chapter 1", "Kapitel 03:", "Teil II", "00:12:30", "Untitled Chapter 2", "3.", and what follows them.
_KIND = r"(?:chapter|kapitel|chap\.|teil|part|abschnitt|section|track|marker|chapitre)"
_COUNT = re.compile(
    rf"<?(?:untitled )?{_KIND}(?:[ _#-]{{0,3}}(?:\d{{1,4}}|[ivx]{{1,6}})(?![^\W_])|$)>?[ .:)–—-]{{0,5}}",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?[ .:)–—-]{0,5}")
_NUMBER = re.compile(r"#?\d{1,4}[.:)]?[ –—-]{0,5}$")


def source_chapters(found: Sequence[SourceChapter], cut: Cut, duration_seconds: float) -> tuple[Chapter, ...]:
    """The chapters of a source in media of so many seconds that the cut leaves; none if fewer than two.

    What begins in what is cut off at the start, and goes on behind it, begins with the recording. Of several
    at one moment the last counts, and of several in a row with one title the first.
    """
    titled = {
        max(0.0, round(each.start_seconds - cut.start_seconds, 3)): title
        for each in sorted(found[: 2 * MOST], key=lambda each: each.start_seconds)
        if (title := clean_title(each.title))
        and 0 <= each.start_seconds < duration_seconds + cut.start_seconds
    }
    chapters: list[Chapter] = []
    for start, title in titled.items():
        if not chapters or chapters[-1].title != title:
            chapters.append(Chapter(start_seconds=start, title=title, origin="human"))
    return tuple(chapters[:MOST]) if len(chapters) >= FEWEST else ()


def clean_title(title: str) -> str:
    """A title on one line, without the count before it; nothing where there is no more than a count."""
    text = " ".join("".join(each if each.isprintable() else " " for each in title[:1_000]).split())
    for count in (_CLOCK, _COUNT):
        text = text[_length(count, text) :]
    return "" if _NUMBER.match(text) else text[:LONGEST_TITLE].strip()


def _length(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0
