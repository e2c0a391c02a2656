"""Kills a worker and Prefect's server while twelve recordings are under way, and prints what came of it.

`python -m bench.soak_workers`: three workers with folders of their own, Prefect on PostgreSQL, the archive on
SeaweedFS over TLS, a mail server. The machine that hears the one of twenty minutes dies after its first
window, and the server when that was noticed. Ends with 1 unless every recording was published once, announced
once, and no finished window was heard again.
"""

import argparse
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench.running.termination import end_on_sigterm
from tests.cluster import running_cluster
from tests.misbehaving_server import serve_folder
from tests.worker_soak import Outcome, long_recording, short_recording, soak_on

RECORDINGS = 12
LONG = 1
WORKERS = 3
MOST_SECONDS_UNTIL_NOTICED = 120


def main() -> None:
    """Run once and print the counts."""
    end_on_sigterm()
    options = read_options()
    with tempfile.TemporaryDirectory(prefix="soak-workers-") as temporary:
        folder = Path(temporary)
        names = make_recordings(folder / "site", options.recordings)
        with serve_folder(folder / "site") as site, running_cluster(folder / "cluster") as cluster:
            soak = soak_on(cluster, options.workers)
            urls = {name: site.url(f"{name}.mp4") for name in names}
            outcome = soak.run(urls, to_kill_in=names[0], kill_server=True)
    judge(outcome)


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak_workers")
    parser.add_argument("--recordings", type=int, default=RECORDINGS)
    parser.add_argument("--workers", type=int, default=WORKERS)
    return parser.parse_args()


def make_recordings(folder: Path, count: int) -> list[str]:
    """The names of so many recordings, the long one first."""
    folder.mkdir()
    names = [f"aufzeichnung-{number}" for number in range(1, count + 1)]
    for number, name in enumerate(names):
        make = long_recording if number < LONG else short_recording
        make(folder / f"{name}.mp4", number)
    return names


def judge(outcome: Outcome) -> None:
    """Print what was found; exit with 1 when it is not as promised."""
    for name, value in asdict(outcome).items():
        print(f"{name:<30} {round(value, 1) if isinstance(value, float) else value}")
    noticed = outcome.noticed_after_seconds
    if noticed is None or noticed > MOST_SECONDS_UNTIL_NOTICED:
        sys.exit("That a machine died was not noticed within two minutes.")
    if not outcome.is_good:
        sys.exit("Something was lost, doubled or done again.")


if __name__ == "__main__":
    main()
