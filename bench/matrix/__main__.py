"""`python -m bench.matrix`: makes, processes and judges all rows, and prints what failed.

Ends with 1 where anything did. `--only WORDS` takes the rows whose kind or name holds all of them.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, groupby
from multiprocessing import get_context
from pathlib import Path

from bench.matrix.container_rows import container_rows
from bench.matrix.cut_rows import cut_rows
from bench.matrix.damage_rows import damage_rows
from bench.matrix.judge import judged
from bench.matrix.material import Workshop
from bench.matrix.meeting_rows import caption_rows, case_rows
from bench.matrix.picture_rows import change_rows, picture_rows
from bench.matrix.playlist_rows import playlist_rows
from bench.matrix.processing import processed
from bench.matrix.rows import Row
from bench.matrix.sound_rows import gap_rows, joined_rows, sound_change_rows
from bench.matrix.start_rows import pair_rows, start_rows
from bench.matrix.track_rows import channel_rows, track_rows
from bench.running.termination import end_on_sigterm
from tasks.media.ffmpeg import ffmpeg_version


def main() -> None:
    """Go through the rows and end with what failed."""
    end_on_sigterm()
    options = read_options()
    rows = [row for row in all_rows() if is_chosen(row, options.only)]
    failed: dict[str, list[str]] = {}
    print(f"ffmpeg {ffmpeg_version()}")
    for kind, of_kind in groupby(rows, key=lambda row: row.kind):
        print(f"\n{kind}", flush=True)
        for row in of_kind:
            complaints = outcome_apart(row, options.keep)
            print(f"  {'✗' if complaints else '✓'} {row.name}", *complaints, sep="\n      ", flush=True)
            if complaints:
                failed[f"{kind}: {row.name}"] = complaints
    print(f"\n{len(rows)} inputs, {len(failed)} wrong.")
    for name, complaints in failed.items():
        print(
            f"  {name}: {complaints[0]}" + (f" and {len(complaints) - 1} more" if len(complaints) > 1 else "")
        )
    sys.exit(1 if failed else 0)


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.matrix")
    parser.add_argument("--only", nargs="*", default=[], metavar="WORD")
    parser.add_argument("--keep", type=Path, help="a folder in which the files of wrong rows stay")
    return parser.parse_args()


def all_rows() -> Iterator[Row]:
    """The matrix."""
    return chain(
        case_rows(),
        caption_rows(),
        container_rows(),
        picture_rows(),
        change_rows(),
        sound_change_rows(),
        joined_rows(),
        gap_rows(),
        start_rows(),
        pair_rows(),
        playlist_rows(),
        track_rows(),
        channel_rows(),
        cut_rows(),
        damage_rows(),
    )


def is_chosen(row: Row, words: Sequence[str]) -> bool:
    """Whether kind and name hold all of the words."""
    return all(word.lower() in f"{row.kind} {row.name}".lower() for word in words)


def outcome_apart(row: Row, keep: Path | None) -> list[str]:
    """What is wrong with a row, found in a process of its own: one that dies must not hide the others."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        try:
            return pool.submit(_outcome_of, row.kind, row.name, keep).result()
        except BrokenProcessPool:
            return ["the process died"]


def _outcome_of(kind: str, name: str, keep: Path | None) -> list[str]:
    return outcome(next(row for row in all_rows() if (row.kind, row.name) == (kind, name)), keep)


def outcome(row: Row, keep: Path | None) -> list[str]:
    """What is wrong with a row."""
    with tempfile.TemporaryDirectory(prefix="matrix-") as temporary:
        folder = Path(temporary)
        workshop = Workshop(folder / "inputs")
        workshop.folder.mkdir()
        complaints = judged_row(row, workshop)
        if complaints and keep:
            shutil.copytree(folder, keep / f"{row.kind}, {row.name}".replace("/", " "), dirs_exist_ok=True)
        return complaints


def judged_row(row: Row, workshop: Workshop) -> list[str]:
    """What is wrong with a row; one that crashes must not hide the others."""
    try:
        made = row.make(workshop)
    except subprocess.CalledProcessError as error:
        return [f"could not be made: {error}"]
    try:
        return judged(processed(made, workshop.folder.parent), made.truth, row.expected)
    except Exception as error:
        return [f"crashed: {error!r}"]


if __name__ == "__main__":
    main()
