"""Puts records into the index and takes them out: words become numbers, new words are split into parts."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import (
    MOST_COUNTED,
    POSTING,
    SENTENCE,
    Compound,
    Postings,
    StoredBody,
    StoredRecord,
    StoredWord,
    paragraph_number,
)
from tasks.search.text_blocks import pack, unpack
from tasks.search.word_pairs import (
    RECORDS_A_BLOCK,
    Buckets,
    bits_of,
    pair_buckets,
    slices_of,
    stem_hash,
    with_records,
)
from transcripts.german.feminine_forms import without_feminine_ending
from transcripts.search.compounds import INFLECTIONS, SHORTEST_PART, Splitter
from transcripts.search.passages import Place, SearchableRecord, Sentence
from transcripts.search.word_folding import WORD, fold, stem

WEIGHTS = {
    Place.SPEECH: 1,
    Place.TITLE: 20,
    Place.CHAPTER: 10,
    Place.AGENDA: 5,
    Place.SPEAKER: 1,
    Place.SLIDE: 2,
    Place.PARAGRAPH: 1,
    Place.HEADING: 10,
    Place.DETAIL: 10,
}
"""For how many mentions in speech or in a paragraph a word counts, by where it stands."""

NO_PAIRS = np.empty(0, np.int64)

_SHORTEST_COMPOUND = 6


def write_records(
    database: IndexDatabase, records: Sequence[SearchableRecord], gone: Collection[str] = ()
) -> None:
    """Add or replace some records and drop those named in `gone`, in one transaction.

    Records that the index has with the same fingerprint are left alone: another process was first.
    """
    with database.writing():
        known = database.fingerprints()
        fresh = [record for record in records if known.get(record.id) != record.fingerprint]
        changed = {record.id for record in fresh} | set(gone)
        removed = database.record_numbers(changed).values()
        words = _Words(database)
        added = _Additions(database, words, database.next_record_number())
        words_of_removed = _take_out(database, words, removed)
        for record in fresh:
            added.add(record)
        words.store_new()
        database.put_postings(list(_merged(database, added, words_of_removed, removed)))
        _put_pairs(database, dict.fromkeys(removed, NO_PAIRS) | added.pairs)
        words.split_new(database)


class _Words:
    """The vocabulary while records are written: ids of known words, and new ones as they come."""

    def __init__(self, database: IndexDatabase) -> None:
        self._database = database
        self._ids: dict[str, int] = {}
        self._as_written: dict[str, int] = {}
        self._frequencies: Counter[str] = Counter()
        self._stem_frequencies: Counter[str] = Counter()
        self.stem_hashes: dict[int, int] = {}
        for known in database.vocabulary():
            self._ids[known.word] = known.id
            self.stem_hashes[known.id] = stem_hash(known.stem)
            self._frequencies[known.word] = known.record_count
            self._stem_frequencies[known.stem] += known.record_count
        self._next_id = self._first_new_id = database.last_word_id() + 1
        self._new: list[StoredWord] = []

    def ids(self, text: str) -> list[int]:
        """The ids of a text's words in order."""
        return [self._as_written.get(word) or self._learn(word) for word in WORD.findall(text)]

    def _learn(self, as_written: str) -> int:
        """The id of a word in a spelling not met yet."""
        word = fold(as_written)
        if word not in self._ids:
            self._ids[word] = self._next_id
            learnt = StoredWord(self._next_id, word, stem(word), record_count=1)
            self._new.append(learnt)
            self.stem_hashes[learnt.id] = stem_hash(learnt.stem)
            self._next_id += 1
        self._as_written[as_written] = self._ids[word]
        return self._ids[word]

    def store_new(self) -> None:
        """Put the new words into the database, and count them in."""
        self._database.add_words(self._new)
        for each in self._new:
            self._frequencies[each.word] += 1
            self._stem_frequencies[each.stem] += 1

    def split_new(self, database: IndexDatabase) -> None:
        """Store the parts of the new words, and of older ones that the new words are part of."""
        splitter = Splitter(self._frequency, self._stem_frequency)
        concerned = {each.id: each.word for each in self._new}
        if self._first_new_id > 1:
            for each in self._new:
                concerned |= {older.id: older.word for older in _possible_compounds(database, each)}
        database.add_compounds(
            Compound(part.stem, word_id, part.is_last)
            for word_id, word in sorted(concerned.items(), key=lambda item: item[1])
            if len(word) >= _SHORTEST_COMPOUND and word.isalpha()
            for part in splitter.parts(without_feminine_ending(word))
        )

    def _frequency(self, word: str) -> int:
        return self._frequencies.get(word, 0)

    def _stem_frequency(self, word_stem: str) -> int:
        return self._stem_frequencies.get(word_stem, 0)


def _possible_compounds(database: IndexDatabase, part: StoredWord) -> Iterator[StoredWord]:
    """Words that begin or, inflected, end with a word."""
    if len(part.word) >= SHORTEST_PART:
        yield from database.words_beginning(part.word)
        for ending in INFLECTIONS:
            yield from database.words_ending(part.word + ending)


