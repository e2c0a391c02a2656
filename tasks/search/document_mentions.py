"""Where recordings talk of a document: its title is said in one sentence, or its address stands on a slide.

Found by a machine, so always a suggestion.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tasks.search.index_database import IndexDatabase
from tasks.search.searching import search, search_for
from tasks.search.similar_passages import words_shared
from transcripts.german.topic_words import FUNCTION_WORDS
from transcripts.search.passages import Place
from transcripts.search.query import Kind, Query, Term
from transcripts.search.search_answer import FoundRecord, Passage
from transcripts.search.search_choice import Choice, Medium
from transcripts.search.word_folding import find_words

WORDS_ENOUGH = 3
"""Of a long title, so many words in one sentence are enough; of a short one all, and two at least."""
FEWEST_WORDS = 2
MOST_RECORDINGS = 10
PASSAGES_EACH = 5
IN_RECORDINGS = Choice(Medium.RECORDING)


@dataclass(frozen=True, slots=True)
class Mention:
    """A recording that talks of a document, and where."""

    recording_id: str
    recording_title: str
    start_seconds: float
    text: str


def mentions_of(database: IndexDatabase, titles: Mapping[str, str]) -> dict[str, tuple[Mention, ...]]:
    """The mentions of each document by its id, a recording each; `titles` are those of the documents, by id.

    Raises IndexUnusableError.
    """
    return {each: tuple(_mentions(database, each, title)) for each, title in titles.items()}


def _mentions(database: IndexDatabase, document_id: str, title: str) -> Iterator[Mention]:
    found = {each.recording_id: each for each in _titles_said(database, title)}
    yield from (found | {each.recording_id: each for each in _linked(database, document_id)}).values()


def _titles_said(database: IndexDatabase, title: str) -> Iterator[Mention]:
    words = list(dict.fromkeys(each.word for each in find_words(title) if each.word not in FUNCTION_WORDS))
    if len(words) < FEWEST_WORDS:
        return
    query = Query(tuple(Term(Kind.WORD, (word,)) for word in words), ())
    answer = search_for(
        database, query, limit=MOST_RECORDINGS, passages=PASSAGES_EACH, choice=IN_RECORDINGS, all_wanted=False
    )
    enough = min(len(words), WORDS_ENOUGH)
    for found in answer.records:
        said = [each for each in found.passages if words_shared(each, words) >= enough]
        yield from (_mention(found, each) for each in said[:1])


def _linked(database: IndexDatabase, document_id: str) -> Iterator[Mention]:
    name = document_id.rpartition("/")[2]
    answer = search(database, f'"{name}"', limit=MOST_RECORDINGS, passages=1, choice=IN_RECORDINGS)
    for found in answer.records:
        yield from (_mention(found, each) for each in found.passages if each.place is not Place.TITLE)


def _mention(found: FoundRecord, passage: Passage) -> Mention:
    return Mention(found.id, found.title, passage.start_seconds, passage.text)
