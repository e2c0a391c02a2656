"""Prefect's database ready to use: making its tables takes longer than all else that its server begins with.

`python -m flows.orchestration.prefect_database` makes an empty one when Mitschnitt is installed; a work
folder that has none yet begins with a copy. Without it all goes the same way, more slowly: the server makes
the tables.
"""

import os
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path

from tasks.processes.child_process import finished

DATABASE_NAME = "prefect.db"
EMPTY_DATABASE = Path(sys.prefix, "share", "mitschnitt", f"prefect-{version('prefect')}.db")
LONGEST_MAKING_SECONDS = 600.0


def lay_out_database(home: Path) -> None:
    """Put an empty database into Prefect's folder, unless there is one; by several at once it is put once."""
    if (home / DATABASE_NAME).exists() or not EMPTY_DATABASE.exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=home) as draft,
        suppress(OSError),
    ):  # there by now, or no links here: then the server makes it
        os.link(shutil.copyfile(EMPTY_DATABASE, Path(draft, DATABASE_NAME)), home / DATABASE_NAME)


def main() -> None:
    """Make the empty database of this installation."""
    EMPTY_DATABASE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=EMPTY_DATABASE.parent) as draft:
        fresh, packed = Path(draft, "fresh.db"), Path(draft, "packed.db")
        made = finished(
            [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"],
            timeout_seconds=LONGEST_MAKING_SECONDS,
            environment=os.environ
            | {
                "DO_NOT_TRACK": "1",
                "PREFECT_HOME": draft,
                "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{fresh}",
            },
        )
        if made.returncode != 0:
            sys.exit(f"Prefect's database could not be made:\n{made.stdout}{made.stderr}")
        with closing(sqlite3.connect(fresh)) as database:
            database.execute("VACUUM INTO ?", (str(packed),))  # one file, nothing beside it
        packed.replace(EMPTY_DATABASE)


if __name__ == "__main__":
    main()
