"""What became of each agenda item: taken up in its turn, moved, dealt with together with another, or skipped.

Pure functions over what `agenda.align` found. They force nothing in: an item that
is neither turned to anywhere nor named where another one opens is skipped.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from transcripts.chapters.agenda import Finding, Place, openness_of
from transcripts.chapters.moderator_phrases import Opening
from transcripts.chapters.topics import SHORTEST_ANNOUNCED_SECONDS
from transcripts.model import AgendaOutcome, Segment

_NAMED = 0.5
"""Which share of an item's words must be said in the turn itself."""
_WEAKEST_TURN = 0.4
_OPENING_SECONDS = 40.0
_TOGETHER = 0.6


def find_moved(
    items: Sequence[str], segments: Sequence[Segment], turns: Sequence[Opening], found: Sequence[Finding]
) -> list[Finding]:
    """The items that were taken up out of their order: someone turns to them, and names them, elsewhere."""
    taken = {finding.item for finding in found}
    if not found or len(taken) == len(items):
        return []
    place = Place(items, segments, turns)
    openness = openness_of(items, segments, turns, place)
    strengths = np.array([turn.strength for turn in turns])
    moved: list[Finding] = []
    for item in (index for index in range(len(items)) if index not in taken):
        free = np.abs(place.starts - place.starts[[one.segment for one in (*found, *moved)], None])
        possible = (free >= SHORTEST_ANNOUNCED_SECONDS).all(axis=0)
        possible &= (strengths >= _WEAKEST_TURN) & (place.relevance[item] >= _NAMED)
        if possible.any():
            moved.append(Finding(item, int(np.argmax(np.where(possible, openness[item], -np.inf)))))
    return moved


def agenda_outcomes(
    items: Sequence[str],
    segments: Sequence[Segment],
    turns: Sequence[Opening],
    found: Sequence[Finding],
    moved: Sequence[Finding],
) -> tuple[AgendaOutcome, ...]:
    """One outcome an item, in the agenda's order."""
    places = {finding.item: finding.segment for finding in (*found, *moved)}
    out_of_order = {finding.item for finding in moved}
    place = Place(items, segments, turns) if places else None
    outcomes: list[AgendaOutcome] = []
    for index, item in enumerate(items):
        if index in places:
            start = segments[places[index]].start_seconds
            kind: Literal["moved", "taken_up"] = "moved" if index in out_of_order else "taken_up"
            outcomes.append(AgendaOutcome(item=item, outcome=kind, start_seconds=start))
        elif place is not None and (host := _host(index, places, place)) is not None:
            start = segments[places[host]].start_seconds
            outcomes.append(
                AgendaOutcome(item=item, outcome="merged", start_seconds=start, merged_with=items[host])
            )
        else:
            outcomes.append(AgendaOutcome(item=item, outcome="skipped"))
    return tuple(outcomes)


def _host(item: int, places: dict[int, int], place: Place) -> int | None:
    """The item at whose opening this one is named too; None where it is named at none."""
    weights, near = place.found[item]
    if not len(weights):
        return None
    best, host = 0.0, None
    for other, at in places.items():
        end = int(np.searchsorted(place.starts, place.starts[at] + _OPENING_SECONDS, side="right"))
        named = float(weights @ near[:, at:end].max(axis=1))
        if named > best:
            best, host = named, other
    return host if best >= _TOGETHER else None
