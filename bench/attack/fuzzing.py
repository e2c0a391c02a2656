"""Damages a file: bytes, sizes of boxes, stretches that are gone, doubled, filled or moved."""

import random
from collections.abc import Callable

_INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_MOST_STEPS = 6
_HEADER_BYTES = 2048


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Damaged in one to several ways, half of them where the headers lie."""
    damaged = bytearray(content)
    for _ in range(chance.randint(1, _MOST_STEPS)):
        if damaged:
            chance.choice(_WAYS)(damaged, chance)
    return bytes(damaged)


def _place(content: bytearray, chance: random.Random) -> int:
    end = min(_HEADER_BYTES, len(content)) if chance.random() < 0.5 else len(content)
    return chance.randrange(end)


def _flip_bits(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 20)):
        content[_place(content, chance)] ^= 1 << chance.randrange(8)


def _overwrite(content: bytearray, chance: random.Random) -> None:
    at = _place(content, chance)
    content[at : at + chance.randint(1, 64)] = chance.randbytes(chance.randint(1, 64))


def _write_number(content: bytearray, chance: random.Random) -> None:
    """What may be a size, a count or a time, in either order of bytes."""
    at, size = _place(content, chance), chance.choice((1, 2, 4, 8))
    number = chance.choice(_INTERESTING) & ((1 << 8 * size) - 1)
    content[at : at + size] = number.to_bytes(size, chance.choice(("big", "little")))


def _change_box(content: bytearray, chance: random.Random) -> None:
    """The size before a name of four letters, as MP4, AVI and WAV have them."""
    names = [
        at
        for at in range(4, min(len(content) - 4, _HEADER_BYTES * 4))
        if content[at : at + 4].isalpha() and content[at : at + 4].isascii()
    ]
    if names:
        at = chance.choice(names)
        content[at - 4 : at] = chance.choice(_INTERESTING).to_bytes(4, chance.choice(("big", "little")))


def _cut_off(content: bytearray, chance: random.Random) -> None:
    del content[_place(content, chance) :]


def _leave_out(content: bytearray, chance: random.Random) -> None:
    at = _place(content, chance)
    del content[at : at + chance.randint(1, 4096)]


def _double(content: bytearray, chance: random.Random) -> None:
    at = _place(content, chance)
    content[at:at] = content[at : at + chance.randint(1, 4096)]


def _fill(content: bytearray, chance: random.Random) -> None:
    at, size = _place(content, chance), chance.randint(1, 4096)
    content[at : at + size] = bytes([chance.choice((0, 0xFF))]) * min(size, len(content) - at)


_WAYS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip_bits,
    _overwrite,
    _write_number,
    _write_number,
    _change_box,
    _cut_off,
    _leave_out,
    _double,
    _fill,
)
