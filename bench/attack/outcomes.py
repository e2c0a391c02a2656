"""What an attack came to: for each case how it ended and what it used, and what is wrong with that."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

GIGABYTE = 1e9
# Errors that say: nobody thought of that.
UNFORESEEN = frozenset({"media_unforeseen"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case. `ending` is "done", the code of a StepError, or "crash: …" where our own process fell."""

    name: str
    ending: str
    is_temporary: bool
    seconds: float
    memory_bytes: int
    disk_bytes: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a case may use, and whether it may end in a way that is tried again."""

    seconds: float
    memory_bytes: float = GIGABYTE
    disk_bytes: float = GIGABYTE
    may_be_temporary: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """All cases of a part, and whatever else it has to say."""

    outcomes: Sequence[Outcome]
    complaints: Sequence[str]
    figures: dict[str, int] = field(default_factory=dict)

    def lines(self) -> list[str]:
        counts = Counter(each.ending for each in self.outcomes)
        crashes = sum(number for ending, number in counts.items() if ending.startswith("crash"))
        seconds = max((each.seconds for each in self.outcomes), default=0.0)
        memory = max((each.memory_bytes for each in self.outcomes), default=0) / 1e6
        disk = max((each.disk_bytes for each in self.outcomes), default=0) / 1e6
        return [
            f"{len(self.outcomes)} cases, {crashes} crashes",
            f"worst: {seconds:.1f} s, {memory:.0f} MB of memory, {disk:.0f} MB on disk",
            f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
            *(f"{name}: {number}" for name, number in self.figures.items()),
            "endings: " + ", ".join(f"{ending} {number}" for ending, number in counts.most_common()),
            *(f"✗ {complaint}" for complaint in self.complaints),
        ]


Part = Callable[[float], Result]


def complaints_about(outcomes: Sequence[Outcome], bounds: Bounds) -> list[str]:
    """What each case did that it must not."""
    return [f"{each.name}: {text}" for each in outcomes for text in _complaints(each, bounds)]


def _complaints(each: Outcome, bounds: Bounds) -> list[str]:
    found = []
    if each.ending.startswith("crash") or each.ending in UNFORESEEN:
        found.append(f"{each.ending} {each.note}")
    if each.is_temporary and not bounds.may_be_temporary:
        found.append(f"{each.ending} is tried again")
    if each.seconds > bounds.seconds:
        found.append(f"{each.seconds:.1f} s ({each.ending})")
    if each.memory_bytes > bounds.memory_bytes:
        found.append(f"{each.memory_bytes / 1e6:.0f} MB of memory ({each.ending})")
    if each.disk_bytes > bounds.disk_bytes:
        found.append(f"{each.disk_bytes / 1e6:.0f} MB on disk ({each.ending})")
    return found
