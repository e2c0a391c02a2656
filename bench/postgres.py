"""A PostgreSQL server for one measurement, and its German full-text search as one would use it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.postgres_server import USER, running_postgres_server
from transcripts.german.topic_words import FUNCTION_WORDS
from transcripts.search.passages import SearchableRecord
from transcripts.search.word_folding import fold

SETTINGS = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "1GB",
    "work_mem": "64MB",
    "max_wal_size": "8GB",
    "fsync": "off",
    "synchronous_commit": "off",
    # All is in memory, on a fast disk, and compiling a query would take longer than it.
    "effective_cache_size": "8GB",
    "random_page_cost": "1.1",
    "jit": "off",
}
_TABLES = """
DROP TABLE IF EXISTS passages, records;
CREATE UNLOGGED TABLE records (
    record text PRIMARY KEY, title text NOT NULL, recorded_on date NOT NULL, duration_seconds real NOT NULL
);
CREATE UNLOGGED TABLE passages (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    record text NOT NULL, start_seconds real NOT NULL, text text NOT NULL,
    words tsvector GENERATED ALWAYS AS (to_tsvector('german', text)) STORED
);
"""
_SEARCH = """
WITH hits AS MATERIALIZED (
    SELECT id, record, start_seconds, ts_rank(words, {asked}) AS rank {flags}
    FROM passages WHERE words @@ {asked}
), best AS (
    SELECT record, max(rank) AS best_rank, count(*) OVER () AS record_count
    FROM hits GROUP BY record {having} ORDER BY best_rank DESC, record DESC LIMIT %(limit)s
), shown AS (
    SELECT
        hits.id, record, start_seconds, rank, best_rank, record_count,
        row_number() OVER (PARTITION BY record ORDER BY rank DESC, start_seconds) AS place,
        array_agg(start_seconds) OVER (PARTITION BY record) AS hit_seconds
    FROM hits JOIN best USING (record)
)
SELECT
    record, title, recorded_on, duration_seconds, record_count, hit_seconds, shown.start_seconds,
    ts_headline('german', text, {asked}, 'HighlightAll=true')
FROM shown JOIN passages USING (id, record) JOIN records USING (record)
WHERE place <= 3 ORDER BY best_rank DESC, record DESC, place
"""
_BEGINNING = re.compile(r"(\w+)\*")
_QUOTES = str.maketrans("„“”", '"""')


@contextmanager
def running_postgres() -> Iterator[psycopg.Connection]:
    """A connection to a fresh server on the loopback, tuned for loading; gone afterwards."""
    with running_postgres_server(SETTINGS, packaged=True) as port:
        address = f"host=127.0.0.1 port={port} user={USER} dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection


@dataclass(frozen=True, slots=True)
class _Asked:
    sql: str
    values: dict[str, str]


class PostgresSearch:
    """Passages in a table with a generated column of words and a GIN index.

    Several words must be in one sentence, or, with `words_apart`, anywhere in a record, as ours may be.
    """

    def __init__(self, connection: psycopg.Connection, *, words_apart: bool = False) -> None:
        self.connection = connection
        self._words_apart = words_apart

    def create(self) -> None:
        """Empty tables."""
        self.connection.execute(_TABLES)

    def load(self, records: Sequence[SearchableRecord]) -> None:
        """Store a row for each record and each sentence."""
        with self.connection.cursor().copy("COPY records FROM STDIN") as copy:
            for record in records:
                copy.write_row((record.id, record.title, record.recorded_on, record.duration_seconds))
        with self.connection.cursor().copy("COPY passages (record, start_seconds, text) FROM STDIN") as copy:
            for record in records:
                for sentence in record.sentences:
                    copy.write_row((record.id, sentence.start_seconds, sentence.text))

    def finish(self) -> None:
        """Build the index, once all is loaded."""
        self.connection.execute("CREATE INDEX IF NOT EXISTS passages_words ON passages USING gin (words)")
        self.connection.execute("VACUUM ANALYZE passages, records")

    def search(self, query: str, limit: int = 10) -> list[str]:
        """The best records, each with its three best passages with marked words and the seconds of all."""
        asked = _asked(query, words_apart=self._words_apart)
        rows = self.connection.execute(asked.sql, {"limit": limit, **asked.values})
        return list(dict.fromkeys(row[0] for row in rows.fetchall()))

    def size_bytes(self) -> int:
        """Of tables and indexes."""
        (row,) = self.connection.execute(
            "SELECT pg_total_relation_size('passages') + pg_total_relation_size('records')"
        ).fetchall()
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


def _asked(query: str, *, words_apart: bool) -> _Asked:
    """The statement for a query as people type it; beginnings* need PostgreSQL's own syntax."""
    if beginning := _BEGINNING.fullmatch(query):
        return _Asked(
            _SEARCH.format(asked="to_tsquery('simple', %(query)s)", flags="", having=""),
            {"query": f"{beginning[1].lower()}:*"},
        )
    words = [each for each in query.split() if fold(each) not in FUNCTION_WORDS]
    if words_apart and len(words) > 1 and all(each.isalpha() for each in words):
        return _asked_apart(words)
    asked = "websearch_to_tsquery('german', %(query)s)"
    return _Asked(_SEARCH.format(asked=asked, flags="", having=""), {"query": query.translate(_QUOTES)})


def _asked_apart(words: Sequence[str]) -> _Asked:
    """Sentences with any of the words, of records that have all."""
    names = [f"word{number}" for number in range(len(words))]
    terms = [f"plainto_tsquery('german', %({name})s)" for name in names]
    flags = "".join(f", words @@ {term} AS {name}" for name, term in zip(names, terms, strict=True))
    having = "HAVING " + " AND ".join(f"bool_or({name})" for name in names)
    asked = f"({' || '.join(terms)})"
    return _Asked(
        _SEARCH.format(asked=asked, flags=flags, having=having), dict(zip(names, words, strict=True))
    )
