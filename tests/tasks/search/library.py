"""A small library of made-up meetings in an index, for the tests of the search."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from tasks.search.index_database import IndexDatabase
from tasks.search.index_writer import write_records
from tasks.search.searching import search
from transcripts.search.passages import Place, SearchableRecord, Sentence


def meeting(
    record_id: str, *sentences: str, title: str = "Treffen", fingerprint: str = "1"
) -> SearchableRecord:
    """A record in which a sentence is said every ten seconds."""
    spoken = [Sentence(Place.SPEECH, 10.0 * number, text) for number, text in enumerate(sentences)]
    return SearchableRecord(
        id=record_id,
        fingerprint=fingerprint,
        title=title,
        recorded_on=date(2026, 11, 19),
        duration_seconds=10.0 * len(sentences),
        sentences=(Sentence(Place.TITLE, 0.0, title), *spoken),
    )


class Library:
    """An index and the few questions the tests ask of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = IndexDatabase.for_writing(path)

    def add(self, *records: SearchableRecord) -> None:
        write_records(self.database, records)

    def add_texts(self, texts: Mapping[str, str | Sequence[str]]) -> None:
        self.add(
            *(meeting(name, *([text] if isinstance(text, str) else text)) for name, text in texts.items())
        )

    def drop(self, *record_ids: str) -> None:
        write_records(self.database, (), record_ids)

    def ids(self, query: str) -> list[str]:
        """The records found, best first."""
        return [record.id for record in search(self.database, query, limit=100).records]

    def marked(self, query: str) -> list[str]:
        """The marked words of all passages of the best record."""
        answer = search(self.database, query)
        return [p.text[m.start : m.end] for r in answer.records[:1] for p in r.passages for m in p.marks]