@dataclass(slots=True)
class _Additions:
    """Postings of the records added so far, as columns."""

    database: IndexDatabase
    words: _Words
    next_number: int
    word_columns: list[npt.NDArray[np.uint32]] = field(default_factory=list)
    entries: list[Postings] = field(default_factory=list)
    pairs: dict[int, Buckets] = field(default_factory=dict)

    def add(self, record: SearchableRecord) -> None:
        """Store a record under a new number and note its words."""
        number, self.next_number = self.next_number, self.next_number + 1
        ids = [self.words.ids(sentence.text) for sentence in record.sentences]
        kept = [(sentence, each) for sentence, each in zip(record.sentences, ids, strict=True) if each]
        lengths = np.fromiter((len(each) for _, each in kept), np.int64, len(kept))
        words = np.fromiter((word for _, each in kept for word in each), np.uint32, lengths.sum())
        sentences = [sentence for sentence, _ in kept]
        order = np.argsort(words, kind="stable")
        self.database.add_record(
            _stored_record(number, record, len(words)),
            StoredBody(order.astype(np.uint32), _sentence_table(lengths, sentences)),
            pack([sentence.text for sentence in sentences]),
        )
        self._note(number, words, lengths, sentences)

    def _note(
        self,
        number: int,
        words: npt.NDArray[np.uint32],
        lengths: npt.NDArray[np.int64],
        sentences: Sequence[Sentence],
    ) -> None:
        weights = np.repeat(
            [WEIGHTS[sentence.place] for sentence in sentences] or [0], lengths if len(lengths) else 0
        )
        distinct, positions = np.unique(words, return_inverse=True)
        hashes = np.array([self.words.stem_hashes[each] for each in distinct.tolist()], np.uint64)
        self.pairs[number] = pair_buckets(hashes[positions], np.cumsum(lengths) - lengths)
        entries = np.empty(len(distinct), POSTING)
        entries["record"] = number
        entries["weight"] = np.minimum(np.bincount(positions, weights, len(distinct)), MOST_COUNTED)
        counts = np.bincount(positions, minlength=len(distinct))
        entries["count"] = np.minimum(counts, MOST_COUNTED)
        entries["first"] = np.cumsum(counts) - counts
        self.word_columns.append(distinct)
        self.entries.append(entries)

    def by_word(self) -> dict[int, Postings]:
        """The new postings of each word."""
        if not self.entries:
            return {}
        words, entries = np.concatenate(self.word_columns), np.concatenate(self.entries)
        order = np.argsort(words, kind="stable")
        distinct, firsts = np.unique(words[order], return_index=True)
        afters = np.append(firsts, len(words))[1:]
        ordered = entries[order]
        return {
            int(word): ordered[first:after]
            for word, first, after in zip(distinct, firsts, afters, strict=True)
        }


def _stored_record(number: int, record: SearchableRecord, word_count: int) -> StoredRecord:
    return StoredRecord(
        number=number,
        id=record.id,
        fingerprint=record.fingerprint,
        title=record.title,
        recorded_on=record.recorded_on,
        duration_seconds=record.duration_seconds,
        word_count=word_count,
        facets=record.facets,
    )


def _sentence_table(lengths: npt.NDArray[np.int64], sentences: Sequence[Sentence]) -> bytes:
    table = np.empty(len(sentences), SENTENCE)
    table["first_word"] = np.cumsum(lengths) - lengths
    table["position"] = [_position(sentence) for sentence in sentences]
    table["page"] = [sentence.spot.page if sentence.spot else 0 for sentence in sentences]
    table["place"] = [sentence.place for sentence in sentences]
    return table.tobytes()


def _position(sentence: Sentence) -> int:
    """See `SENTENCE`."""
    return paragraph_number(sentence.spot.paragraph) if sentence.spot else round(100 * sentence.start_seconds)


def _take_out(database: IndexDatabase, words: _Words, numbers: Iterable[int]) -> set[int]:
    """Delete the lines of some records; returns the ids of their words."""
    gone: set[int] = set()
    for number in numbers:
        for block in database.all_text_blocks(number):
            gone.update(each for text in unpack(block) for each in words.ids(text))
        database.delete_record(number)
    return gone


def _put_pairs(database: IndexDatabase, pairs: Mapping[int, Buckets]) -> None:
    """Note which pairs of words some records have now."""
    blocks: dict[int, dict[int, Buckets]] = {}
    for number, buckets in pairs.items():
        blocks.setdefault(number // RECORDS_A_BLOCK, {})[number % RECORDS_A_BLOCK] = buckets
    for block, columns in blocks.items():
        bits = with_records(bits_of(database.pair_block(block)), columns)
        database.put_pair_block(block, slices_of(bits))


def _merged(
    database: IndexDatabase, added: _Additions, words_of_removed: set[int], removed: Collection[int]
) -> Iterator[tuple[int, Postings]]:
    """The new postings of every word that an added or removed record has."""
    new = added.by_word()
    stored = database.postings(new.keys() | words_of_removed)
    old = {word: np.frombuffer(entries, POSTING) for word, entries in stored}
    gone = np.array(list(removed), np.uint32)
    for word in new.keys() | words_of_removed:
        before = old.get(word, np.empty(0, POSTING))
        kept = before[~np.isin(before["record"], gone)] if word in words_of_removed else before
        yield word, np.concatenate([kept, new[word]]) if word in new else kept
