"""A small part of `make attack`, and that what it must complain of is complained of."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path

import pytest

from bench.attack import addresses, bombs, fuzzed_media
from bench.attack.outcomes import Bounds, Outcome, complaints_about
from bench.attack.watching import Case, tried
from tasks.media.media_limits import for_converting, for_reading
from transcripts.errors.source_errors import NoMediaError, ServerTimeoutError

BOUNDS = Bounds(seconds=60)
GOOD = Outcome("case", "done", False, 1.0, 10**8, 10**6)


@pytest.mark.parametrize(
    "bad",
    [
        Outcome("case", "crash: worker", False, 1.0, 0, 0),
        Outcome("case", "media_unforeseen", False, 1.0, 0, 0),
        Outcome("case", "timeout", True, 1.0, 0, 0),
        Outcome("case", "done", False, 61.0, 0, 0),
        Outcome("case", "done", False, 1.0, 2 * 10**9, 0),
        Outcome("case", "done", False, 1.0, 0, 2 * 10**9),
    ],
)
def test_each_kind_of_harm_is_complained_of(bad: Outcome) -> None:
    assert complaints_about([GOOD], BOUNDS) == []
    assert len(complaints_about([GOOD, bad], BOUNDS)) == 1


def _permanent(_folder: Path) -> None:
    raise NoMediaError()


def _temporary(_folder: Path) -> None:
    raise ServerTimeoutError()


def _broken(_folder: Path) -> None:
    raise ZeroDivisionError


def _large(folder: Path, size_bytes: int) -> None:
    (folder / "large").write_bytes(bytes(size_bytes))


def test_each_ending_is_told_apart() -> None:
    acts: tuple[Callable[[Path], object], ...] = (
        _permanent,
        _temporary,
        _broken,
        partial(_large, size_bytes=5_000_000),
    )
    found = tried([Case(str(number), act) for number, act in enumerate(acts)])
    assert [each.ending for each in found] == ["no_media", "timeout", "crash: exception", "done"]
    assert [each.is_temporary for each in found] == [False, True, False, False]
    assert found[3].disk_bytes >= 5_000_000


def test_some_of_the_attack_is_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a case takes is left to `make attack`: here others want the processor, too."""
    for part in (fuzzed_media, bombs, addresses):
        monkeypatch.setattr(part, "BOUNDS", replace(part.BOUNDS, seconds=inf))
    results = [fuzzed_media.attack(0.01), bombs.attack(0.05), addresses.attack(0.02)]
    assert [each.complaints for each in results] == [[], [], []]
    assert all(each.outcomes for each in results)


@pytest.mark.parametrize("hours", [1, 8])
def test_the_limits_grow_with_what_is_promised(hours: int, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x")
    long, short = for_converting([path], hours * 3600.0), for_converting([path], 60.0)
    assert long.processor_seconds >= 20 * hours * 3600
    assert long.file_bytes >= hours * 3600 * (192_000 + 32_000)
    assert short.processor_seconds <= 1500
    assert for_reading([path]).processor_seconds <= 60
