"""What stays and what changes between two rows of words."""

from difflib import SequenceMatcher

import pytest

from transcripts.speech.alignment import opcodes

LONG = [f"Wort{number}" for number in range(500)]


def applied(before: list[str], after: list[str]) -> list[str]:
    """`after`, made of what stays of `before` and what the steps take from `after`."""
    return [
        word
        for kind, first, end, start, until in opcodes(before, after)
        for word in (before[first:end] if kind == "equal" else after[start:until])
    ]


def test_short_rows_are_compared_word_by_word() -> None:
    before, after = ["das", "war", "ein", "guter", "Abend"], ["das", "ist", "ein", "sehr", "guter", "Abend"]
    assert opcodes(before, after) == SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def test_of_long_rows_only_what_changed_is_replaced() -> None:
    after = [*LONG[:300], "anders", *LONG[301:]]
    assert opcodes(LONG, after) == [
        ("equal", 0, 300, 0, 300),
        ("replace", 300, 301, 300, 301),
        ("equal", 301, 500, 301, 500),
    ]


@pytest.mark.parametrize(
    "after",
    [
        LONG,
        LONG[::-1],
        LONG[1:],
        LONG[:-1],
        [*LONG, *LONG],
        [*LONG[:250], "neu", *LONG[250:]],
        ["a"] * 600,
        [],
    ],
    ids=["same", "reversed", "begins later", "ends earlier", "twice", "put in", "other", "nothing"],
)
def test_the_steps_lead_from_one_row_to_the_other(after: list[str]) -> None:
    assert applied(LONG, after) == after
    assert applied(after, LONG) == LONG
    covered = [(first, end) for _, first, end, _, _ in opcodes(LONG, after)]
    assert [first for first, _ in covered[1:]] == [end for _, end in covered[:-1]]
    assert covered[-1][1] == len(LONG)
