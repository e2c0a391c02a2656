"""Files cut off at random, as broken lines and dying recorders leave them, and what is found of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tasks.media.structure.format_detection import sign_of_cut
from tasks.media.structure.truncation_sign import Sign

# They state nothing of the whole: a cut exactly between two of their elements leaves no sign.
UNKNOWN_AT_BORDERS = {
    *("mp4_fragmented", "webm_piped", "webm_live", "avi_piped", "flv_piped", "asf_piped", "ts", "m2ts"),
    *("mpg", "vob", "mp3_without_frame_count", "mp2", "adts", "flac_piped", "amr"),
}


@dataclass(frozen=True, slots=True)
class CutFile:
    """The first bytes of a file, and the sign that they were all."""

    kept_bytes: int
    sign: Sign | None
    is_at_border: bool
    """Whether one byte less and one byte more are each known to be cut off, but this is not."""


def cut_at_random(whole: bytes, count: int, seed: int, directory: Path) -> Iterator[CutFile]:
    """`count` cuts behind the first twentieth of the file."""
    random = Random(seed)  # noqa: S311 - the same cuts each time
    for _ in range(count):
        kept_bytes = random.randrange(len(whole) // 20, len(whole))
        sign, less, more = (
            sign_of(whole[: kept_bytes + more], directory / "cut") if kept_bytes + more < len(whole) else None
            for more in (0, -1, 1)
        )
        yield CutFile(kept_bytes, sign, sign is None and bool(less) and bool(more))


def sign_of(content: bytes, path: Path) -> Sign | None:
    """What these bytes show as a file."""
    path.write_bytes(content)
    return sign_of_cut(path)


def damaged_at_random(whole: bytes, random: Random) -> bytes:
    """Bytes of it overwritten, mostly in the headers; sometimes cut off, too."""
    content = bytearray(whole)
    for _ in range(random.choice((1, 3, 30, 300))):
        reach = min(random.choice((300, 3000, len(content))), len(content))
        content[random.randrange(reach)] = random.choice((0, 255, random.randrange(256)))
    return bytes(content[: random.choice((len(content), random.randrange(1, len(content))))])
