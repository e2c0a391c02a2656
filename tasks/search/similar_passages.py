"""Passages elsewhere that are like one of the index: they share its rarest words.

After "more like this" of Lucene: the words of the passage that fewest records have are looked for
together, and what shares enough of them with it is an answer. Found by a machine, so always a suggestion.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import SENTENCE, paragraph_number
from tasks.search.searching import search_for
from tasks.search.text_blocks import SENTENCES_A_BLOCK, unpack
from transcripts.german.topic_words import FUNCTION_WORDS
from transcripts.search.passages import ON_PAPER, Place
from transcripts.search.query import Kind, Query, Term
from transcripts.search.search_answer import Answer, FoundRecord, Passage
from transcripts.search.word_folding import find_words, fold, stem

MOST_WORDS = 8
"""So many of a passage's rarest words are looked for."""
SHARED_AT_LEAST = 2
WHERE = r"p\d{4,7}|\d{1,6}(\.\d{1,2})?"
"""How a passage of a record is named: by its paragraph, or by its second."""
SHORTEST_WORD = 4
MOST_RECORDS = 5
LOOKED_THROUGH = 20
PASSAGES_EACH = 3

Sentences = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Similar:
    """A passage of the index, and what is like it elsewhere, best first."""

    text: str
    records: tuple[FoundRecord, ...] = ()


def similar_passages(database: IndexDatabase, record_id: str, where: str) -> Similar | None:
    """What is like a passage: the paragraph "p0007" of a document, or what is said at second "72.3".

    None for a place that the index does not have. Raises IndexUnusableError.
    """
    with database.reading():
        text = _text_at(database, record_id, where)
        words = _rarest(database, text) if text else []
    if text is None:
        return None
    if len(words) < SHARED_AT_LEAST:
        return Similar(text)
    query = Query(tuple(Term(Kind.WORD, (word,)) for word in words), ())
    answer = search_for(database, query, limit=LOOKED_THROUGH, passages=PASSAGES_EACH, all_wanted=False)
    return Similar(text, tuple(_elsewhere(answer, record_id))[:MOST_RECORDS])


def _elsewhere(answer: Answer, record_id: str) -> Iterator[FoundRecord]:
    for found in answer.records:
        passages = tuple(each for each in found.passages if _is_like(each))
        if passages and found.id != record_id:
            yield replace(found, passages=passages[:1])


def _is_like(passage: Passage) -> bool:
    return len(_marked(passage)) >= SHARED_AT_LEAST and passage.place in (Place.SPEECH, *ON_PAPER)


def _rarest(database: IndexDatabase, text: str) -> list[str]:
    """The words of a text that fewest records have, but more than one: by stem, each once."""
    by_stem = {stem(found.word): found.word for found in find_words(text) if _says_something(found.word)}
    counts = {word: database.stem_frequency(each) for each, word in by_stem.items()}
    shared = [word for word, count in counts.items() if count > 1]
    return sorted(shared, key=lambda word: counts[word])[:MOST_WORDS]


def _says_something(word: str) -> bool:
    return len(word) >= SHORTEST_WORD and word not in FUNCTION_WORDS and not word.isdecimal()


def _text_at(database: IndexDatabase, record_id: str, where: str) -> str | None:
    number = database.record_numbers([record_id]).get(record_id)
    if number is None:
        return None
    table = np.frombuffer(database.sentences(number), SENTENCE)
    sentence = _paragraph(table, where) if where.startswith("p") else _spoken(table, float(where))
    if sentence is None:
        return None
    block, place = divmod(sentence, SENTENCES_A_BLOCK)
    return unpack(database.text_blocks([(number, block)])[number, block])[place]


def _paragraph(table: Sentences, where: str) -> int | None:
    is_there = np.isin(table["place"], list(ON_PAPER)) & (table["position"] == paragraph_number(where))
    return next(iter(np.flatnonzero(is_there).tolist()), None)


def _spoken(table: Sentences, seconds: float) -> int | None:
    """The sentence that is said then: the last one that has begun."""
    begun = (table["place"] == Place.SPEECH) & (table["position"] <= round(100 * seconds))
    return next(iter(np.flatnonzero(begun)[::-1].tolist()), None)


def words_shared(passage: Passage, words: Sequence[str]) -> int:
    """How many of some folded words are marked in a passage, each by its stem."""
    marked = _marked(passage)
    return sum(1 for each in words if stem(each) in marked)


def _marked(passage: Passage) -> set[str]:
    return {stem(fold(passage.text[each.start : each.end])) for each in passage.marks}
