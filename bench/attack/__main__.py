"""`make attack`: attacks Mitschnitt, and prints how that was borne; ends with 1 if badly.

`--only NAME` takes some of the parts; `--share 0.1` a tenth of the cases of those that throw hostile input.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.attack import addresses, bombs, fuzzed_media, idle, pages, room, sign_in
from bench.attack.counts import Counts
from bench.attack.outcomes import Part
from bench.running.termination import end_on_sigterm


@dataclass(frozen=True, slots=True)
class Told:
    """What a part has to say, and how many complaints that are."""

    lines: Sequence[str]
    complaints: int


def main() -> None:
    """Go through the parts and end with what failed."""
    end_on_sigterm()
    options = read_options()
    complaints = 0
    for name in options.only or PARTS:
        begun = time.monotonic()
        told = PARTS[name](options.share)
        print(f"\n{name} ({time.monotonic() - begun:.0f} s)", *told.lines, sep="\n  ", flush=True)
        complaints += told.complaints
    print(f"\n{complaints} complaints.")
    sys.exit(1 if complaints else 0)


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.attack")
    parser.add_argument("--only", nargs="*", default=[], choices=PARTS, metavar="PART")
    parser.add_argument("--share", type=float, default=1.0)
    return parser.parse_args()


def _thrown(part: Part) -> Callable[[float], Told]:
    def told(share: float) -> Told:
        result = part(share)
        return Told(result.lines(), len(result.complaints))

    return told


def _checked(run: Callable[[], Counts]) -> Callable[[float], Told]:
    def told(_share: float) -> Told:
        counts = run()
        return Told(counts.text.splitlines(), len(counts.holes))

    return told


PARTS: dict[str, Callable[[float], Told]] = {
    "media": _thrown(fuzzed_media.attack),
    "bombs": _thrown(bombs.attack),
    "pages": _thrown(pages.attack),
    "addresses": _thrown(addresses.attack),
    "room": _checked(room.run),
    "sign_in": _checked(sign_in.run),
    "idle": _checked(idle.run),
}


if __name__ == "__main__":
    main()
