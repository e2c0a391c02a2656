"""From a word that is asked for to the words of the vocabulary it may mean, each with its weight.

The word itself and its inflections are direct; compounds with it are loose, and
never outweigh a direct find. Only if there are neither, words that begin so, then
words a slip of the finger away are taken.
"""

from dataclasses import dataclass

from tasks.search.index_database import IndexDatabase
from tasks.search.typing_slips import nearest_word, words_heard_alike
from transcripts.german.feminine_forms import without_feminine_ending
from transcripts.search.compounds import INFLECTIONS, Part, Splitter, may_be_part, place_in_compound
from transcripts.search.word_folding import same_spelling, stem, with_umlauts

EXACT, INFLECTED = 1.0, 0.8
AS_LAST_PART, AS_FIRST_PART = 0.4, 0.3
BEGINS_SO = 0.9
HEARD_ALIKE = 0.25
"""The weight of a word that only sounds like the one asked for: never ahead of it, nor of its compounds."""

SHORTEST_BEGINNING = 3
MOST_BEGINNINGS = 500
MOST_GUESSED = 100
SHORTEST_HEARD_ALIKE = 8
"""Letters of a word beside which others are looked for by ear: shorter ones are often as "Wal" and "Wahl"."""
FEW_FINDS = 2
"""Records up to which a word is found so seldom that what sounds alike is looked for, too."""
FEW_COMPOUNDS = 10
"""With fewer compounds known, a young archive takes those that only look like it too."""
YOUNG_WORDS = 50_000
"""With fewer different words an archive is young: about 50 meetings. Later most compounds can be split."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Words by id with their weights; `corrected` is the word taken instead of a mistyped one."""

    direct: dict[int, float]
    loose: dict[int, float]
    corrected: str | None = None

    def __bool__(self) -> bool:
        return bool(self.direct or self.loose)


def meaning_of(database: IndexDatabase, word: str) -> Meaning:
    """What a folded word may mean; empty when nothing in the vocabulary is like it."""
    found = _itself(database, word)
    if found:
        return _with_heard(database, word, found)
    if word.isdecimal():
        return found  # a number that begins so is another one
    return beginning_with(database, word) or _forgiven(database, word)


def forms_of(database: IndexDatabase, word: str) -> Meaning:
    """The word and its inflections only, as in a phrase."""
    forms = database.words_with_stem(stem(word))
    return Meaning({each.id: EXACT if same_spelling(each.word, word) else INFLECTED for each in forms}, {})


def beginning_with(database: IndexDatabase, beginning: str) -> Meaning:
    """The most common words that begin so; umlauts may be written ae, oe, ue."""
    if len(beginning) < SHORTEST_BEGINNING:
        return forms_of(database, beginning)
    spellings = dict.fromkeys((beginning, with_umlauts(beginning)))
    words = [
        each for spelling in spellings for each in database.words_beginning(spelling, most=MOST_BEGINNINGS)
    ]
    return Meaning({each.id: BEGINS_SO for each in words[:MOST_BEGINNINGS]}, {})


def parts_of(database: IndexDatabase, word: str) -> tuple[str, ...]:
    """The words a compound is made of, also when the archive does not have the compound."""
    return Splitter(database.word_frequency, database.stem_frequency).split(word)


def _itself(database: IndexDatabase, word: str) -> Meaning:
    direct = forms_of(database, word).direct
    loose = {
        each.word: AS_LAST_PART if each.is_last else AS_FIRST_PART
        for each in database.compounds_with(stem(word))
    }
    if len(loose) < FEW_COMPOUNDS and database.last_word_id() < YOUNG_WORDS:
        loose = _guessed_compounds(database, word) | loose
    return Meaning(direct, {each: weight for each, weight in loose.items() if each not in direct})


def _with_heard(database: IndexDatabase, word: str, found: Meaning) -> Meaning:
    """A word that is seldom found, with those that differ only in letters that are not heard."""
    if len(word) < SHORTEST_HEARD_ALIKE or database.stem_frequency(stem(word)) > FEW_FINDS:
        return found
    heard = {each.id: HEARD_ALIKE for each in words_heard_alike(database, word)}
    return Meaning(found.direct, heard | found.loose)


def _guessed_compounds(database: IndexDatabase, word: str) -> dict[int, float]:
    """Compounds with a word that could not be split, since the archive has not all of their parts."""
    if not may_be_part(word):
        return {}
    candidates = database.words_beginning(word.removesuffix("e"), most=MOST_GUESSED)
    for ending in INFLECTIONS:
        candidates += database.words_ending(word + ending, most=MOST_GUESSED)
    splitter = _splitter_knowing(database, word)
    return {
        each.id: AS_LAST_PART if part.is_last else AS_FIRST_PART
        for each in candidates
        if each.word.isalpha() and (part := _part(splitter, without_feminine_ending(each.word), word))
    }


def _splitter_knowing(database: IndexDatabase, word: str) -> Splitter:
    """A splitter to which a word is known, whether or not the archive has it."""
    return Splitter(
        lambda each: 1 if each == word else database.word_frequency(each),
        lambda each: 1 if each == stem(word) else database.stem_frequency(each),
    )


def _part(splitter: Splitter, compound: str, word: str) -> Part | None:
    """The part that a word is of a compound, if all else in it is known, or looks like it."""
    known = (part for part in splitter.parts(compound) if part.stem == stem(word))
    return next(known, None) or place_in_compound(compound, word)


def _forgiven(database: IndexDatabase, word: str) -> Meaning:
    nearest = nearest_word(database, word)
    if nearest is None:
        return Meaning({}, {})
    found = _itself(database, nearest.word)
    return Meaning(found.direct, found.loose, corrected=nearest.word)
