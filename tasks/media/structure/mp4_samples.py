"""Where the samples lie that an MP4's index names: tables of chunks, samples in a chunk, and sizes."""

import numpy as np
from numpy.typing import NDArray

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.mp4_boxes import Box, boxes_in, find_box

Numbers = NDArray[np.int64]

TABLE_START = 8  # behind version, flags and the number of entries
SIZE_TABLE_START = 12
REFERENCE_HEADER_BYTES = 8
SELF_CONTAINED = 1


def last_sample_end(file: FileBytes, index: Box, part_start: int) -> int:
    """Up to which position the file must reach; 0 where the index names no sample in it."""
    tracks = [box for box in boxes_in(file, index.body, index.end) if box.kind == b"trak"]
    ends = [_track_end(file, track) for track in tracks if _lies_in_this_file(file, track)]
    return part_start + max(ends, default=0)


def _lies_in_this_file(file: FileBytes, track: Box) -> bool:
    """QuickTime knows tracks whose samples lie in other files."""
    references = find_box(file, track, b"mdia", b"minf", b"dinf", b"dref")
    if references is None:
        return True
    boxes = boxes_in(file, references.body + REFERENCE_HEADER_BYTES, references.end)
    return all(file.number(box.body, 4) & SELF_CONTAINED for box in boxes)


def _track_end(file: FileBytes, track: Box) -> int:
    table = find_box(file, track, b"mdia", b"minf", b"stbl")
    if table is None:
        return 0
    chunks = _chunk_starts(file, table)
    if not len(chunks):
        return 0
    return int((chunks + _chunk_sizes(file, table, len(chunks))).max())


def _chunk_starts(file: FileBytes, table: Box) -> Numbers:
    small, large = find_box(file, table, b"stco"), find_box(file, table, b"co64")
    if small:
        return _entries(file, small, TABLE_START, 4)
    return _entries(file, large, TABLE_START, 8) if large else np.zeros(0, np.int64)


def _chunk_sizes(file: FileBytes, table: Box, chunks: int) -> Numbers:
    """How many bytes of each chunk are samples, as far as the tables say."""
    counts = _samples_in_chunks(file, table, chunks)
    sizes = find_box(file, table, b"stsz")
    if counts is None or sizes is None:
        return np.zeros(chunks, np.int64)
    same_for_all = file.number(sizes.body + 4, 4)
    if same_for_all:
        return counts * same_for_all
    ends = np.concatenate(([0], np.cumsum(_entries(file, sizes, SIZE_TABLE_START, 4))))
    last = np.minimum(np.cumsum(counts), len(ends) - 1)
    sizes_of_chunks: Numbers = np.diff(ends[last], prepend=0)
    return sizes_of_chunks


def _samples_in_chunks(file: FileBytes, table: Box, chunks: int) -> Numbers | None:
    runs = find_box(file, table, b"stsc")
    if runs is None:
        return None
    fields = _entries(file, runs, TABLE_START, 4, fields=3).reshape(-1, 3)
    if not len(fields):
        return None
    first_chunks = np.minimum(fields[:, 0] - 1, chunks)
    return np.repeat(fields[:, 1], np.diff(first_chunks, append=chunks))


def _entries(file: FileBytes, box: Box, start: int, number_bytes: int, fields: int = 1) -> Numbers:
    count = file.number(box.body + start - 4, 4) * fields
    content = file.at(box.body + start, min(count * number_bytes, box.end - box.body - start))
    whole = len(content) // (number_bytes * fields) * number_bytes * fields
    return np.frombuffer(content[:whole], f">u{number_bytes}").astype(np.int64)
