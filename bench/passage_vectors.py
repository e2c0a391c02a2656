"""The vectors of passages in a file beside the index: eight bits a number, mapped into memory.

A passage is a paragraph of a document, or four sentences of a recording that follow one another. What
makes vectors of texts is handed in, so that any model can.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from tasks.search.index_database import IndexDatabase
from tasks.search.index_tables import SENTENCE
from tasks.search.text_blocks import SENTENCES_A_BLOCK, unpack
from transcripts.search.passages import ON_PAPER, Place

Vectors = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]

LARGEST = 127
SHORTEST_TEXT = 20
"""Shorter ones say too little to be like anything."""
ENCODED_AT_ONCE = 64
COMPARED_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True)
class _Row:
    """A passage: number of its record, of its first sentence, and its text; for `mark` see `record_marks`."""

    record: int
    mark: int
    sentence: int
    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """A passage by record and first sentence, and how near it is: 1 is the same direction."""

    record: int
    mark: int
    sentence: int
    nearness: float


def row_type(dimensions: int) -> np.dtype[np.void]:
    """A line of the file: which passage, and its numbers in eight bits and their scale."""
    return np.dtype(
        [
            ("record", "<u4"),
            ("mark", "<u4"),
            ("sentence", "<u4"),
            ("scale", "<f4"),
            ("vector", "i1", (dimensions,)),
        ]
    )


def update_vectors(path: Path, database: IndexDatabase, encode: Encode) -> int:
    """Make the file say what the index says; returns how many passages were encoded."""
    known = np.load(path, mmap_mode="r") if path.exists() else None
    with database.reading():
        marks = record_marks(database)
        seen = set() if known is None else set(np.unique(known["mark"]).tolist())
        unseen = sorted(number for number, mark in marks.items() if mark not in seen)
        rows = [row for number in unseen for row in _rows(database, number, marks[number])]
    if known is not None and not rows and seen <= set(marks.values()):
        return 0
    fresh = _encoded(rows, encode)
    kept = [] if known is None else [np.asarray(known[np.isin(known["mark"], list(marks.values()))])]
    lines = np.concatenate([*kept, *fresh]) if kept or fresh else np.empty(0, row_type(1))
    unfinished = path.with_suffix(".new.npy")
    np.save(unfinished, lines)
    unfinished.replace(path)
    return len(rows)


def record_marks(database: IndexDatabase) -> dict[int, int]:
    """A number for what each record says, by its number in the index, which another one may get later."""
    fingerprints = database.fingerprints()
    return {
        number: crc32(f"{number} {record_id} {fingerprints[record_id]}".encode())
        for record_id, number in database.all_record_numbers().items()
    }


def nearest(path: Path, asked: Vectors, count: int) -> list[Near]:
    """The passages nearest to a vector, nearest first."""
    lines = np.load(path, mmap_mode="r")
    scores = np.concatenate([_scores(lines[at : at + COMPARED_AT_ONCE], asked) for at in _steps(lines)])
    best = np.argsort(-scores, kind="stable")[:count]
    columns = [lines[name][best].tolist() for name in ("record", "mark", "sentence")]
    rows = zip(*columns, scores[best].tolist(), strict=True)
    return [Near(*each) for each in rows]


def _steps(lines: npt.NDArray[np.void]) -> range:
    return range(0, max(len(lines), 1), COMPARED_AT_ONCE)


def _scores(lines: npt.NDArray[np.void], asked: Vectors) -> Vectors:
    found: Vectors = (lines["vector"].astype(np.float32) @ asked) * lines["scale"]
    return found


def _encoded(rows: Sequence[_Row], encode: Encode) -> list[npt.NDArray[np.void]]:
    parts = []
    for first in range(0, len(rows), ENCODED_AT_ONCE):
        some = rows[first : first + ENCODED_AT_ONCE]
        vectors = encode([each.text for each in some])
        scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / LARGEST
        lines = np.empty(len(some), row_type(vectors.shape[1]))
        lines["record"] = [each.record for each in some]
        lines["mark"] = [each.mark for each in some]
        lines["sentence"] = [each.sentence for each in some]
        lines["scale"] = scales
        lines["vector"] = np.round(vectors / scales[:, None])
        parts.append(lines)
    return parts


def _rows(database: IndexDatabase, number: int, mark: int) -> Iterator[_Row]:
    places = np.frombuffer(database.sentences(number), SENTENCE)["place"].tolist()
    for block, packed in enumerate(database.all_text_blocks(number)):
        first = block * SENTENCES_A_BLOCK
        texts = unpack(packed)
        spoken = [text for at, text in enumerate(texts, first) if places[at] == Place.SPEECH]
        if sum(map(len, spoken)) >= SHORTEST_TEXT:
            at = next(at for at in range(first, len(places)) if places[at] == Place.SPEECH)
            yield _Row(number, mark, at, " ".join(spoken))
        for at, text in enumerate(texts, first):
            if places[at] in ON_PAPER and len(text) >= SHORTEST_TEXT:
                yield _Row(number, mark, at, text)
