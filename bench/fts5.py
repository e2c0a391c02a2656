"""SQLite's FTS5 as one would use it for German: a row a sentence, stems as text, ranked by bm25."""

import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from transcripts.german.topic_words import FUNCTION_WORDS
from transcripts.search.passages import SearchableRecord
from transcripts.search.word_folding import WORD, fold, stem, without_umlauts

_TABLES = """
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, record TEXT NOT NULL, start_seconds REAL NOT NULL, text TEXT NOT NULL
);
CREATE VIRTUAL TABLE stems USING fts5 (words, content = '', tokenize = "unicode61 remove_diacritics 0");
"""
_SEARCH = """
SELECT record, start_seconds, text
FROM (SELECT rowid AS found, rank AS place FROM stems WHERE stems MATCH ? ORDER BY rank LIMIT ?)
JOIN passages ON id = found ORDER BY place
"""
_QUOTES = str.maketrans("„“”", '"""')
_TERM = re.compile(r'(-?)(?:"([^"]*)"|(\w+)(\*?))')


class Fts5Search:
    """Passages in a table, and an index without content of its own over their stems."""

    def __init__(self, path: Path) -> None:
        is_new = not path.exists()
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA mmap_size = 1073741824")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        if is_new:
            self._connection.executescript(_TABLES)
        self._next_id = 1
        self._stems: dict[str, str] = {}

    def load(self, records: Sequence[SearchableRecord]) -> None:
        """Store a row for each sentence, in one transaction."""
        self._connection.execute("BEGIN")
        for record in records:
            sentences = list(enumerate(record.sentences, start=self._next_id))
            self._next_id += len(sentences)
            self._connection.executemany(
                "INSERT INTO passages VALUES (?, ?, ?, ?)",
                ((number, record.id, each.start_seconds, each.text) for number, each in sentences),
            )
            self._connection.executemany(
                "INSERT INTO stems (rowid, words) VALUES (?, ?)",
                ((number, self._stemmed(each.text)) for number, each in sentences),
            )
        self._connection.execute("COMMIT")

    def finish(self) -> None:
        """Merge the index into one tree, the best it can be asked in."""
        self._connection.execute("INSERT INTO stems (stems) VALUES ('optimize')")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def search(self, query: str, limit: int = 10) -> list[str]:
        """The records of the best passages, three for each record wanted; not grouped, without marks."""
        asked = self._asked(query)
        rows = self._connection.execute(_SEARCH, (asked, 3 * limit)).fetchall() if asked else []
        return list(dict.fromkeys(row[0] for row in rows))

    def _stemmed(self, text: str) -> str:
        return " ".join(self._stem(word) for word in WORD.findall(text))

    def _stem(self, word: str) -> str:
        known = self._stems.get(word)
        if known is None:
            known = self._stems[word] = stem(fold(word))
        return known

    def _asked(self, query: str) -> str:
        """The query in FTS5's own syntax; function words count in phrases only."""
        wanted: list[str] = []
        unwanted: list[str] = []
        for minus, phrase, word, star in _TERM.findall(query.translate(_QUOTES)):
            if word and not star and fold(word) in FUNCTION_WORDS:
                continue
            stems = f'"{without_umlauts(fold(word))}" *' if star else f'"{self._stemmed(phrase or word)}"'
            (unwanted if minus else wanted).append(stems)
        if not wanted:
            return ""
        return " AND ".join(wanted) + "".join(f" NOT {each}" for each in unwanted)
