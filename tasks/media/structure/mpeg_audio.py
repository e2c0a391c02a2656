"""MP3 (and MP2): frames, and what Xing, Info or VBRI state in the first one. ISO/IEC 11172-3 and 13818-3."""

from dataclasses import dataclass
from functools import lru_cache

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.frames import FrameKind, last_frame_is_cut
from tasks.media.structure.tags import leading_tags_end, trailing_tags_start
from tasks.media.structure.truncation_sign import Sign

HEADER_BYTES = 4
VBRI_OFFSET = 36
MPEG_1 = 3
LAYER_1, LAYER_3 = 3, 1
# kbit/s by the header's index.
_MPEG1_LAYER1 = (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448)
_MPEG1_LAYER2 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_MPEG1_LAYER3 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2_LAYER1 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_MPEG2_OTHERS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES_HZ = (44_100, 48_000, 32_000)
_RATE_DIVISORS = {3: 1, 2: 2, 0: 4}


@lru_cache(maxsize=4096)
def _length(header: bytes) -> int:
    if header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bit_rate, rate, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer == 0 or bit_rate in (0, 15) or rate == 3:
        return 0
    bits_a_second = _kilobits(version, layer)[bit_rate] * 1000
    rate_hz = _RATES_HZ[rate] // _RATE_DIVISORS[version]
    if layer == LAYER_1:
        return (12 * bits_a_second // rate_hz + padding) * 4
    samples = 576 if layer == LAYER_3 and version != MPEG_1 else 1152
    return samples // 8 * bits_a_second // rate_hz + padding


def _kilobits(version: int, layer: int) -> tuple[int, ...]:
    if version == MPEG_1:
        return {3: _MPEG1_LAYER1, 2: _MPEG1_LAYER2, 1: _MPEG1_LAYER3}[layer]
    return _MPEG2_LAYER1 if layer == LAYER_1 else _MPEG2_OTHERS


MPEG_AUDIO = FrameKind(HEADER_BYTES, _length, b"\xff")


@dataclass(slots=True)
class _Part:
    """What belongs to one Xing, Info or VBRI frame: joined files have several."""

    start: int
    stated_frames: int = 0
    stated_bytes: int = 0
    frames: int = 0


def sign_in_mpeg_audio(file: FileBytes) -> Sign | None:
    """Whether the last frame is whole, and as much is there as the last part states."""
    start, end = leading_tags_end(file), trailing_tags_start(file)
    part = _Part(start)

    def count(position: int) -> None:
        nonlocal part
        stated = _stated_at(file, position)
        if stated is None:
            part.frames += 1
        else:
            part = stated

    if last_frame_is_cut(file, start, end, MPEG_AUDIO, count):
        return Sign.ELEMENT_CUT
    return Sign.LESS_THAN_STATED if _is_less(part, file.size) else None


def _is_less(part: _Part, file_end: int) -> bool:
    """Encoders count the first frame or not, and tags or not: where both are stated, both must say so."""
    too_few_bytes = part.stated_bytes > file_end - part.start
    if part.stated_frames and part.stated_bytes:
        return too_few_bytes and part.frames < part.stated_frames
    return too_few_bytes or part.frames < part.stated_frames - 1


def _stated_at(file: FileBytes, position: int) -> _Part | None:
    frame = file.up_to(position, VBRI_OFFSET + 18)
    if frame[VBRI_OFFSET : VBRI_OFFSET + 4] == b"VBRI":
        figures = frame[VBRI_OFFSET + 10 :]
        return _Part(position, int.from_bytes(figures[4:8], "big"), int.from_bytes(figures[:4], "big"))
    start = HEADER_BYTES + _side_information_bytes(frame)
    if frame[start : start + 4] not in (b"Xing", b"Info"):
        return None
    flags = frame[start + 7] if len(frame) > start + 7 else 0
    has_frames, has_bytes = flags & 1, flags >> 1 & 1
    figures = frame[start + 8 :]
    frames = int.from_bytes(figures[:4], "big") if has_frames else 0
    figures = figures[4 * has_frames :]
    return _Part(position, frames, int.from_bytes(figures[:4], "big") if has_bytes else 0)


def _side_information_bytes(frame: bytes) -> int:
    is_mpeg_1, is_mono = frame[1] >> 3 & 3 == MPEG_1, frame[3] >> 6 == 3
    if is_mpeg_1:
        return 17 if is_mono else 32
    return 9 if is_mono else 17
