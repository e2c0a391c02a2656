"""Makes one text of two readings of the same speech: where they differ, the surer words win.

Two recognisers err in different places, so that together they err less than
either: the simplest case of what Fiscus (1997, "A post-processing system to yield
reduced word error rates: ROVER") does with votes. Here probabilities decide.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from transcripts.model import Word

# What words must reach to be better than no word at all.
PROBABILITY_OF_NOTHING = 0.5
# So much surer the second reading's words must be: the first knows the text before.
LEAST_LEAD = 0.1
_MARKS = re.compile(r"[^\w]")


def surer(first: Sequence[Word], second: Sequence[Word]) -> list[Word]:
    """The words of `first`, but those of `second` where the two differ and these are clearly more probable.

    Marks and capitals make no difference. Where one has words and the other none,
    they stay if it is more likely than not that they were said. Times may overlap at the seams.
    """
    matcher = SequenceMatcher(None, _plain(first), _plain(second), autojunk=False)
    chosen: list[Word] = []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        mine, others = first[start:end], second[other_start:other_end]
        lead = LEAST_LEAD if mine and others else 0.0
        takes_mine = kind == "equal" or _probability(mine) + lead >= _probability(others)
        chosen += mine if takes_mine else others
    return chosen


def _plain(words: Sequence[Word]) -> list[str]:
    return [_MARKS.sub("", word.text.lower()) for word in words]


def _probability(words: Sequence[Word]) -> float:
    if not words:
        return PROBABILITY_OF_NOTHING
    return sum(word.probability or 0.0 for word in words) / len(words)
