"""Keeps the addresses of sentences when a recording is transcribed anew.

A sentence's id is its permanent address. A new sentence takes over the id of the old
one that it shares the most time with; those that share time with none get new ids,
which no earlier sentence had.
"""

import re

from transcripts.model import Segment, Transcript

_NUMBERED = re.compile(r"s(\d{1,9})$")


def keep_addresses(old: Transcript, new: Transcript) -> Transcript:
    """`new` with the ids of `old` where both heard someone speak at the same time."""
    heirs = _heirs(old.segments, new.segments)
    number = max((int(found[1]) for each in old.segments if (found := _NUMBERED.match(each.id))), default=0)
    renamed = []
    for position, segment in enumerate(new.segments):
        if position not in heirs:
            number += 1
        renamed.append(segment.model_copy(update={"id": heirs.get(position, f"s{number:04}")}))
    return new.model_copy(update={"segments": tuple(renamed)})


def _heirs(old: tuple[Segment, ...], new: tuple[Segment, ...]) -> dict[int, str]:
    """Position of a new segment -> the old id it takes over; the largest shares of time choose first."""
    pairs = sorted(_shares(old, new), reverse=True)
    heirs: dict[int, str] = {}
    for _, position, identity in pairs:
        if position not in heirs and identity not in heirs.values():
            heirs[position] = identity
    return heirs


def _shares(old: tuple[Segment, ...], new: tuple[Segment, ...]) -> list[tuple[float, int, str]]:
    """Seconds in common, position in `new`, id in `old`, of all pairs that overlap; both in time order."""
    shares, first = [], 0
    for position, segment in enumerate(new):
        while first < len(old) and old[first].end_seconds <= segment.start_seconds:
            first += 1
        for each in old[first:]:
            if each.start_seconds >= segment.end_seconds:
                break
            seconds = min(each.end_seconds, segment.end_seconds) - max(
                each.start_seconds, segment.start_seconds
            )
            if each.id and seconds > 0:
                shares.append((seconds, position, each.id))
    return shares
