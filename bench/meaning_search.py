"""What is near a question in meaning: the records of the nearest passages, each with its nearest one."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.passage_vectors import Near, Vectors, nearest, record_marks
from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import SENTENCE, paragraph_id
from tasks.search.text_blocks import SENTENCES_A_BLOCK, unpack
from transcripts.search.passages import ON_PAPER, Place, Spot
from transcripts.search.search_answer import FoundRecord, Passage
from transcripts.search.search_choice import EVERYTHING, Choice

PASSAGES_LOOKED_AT = 200


def near_records(
    database: IndexDatabase, vectors: Path, asked: Vectors, limit: int, choice: Choice = EVERYTHING
) -> list[FoundRecord]:
    """At most `limit` records, nearest first. Raises IndexUnusableError."""
    with database.reading():
        allowed, marks = set(database.chosen_numbers(choice)), record_marks(database)
        found: dict[int, Near] = {}
        for each in nearest(vectors, asked, PASSAGES_LOOKED_AT):
            if each.record in allowed and marks[each.record] == each.mark:
                found.setdefault(each.record, each)
        return list(_records(database, list(found.values())[:limit]))


def _records(database: IndexDatabase, near: list[Near]) -> Iterator[FoundRecord]:
    stored = database.records(each.record for each in near)
    for each in near:
        record = stored[each.record]
        yield FoundRecord(
            id=record.id,
            title=record.title,
            recorded_on=record.recorded_on,
            duration_seconds=record.duration_seconds,
            passages=(_passage(database, each),),
            hit_seconds=(),
            hit_count=1,
            facets=record.facets,
        )


def _passage(database: IndexDatabase, near: Near) -> Passage:
    line = np.frombuffer(database.sentences(near.record), SENTENCE)[near.sentence]
    place, position = Place(int(line["place"])), int(line["position"])
    block, inside = divmod(near.sentence, SENTENCES_A_BLOCK)
    text = unpack(database.text_blocks([(near.record, block)])[near.record, block])[inside]
    if place in ON_PAPER:
        return Passage(place, 0.0, text, (), Spot(int(line["page"]), paragraph_id(position)))
    return Passage(place, position / 100, text, ())
