"""Breaks lines and kills writers for as long as it takes, and prints what came of it.

`python -m bench.soak_archive [FAULTS [KILLS]]`, 500 and 50 by default, against a SeaweedFS of
its own over TLS. Ends with 1 if a reader ever saw half a record, or if anything is left
broken, or orphaned after pruning.
"""

import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from bench.running.termination import end_on_sigterm
from tests.archive_soak import soak
from tests.s3_server import running_s3_server


def main() -> None:
    """Run once and print the counts."""
    end_on_sigterm()
    faults, kills = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (500, 50)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        home, work = Path(folder, "s3"), Path(folder, "work")
        home.mkdir()
        with running_s3_server(home) as server:
            outcome = soak(server, "soak", work, faults, kills)
    for name, value in asdict(outcome).items():
        print(f"{name:<20} {value}")
    print(f"{'seconds':<20} {time.monotonic() - started:.0f}")
    broken = outcome.half_records, outcome.damage_before_prune, outcome.damage_after_prune
    if any(broken) or outcome.orphans_after_prune or outcome.lost_corrections:
        sys.exit(1)


if __name__ == "__main__":
    main()
