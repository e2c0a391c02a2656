"""How one row of words becomes another: what stays, is replaced, put in or taken out. Pure.

`difflib` compares words well, but on words that repeat its time grows with the cube of their number.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import takewhile

_MOST_COMPARED = 200 * 200
"""So many pairs of words are compared; a sentence has fewer than a hundred words."""

Opcode = tuple[str, int, int, int, int]


def opcodes(before: Sequence[str], after: Sequence[str]) -> Sequence[Opcode]:
    """The steps as `difflib.SequenceMatcher.get_opcodes` gives them, without its junk.

    Of rows too long to compare, what differs between their common beginning and end is replaced as one.
    """
    if len(before) * len(after) <= _MOST_COMPARED:
        return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    head = _shared(before, after)
    tail = min(_shared(before[::-1], after[::-1]), min(len(before), len(after)) - head)
    end, until = len(before) - tail, len(after) - tail
    steps: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    if (end - head) * (until - head) > _MOST_COMPARED:
        steps.append(("replace", head, end, head, until))
    else:
        steps += [
            (kind, first + head, last + head, start + head, stop + head)
            for kind, first, last, start, stop in opcodes(before[head:end], after[head:until])
        ]
    return [*steps, ("equal", end, len(before), until, len(after))] if tail else steps


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words from the start are the same."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
