"""A part of each attack, in the suite; all of it is `make attack`."""

from collections.abc import Callable, Iterator

import pytest

from bench.attack import idle, room, sign_in
from bench.attack.counts import Counts
from bench.attack.house import House, house

Attack = Callable[[House, Counts], None]


@pytest.fixture(scope="module")
def opened() -> Iterator[House]:
    with house() as one:
        yield one


@pytest.mark.parametrize("attack", [room._hosts, room._sizes, room._methods, sign_in._flags, sign_in._ends])
def test_a_part_of_the_attack_finds_no_hole(attack: Attack, opened: House) -> None:
    counts = Counts(attack.__name__)
    attack(opened, counts)
    assert counts.checks > 10
    assert counts.holes == []


def test_a_hole_is_found_and_named(opened: House) -> None:
    """With a guard that lets every site's pages do what they want."""
    counts = Counts("forgeries")
    own = opened.access_control.access_control.own
    object.__setattr__(own, "takes_any_host", True)  # frozen: nothing but a test changes it
    try:
        room._hosts(opened, counts)
    finally:
        object.__setattr__(own, "takes_any_host", False)
    assert any("evil.example" in each for each in counts.holes)
    assert f"{len(counts.holes)} holes" in counts.text


def test_members_read_while_hundreds_idle() -> None:
    counts = idle.run(idle=600, members=10, seconds=6)
    assert counts.holes == []
