"""Which records may have two words side by side: never wrongly denied, seldom wrongly claimed."""

from itertools import pairwise

import numpy as np
import pytest

from tasks.search.concepts import Reader
from tasks.search.word_pairs import (
    BUCKETS,
    RECORDS_A_BLOCK,
    bits_of,
    bucket_of,
    pair_buckets,
    slices_of,
    stem_hash,
    with_records,
)
from tests.tasks.search.library import Library, meeting

STEMS = ["der", "burgerrat", "tagt", "im", "rathaus"]


def buckets(*stems: str, firsts: tuple[int, ...] = (0,)) -> list[int]:
    hashes = np.array([stem_hash(each) for each in stems], np.uint64)
    found: list[int] = pair_buckets(hashes, np.array(firsts, np.int64)).tolist()
    return found


def having(library: Library, *words: str) -> list[str]:
    mask = Reader(library.database).having_pairs(words)
    return [name for name, number in library.database.all_record_numbers().items() if mask[number]]


def test_neighbours_in_a_sentence_are_a_pair() -> None:
    expected = {bucket_of(*pair) for pair in pairwise(STEMS)}
    assert set(buckets(*STEMS)) == expected
    assert all(0 <= each < BUCKETS for each in expected)


def test_the_end_of_a_sentence_and_the_next_beginning_are_none() -> None:
    assert set(buckets(*STEMS, firsts=(0, 2))) == set(buckets(*STEMS)) - {bucket_of("burgerrat", "tagt")}


@pytest.mark.parametrize("stems", [(), ("allein",)])
def test_fewer_than_two_words_have_no_pairs(stems: tuple[str, ...]) -> None:
    assert buckets(*stems) == []


def test_bits_survive_being_cut_into_slices() -> None:
    bits = with_records(bits_of({}), {0: np.array([5, 70]), 63: np.array([70, BUCKETS - 1])})
    slices = dict(slices_of(bits))
    assert len(slices) == 3
    assert (bits_of(slices) == bits).all()
    assert int(bits[70]) == 1 | 1 << 63


def test_a_record_that_is_set_anew_leaves_the_others_as_they_were() -> None:
    before = with_records(bits_of({}), {1: np.array([5, 6]), 2: np.array([6])})
    after = with_records(before, {1: np.array([7])})
    assert [int(after[bucket]) for bucket in (5, 6, 7)] == [0, 4, 2]


def test_more_records_than_fit_one_block_keep_their_pairs_when_written_one_by_one(library: Library) -> None:
    names = [f"r{number:03}" for number in range(RECORDS_A_BLOCK + 6)]
    library.add(*(meeting(name, f"Wir hören Zeugin {name} an.") for name in names[:-3]))
    for name in names[-3:]:
        library.add(meeting(name, f"Wir hören Zeugin {name} an."))
    for name in (names[0], names[62], names[63], names[-1]):
        assert name in having(library, "zeugin", name)
        assert library.ids(f'"Zeugin {name}"') == [name]
    claimed = sum(len(having(library, "zeugin", name)) for name in names)
    assert claimed <= len(names) * 1.1


def test_a_dropped_record_has_no_pairs_any_more(library: Library) -> None:
    library.add(meeting("eins", "Der Bürgerrat tagt."), meeting("zwei", "Der Bürgerrat tagt."))
    library.drop("zwei")
    library.add(meeting("drei", "Der Verein tagt."))
    assert having(library, "bürgerräte", "tagt") == ["eins"]
