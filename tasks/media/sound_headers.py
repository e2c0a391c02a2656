"""What the packets of some kinds of sound say of themselves in their first bytes: rate, channels, length.

Transport streams and files of bare packets have no other header, and each packet may differ from the
one before.
"""

from dataclasses import dataclass
from pathlib import Path

_ADTS_RATES_HZ = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_ADTS_HEADER_BYTES, _ADTS_FRAME_SAMPLES = 7, 1024
_MPEG_RATES_HZ = (44100, 48000, 32000)
_MPEG_HEADER_BYTES = 4
_MPEG_VERSION_DIVISORS = {3: 1, 2: 2, 0: 4}  # MPEG-1, MPEG-2, MPEG-2.5
_MPEG_SAMPLES_USUALLY, _MPEG_SAMPLES = 1152, {(1, True): 384, (1, False): 384, (3, False): 576}  # by layer
_MONO = 3

_PACKED_AUDIO_TAG, _TAG_SEARCHED_BYTES = b"com.apple.streaming.transportStreamTimestamp\0", 4096
_STAMP_BYTES, _STAMP_BITS, _STAMPS_PER_SECOND = 8, 33, 90_000


@dataclass(frozen=True, slots=True)
class SoundHeader:
    """Of one packet. `duration_seconds` is 0 where its header does not say it."""

    rate_hz: int
    channels: int
    duration_seconds: float = 0.0


def sound_header(codec: str, packet: bytes) -> SoundHeader | None:
    """What the header of a packet of AAC (ADTS) or MPEG audio says; None where there is none."""
    if codec == "aac":
        return _adts_header(packet)
    return _mpeg_header(packet) if codec in ("mp3", "mp3float", "mp2", "mp2float") else None


def _adts_header(packet: bytes) -> SoundHeader | None:
    """ISO/IEC 14496-3, 1.A.2."""
    if len(packet) < _ADTS_HEADER_BYTES or packet[0] != 0xFF or packet[1] & 0xF6 != 0xF0:
        return None
    rate, channels = packet[2] >> 2 & 15, (packet[2] & 1) << 2 | packet[3] >> 6
    if rate >= len(_ADTS_RATES_HZ):
        return None
    frames = (packet[6] & 3) + 1
    rate_hz = _ADTS_RATES_HZ[rate]
    return SoundHeader(rate_hz, channels, frames * _ADTS_FRAME_SAMPLES / rate_hz)


def _mpeg_header(packet: bytes) -> SoundHeader | None:
    """ISO/IEC 11172-3, 2.4.1.3."""
    if len(packet) < _MPEG_HEADER_BYTES or packet[0] != 0xFF or packet[1] & 0xE0 != 0xE0:
        return None
    divisor, rate = _MPEG_VERSION_DIVISORS.get(packet[1] >> 3 & 3), packet[2] >> 2 & 3
    if divisor is None or rate >= len(_MPEG_RATES_HZ):
        return None
    layer = 4 - (packet[1] >> 1 & 3)
    samples = _MPEG_SAMPLES.get((layer, divisor == 1), _MPEG_SAMPLES_USUALLY)
    rate_hz = _MPEG_RATES_HZ[rate] // divisor
    return SoundHeader(rate_hz, 1 if packet[3] >> 6 == _MONO else 2, samples / rate_hz)


def packed_audio_seconds(path: Path) -> float | None:
    """When the first packet of a playlist's bare sound is heard, by the tag before it (RFC 8216, 3.4)."""
    with path.open("rb") as file:
        head = file.read(_TAG_SEARCHED_BYTES)
    _, tag, behind = head.partition(_PACKED_AUDIO_TAG)
    if not tag or len(behind) < _STAMP_BYTES:
        return None
    stamp = int.from_bytes(behind[:_STAMP_BYTES], "big") % (1 << _STAMP_BITS)
    return stamp / _STAMPS_PER_SECOND
