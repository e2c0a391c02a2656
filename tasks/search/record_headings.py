"""What the index knows of records beside their speech: the titles within them."""

from collections.abc import Iterator

import numpy as np

from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import SENTENCE
from tasks.search.text_blocks import SENTENCES_A_BLOCK, unpack
from transcripts.search.passages import Place

HEADINGS = (Place.CHAPTER, Place.AGENDA)


def headings(database: IndexDatabase) -> dict[str, tuple[str, ...]]:
    """Chapter titles and agenda of every record in the index, by its id."""
    with database.reading():
        return {
            record_id: tuple(_headings(database, number))
            for record_id, number in database.all_record_numbers().items()
        }


def _headings(database: IndexDatabase, number: int) -> Iterator[str]:
    places = np.frombuffer(database.sentences(number), SENTENCE)["place"]
    wanted = np.flatnonzero(np.isin(places, HEADINGS))
    blocks = np.unique(wanted // SENTENCES_A_BLOCK).tolist()
    stored = database.text_blocks((number, block) for block in blocks)
    for block in blocks:
        texts = unpack(stored[number, block])
        inside = wanted[wanted // SENTENCES_A_BLOCK == block] % SENTENCES_A_BLOCK
        yield from (texts[place] for place in inside.tolist())
