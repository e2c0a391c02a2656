"""Chapters a person set and chapters a machine found, brought together.

The rule: a person's chapters stay as they are, every one, in time and title. A
machine's chapter joins them only where it would not stand against one: at least
`DISTANCE_SECONDS` away from each of them, and under another title. Pure.
"""

from collections.abc import Iterable, Sequence

from transcripts.model import Chapter

DISTANCE_SECONDS = 60.0


def merge_chapters(by_hand: Iterable[Chapter], by_machine: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """All chapters of origin "human", and of the machine's those that are far enough from each, by time.

    A machine's chapter with the title of a person's is the same one, moved: it is dropped.
    """
    human = sorted((one for one in by_hand if one.origin == "human"), key=lambda one: one.start_seconds)
    titles = {one.title.casefold() for one in human}
    free = [
        one
        for one in by_machine
        if one.origin != "human"
        and one.title.casefold() not in titles
        and all(abs(one.start_seconds - other.start_seconds) >= DISTANCE_SECONDS for other in human)
    ]
    return tuple(sorted((*human, *free), key=lambda one: one.start_seconds))
