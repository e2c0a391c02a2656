"""A PostgreSQL server for one measurement, and its German full-text search as one would use it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.postgres_server import USER, running_postgres_server
from transcripts.search.passages import SearchableRecord

SETTINGS = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "1GB",
    "work_mem": "64MB",
    "max_wal_size": "8GB",
    "fsync": "off",
    "synchronous_commit": "off",
}
_TABLE = """
CREATE UNLOGGED TABLE passages (
    record text NOT NULL, start_seconds real NOT NULL, text text NOT NULL,
    words tsvector GENERATED ALWAYS AS (to_tsvector('german', text)) STORED
)
"""
_SEARCH = """
SELECT record, start_seconds, text, ts_rank(words, asked) AS rank
FROM passages, CAST(%s AS tsquery) AS asked WHERE words @@ asked ORDER BY rank DESC LIMIT 30
"""


@contextmanager
def running_postgres() -> Iterator[psycopg.Connection]:
    """A connection to a fresh server on the loopback, tuned for loading; gone afterwards."""
    with running_postgres_server(SETTINGS, packaged=True) as port:
        address = f"host=127.0.0.1 port={port} user={USER} dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection


class PostgresSearch:
    """Passages in a table with a generated column of words and a GIN index."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        connection.execute("DROP TABLE IF EXISTS passages")
        connection.execute(_TABLE)

    def load(self, records: Sequence[SearchableRecord]) -> None:
        """Store a row for each sentence."""
        with self.connection.cursor().copy("COPY passages (record, start_seconds, text) FROM STDIN") as copy:
            for record in records:
                for sentence in record.sentences:
                    copy.write_row((record.id, sentence.start_seconds, sentence.text))

    def finish(self) -> None:
        """Build the index, once all is loaded."""
        self.connection.execute("CREATE INDEX IF NOT EXISTS passages_words ON passages USING gin (words)")
        self.connection.execute("VACUUM ANALYZE passages")

    def search(self, query: str) -> list[str]:
        """The records of the best thirty passages, best first."""
        asked = self._asked(query)
        rows = self.connection.execute(_SEARCH, (asked,)).fetchall() if asked else []
        return list(dict.fromkeys(row[0] for row in rows))

    def size_bytes(self) -> int:
        """Of table and index."""
        (row,) = self.connection.execute("SELECT pg_total_relation_size('passages')").fetchall()
        return int(row[0])

    def processor_seconds(self) -> float:
        """What the process that answers us has used, without parallel workers that came to help."""
        return int(self._proc("schedstat").split()[0]) / 1e9

    def memory_bytes(self) -> int:
        """Of the process that answers us, its share of the shared memory included."""
        (kilobytes,) = re.findall(r"(?m)^Pss:\s+(\d+)", self._proc("smaps_rollup"))
        return int(kilobytes) * 1024

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self.connection.info.backend_pid}/{name}").read_text()

    def _asked(self, query: str) -> str:
        """What PostgreSQL makes of a query as people type it; beginnings* need its own syntax."""
        if found := re.fullmatch(r"(\w+)\*", query):
            return f"{found[1].lower()}:*"
        (row,) = self.connection.execute(
            "SELECT websearch_to_tsquery('german', %s)::text", (query,)
        ).fetchall()
        return str(row[0])
