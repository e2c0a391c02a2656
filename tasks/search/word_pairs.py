"""Which records may have two words side by side: asked before records are looked into for a phrase.

Signatures after Faloutsos & Christodoulakis 1984 ("Signature files"), turned on their
side: every pair of neighbouring stems has one of `BUCKETS` numbers, and for every number and
64 records there is a word of 64 bits, one for each record. Two pairs may have the same number,
so a bit that is set says "perhaps", one that is not says "certainly not".
"""

from collections.abc import Iterator, Mapping
from zlib import crc32

import numpy as np
import numpy.typing as npt

BUCKET_BITS = 17
BUCKETS = 2**BUCKET_BITS
"""A meeting of three hours has about 15,000 pairs and sets so many of these bits at most: one in eight."""
RECORDS_A_BLOCK = 64
BUCKETS_A_SLICE = 64
"""A slice is what is read for one pair, 512 bytes a block: small enough to lie beside others on a page."""

Buckets = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]

_BIT = np.uint64(1)


def stem_hash(stem: str) -> int:
    """32 bits for a stem, the same on every machine."""
    return crc32(stem.encode())


def pair_buckets(hashes: npt.NDArray[np.uint64], firsts: npt.NDArray[np.int64]) -> Buckets:
    """The numbers of all pairs in a text, each once; `firsts` are the places at which sentences begin."""
    if len(hashes) < 2:
        return np.empty(0, np.int64)
    is_inside = np.ones(len(hashes), np.bool_)
    is_inside[firsts] = False
    return np.unique(_bucket(hashes[:-1], hashes[1:])[is_inside[1:]])


def bucket_of(first: str, second: str) -> int:
    """The number of a pair of stems."""
    one, other = (np.array([stem_hash(each)], np.uint64) for each in (first, second))
    return int(_bucket(one, other)[0])


def _bucket(one: npt.NDArray[np.uint64], other: npt.NDArray[np.uint64]) -> Buckets:
    """Mixed by Knuth's multiplicative hashing, whose upper bits are the good ones."""
    mixed = (one * np.uint64(31) + other) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(64 - BUCKET_BITS)).astype(np.int64)


def with_records(bits: Bits, columns: Mapping[int, Buckets]) -> Bits:
    """A block's bits with those of some records, by their place in the block, set anew."""
    changed = bits.copy()
    for place, buckets in columns.items():
        bit = _BIT << np.uint64(place)
        changed &= ~bit
        changed[buckets] |= bit
    return changed


def slices_of(bits: Bits) -> Iterator[tuple[int, bytes]]:
    """The slices of a block that have any bit set, by number."""
    table = bits.astype("<u8").reshape(-1, BUCKETS_A_SLICE)
    for number in np.flatnonzero(table.any(axis=1)).tolist():
        yield number, table[number].tobytes()


def bits_of(slices: Mapping[int, bytes]) -> Bits:
    """A block's bits from its slices."""
    table = np.zeros((BUCKETS // BUCKETS_A_SLICE, BUCKETS_A_SLICE), "<u8")
    for number, content in slices.items():
        table[number] = np.frombuffer(content, "<u8")
    return table.ravel().astype(np.uint64)


def records_in(slices: Mapping[int, bytes], bucket: int, count: int) -> npt.NDArray[np.bool_]:
    """Which of `count` records, have a bucket's bit, from the slice that holds it in each block."""
    words = np.zeros(-(-count // RECORDS_A_BLOCK), "<u8")
    for block, content in slices.items():
        if block < len(words):
            words[block] = np.frombuffer(content, "<u8")[bucket % BUCKETS_A_SLICE]
    return np.unpackbits(words.view(np.uint8), count=count, bitorder="little").astype(np.bool_)
