"""What a row of the matrix is, and what making it gives."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec

from bench.matrix.judge import PUBLISHED, Expected
from bench.matrix.marks import Truth
from bench.matrix.material import Workshop
from transcripts.media.media_values import WHOLE, Cut


@dataclass(frozen=True, slots=True)
class Made:
    """The files of an input (picture and sound may come in two) or what is to be fetched, and its truth.

    `cut` is what an organiser wants left out.
    """

    truth: Truth
    files: tuple[Path, ...] = ()
    address: Path | None = None
    cut: Cut = WHOLE


Maker = Callable[[Workshop], Made]
Rest = ParamSpec("Rest")


def making(
    make: Callable[Concatenate[Workshop, Rest], Made], *arguments: Rest.args, **named: Rest.kwargs
) -> Maker:
    """`make` with all that it takes but the workshop."""
    return lambda workshop: make(workshop, *arguments, **named)


@dataclass(frozen=True, slots=True)
class Row:
    """One input: its kind, its name, how it is made and what may become of it."""

    kind: str
    name: str
    make: Maker
    expected: Expected = PUBLISHED


def rows(kind: str, makers: Mapping[str, Maker], expected: Expected = PUBLISHED) -> Iterator[Row]:
    """Rows of one kind by their names."""
    for name, make in makers.items():
        yield Row(kind, name, make, expected)
