"""What stands on the slides of a meeting, as its record keeps it, and what of it names a chapter. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transcripts.media.media_values import Cut
from transcripts.media.presentation import Presentation
from transcripts.model import Chapter, Slide

MOST_KEPT, MOST_CHARACTERS = 1_000, 150_000
NEAR_SECONDS = 20.0
"""A slide that comes so near to the beginning of a chapter is what the chapter is about."""
SHORTEST_TITLE, LONGEST_TITLE = 4, 80
_WORD = re.compile(r"[^\W\d_]{2,}")
# What the software shows before anybody has shown something.
_OF_NOBODY = "bigbluebutton"


@dataclass(frozen=True, slots=True)
class _Titled:
    start_seconds: float
    title: str


def kept_slides(presentation: Presentation | None, cut: Cut, duration_seconds: float) -> tuple[Slide, ...]:
    """The texts of slides at their times in the published media; bounded, since they are foreign."""
    if presentation is None:
        return ()
    shown = [(each.start_seconds - cut.start_seconds, each.text) for each in presentation.slides]
    ends = [*(start for start, _ in shown[1:]), duration_seconds]
    kept: list[Slide] = []
    characters = 0
    for (start, text), end in zip(shown, ends, strict=True):
        if not text or end <= 0 or start >= duration_seconds:
            continue
        characters += len(text)
        if len(kept) == MOST_KEPT or characters > MOST_CHARACTERS:
            break
        kept.append(Slide(start_seconds=round(max(0.0, start), 2), text=text))
    return tuple(kept)


def titled_by_slides(
    chapters: Sequence[Chapter], slides: Sequence[Slide], known_titles: Sequence[str] = ()
) -> tuple[Chapter, ...]:
    """Chapters with the title of the slide that comes when they begin, where their title is of speech only.

    A slide names one chapter at most. `known_titles` are those that say nothing new, such as the meeting's.
    """
    titled = list(_titled(slides, {each.casefold() for each in known_titles}))
    named: list[Chapter] = []
    for chapter in chapters:
        near = [each for each in titled if abs(each.start_seconds - chapter.start_seconds) <= NEAR_SECONDS]
        if chapter.origin != "speech" or not near:
            named.append(chapter)
            continue
        nearest = min(near, key=lambda each: abs(each.start_seconds - chapter.start_seconds))
        titled = [each for each in titled if each.title != nearest.title]
        named.append(chapter.model_copy(update={"title": nearest.title, "origin": "slide"}))
    return tuple(named)


def _titled(slides: Sequence[Slide], known: set[str]) -> Iterator[_Titled]:
    """The first line of each slide that is one; what stands on most slides is no title."""
    texts = {each.text for each in slides}
    lines = Counter(line for text in texts for line in set(text.splitlines()))
    for slide in slides:
        own = [line for line in slide.text.splitlines() if len(texts) < 3 or lines[line] * 2 < len(texts)]
        title = own[0].strip(" -–•:") if own else ""
        if _is_title(title) and title.casefold() not in known:
            yield _Titled(slide.start_seconds, title)


def _is_title(line: str) -> bool:
    is_fit = SHORTEST_TITLE <= len(line) <= LONGEST_TITLE and _WORD.search(line) is not None
    return is_fit and _OF_NOBODY not in line.casefold().replace(" ", "")
