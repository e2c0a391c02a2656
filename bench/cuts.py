"""How many files that were cut off at random are known for it, in every format.

`python -m bench.cuts [--cuts 60] [--seed 1]` makes a short recording in each format with ffmpeg, cuts it, and
says what was found. Exits with 1 where a whole file looks cut off, or a cut is missed that does not fall
exactly between two elements of a file that states nothing of the whole.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.cut_files import UNKNOWN_AT_BORDERS, cut_at_random, sign_of
from tests.media_formats import FORMATS, make_format


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    title = f"{arguments.cuts} cuts of each, seed {arguments.seed}"
    table = Table("format", "whole", "known", "between elements", "missed", "signs", title=title)
    with tempfile.TemporaryDirectory() as directory:
        results = [
            _add_row(table, name, arguments.cuts, arguments.seed, Path(directory)) for name in sorted(FORMATS)
        ]
    Console(width=120).print(table)
    sys.exit(0 if all(results) else 1)


def _add_row(table: Table, name: str, count: int, seed: int, directory: Path) -> bool:
    """Whether all is right in this format."""
    whole = make_format(name, directory).read_bytes()
    alarm = sign_of(whole, directory / "whole")
    cuts = list(cut_at_random(whole, count, seed, directory))
    unknowable = sum(cut.is_at_border for cut in cuts) if name in UNKNOWN_AT_BORDERS else 0
    known = sum(cut.sign is not None for cut in cuts)
    missed = count - known - unknowable
    signs = Counter(str(cut.sign) for cut in cuts if cut.sign)
    shown = ", ".join(f"{sign} {number}" for sign, number in signs.most_common())
    table.add_row(name, alarm or "whole", str(known), str(unknowable), str(missed), shown)
    return alarm is None and not missed


if __name__ == "__main__":
    main()
