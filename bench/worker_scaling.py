"""How much faster twelve recordings are on two workers than on one, when fetching is what takes the time.

`python -m bench.worker_scaling`: each recording comes from a server that takes `--seconds` to send it;
converting and filing some seconds of silence is next to nothing. Each worker takes one recording at a
time, so the figure says what another machine brings, and not what the cores here can do.
Ends with 1 above 0.6.
"""

import argparse
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.running.termination import end_on_sigterm
from tests.cluster import Cluster, running_cluster
from tests.flows.operations import Desk, submitted
from tests.media_samples import silence
from tests.misbehaving_server import Handler, Site, serve, slow_file

RECORDINGS = 12
SECONDS = 20.0
MOST = 0.6
PATIENCE_SECONDS = 1500.0


def main() -> None:
    """Measure with one worker and with two."""
    end_on_sigterm()
    options = read_options()
    taken = {workers: measured(workers, options.recordings, options.seconds) for workers in (1, 2)}
    share = taken[2] / taken[1]
    print(f"{options.recordings} recordings of {options.seconds:.0f} s of fetching each:", end=" ")
    print(f"{taken[1]:.0f} s on one worker, {taken[2]:.0f} s on two: {share:.2f} of the time")
    if share > MOST:
        sys.exit(f"That is more than {MOST}.")


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.worker_scaling")
    parser.add_argument("--recordings", type=int, default=RECORDINGS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    return parser.parse_args()


def measured(workers: int, recordings: int, seconds: float) -> float:
    """Seconds from asking for all until the last is announced, on a fresh cluster whose workers wait."""
    with tempfile.TemporaryDirectory(prefix="worker-scaling-") as temporary:
        folder = Path(temporary)
        handlers = slow_recordings(folder, recordings, seconds)
        with serve(handlers) as site, running_cluster(folder / "cluster") as cluster:
            for number in range(1, workers + 1):
                cluster.start(cluster.machine(f"worker-{number}", worker__recordings_at_once="1"))
            return time_of_all(cluster, site, workers, list(handlers))


def slow_recordings(folder: Path, recordings: int, seconds: float) -> dict[str, Handler]:
    """Recordings of different content by their paths, each sent at a rate that takes so long."""
    made = [silence(folder / f"{number}.mp4", 5 + number / 2) for number in range(recordings)]
    return {f"/{each.name}": partial(slow_file, content=each.read_bytes(), seconds=seconds) for each in made}


def time_of_all(cluster: Cluster, site: Site, workers: int, paths: list[str]) -> float:
    """Wait until the workers have reported, ask for all, wait for the last."""
    desk = cluster.desk()
    cluster.wait_for_workers(workers)
    began = time.monotonic()
    for number, path in enumerate(paths):
        submitted(desk, url=site.url(path), title=f"Stille {number}", recorded_on="2026-11-19")
    while not all_done(desk, len(paths)):
        if time.monotonic() - began > PATIENCE_SECONDS:
            sys.exit(f"It does not end: {desk.ask('jobs')}")
        time.sleep(0.5)
    return time.monotonic() - began


def all_done(desk: Desk, count: int) -> bool:
    """Whether so many jobs are over: silence is held. One that failed ends the measurement."""
    states = [each["state"] for each in desk.ask("jobs")]
    if "failed" in states:
        sys.exit(f"A job failed: {desk.ask('jobs')}")
    return states.count("held") == count


if __name__ == "__main__":
    main()
