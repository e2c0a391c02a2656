"""A command's own Prefect server finds its tables made: making them would take most of a short run."""

import sqlite3
from contextlib import closing
from pathlib import Path

from flows.orchestration.prefect_database import DATABASE_NAME, lay_out_database
from tests.flows.workplace import Workplace

# What `mitschnitt process` does first of all; what it prints, it has before its server can answer.
BEGIN = """
import os, sqlite3, sys
from pathlib import Path
import flows.cli.main
from config.loading import load_settings
from flows.orchestration.prefect_environment import prepare_prefect
from flows.orchestration.temporary_server import ensure_server

prepare_prefect(load_settings().settings)
ensure_server()
database = Path(os.environ["PREFECT_HOME"], "prefect.db")
runs = sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute("SELECT count(*) FROM flow_run")
print(runs.fetchone()[0], "prefect" in sys.modules)
"""


def test_a_commands_server_is_begun_before_prefect_is_loaded_and_has_its_tables(tmp_path: Path) -> None:
    answer = Workplace(tmp_path).run_python(BEGIN)
    assert (answer.out, answer.status) == ("0 False\n", 0), answer.err


def test_a_database_that_is_there_is_never_laid_over(tmp_path: Path) -> None:
    lay_out_database(tmp_path / "home")
    with closing(sqlite3.connect(tmp_path / "home" / DATABASE_NAME)) as database:
        database.execute("CREATE TABLE ours (kept INTEGER)")
    lay_out_database(tmp_path / "home")
    with closing(sqlite3.connect(tmp_path / "home" / DATABASE_NAME)) as database:
        assert database.execute("SELECT count(*) FROM ours").fetchone() == (0,)
    assert [each.name for each in (tmp_path / "home").iterdir()] == [DATABASE_NAME]
