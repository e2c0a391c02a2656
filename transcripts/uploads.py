"""What may be uploaded: names and beginnings of files, judged without opening them. Pure.

A name is only shown, never used as a path. What really is inside is found out by the
pipeline, which opens known media formats and nothing else (tasks.inspection).
"""

import re
import unicodedata
from datetime import datetime
from pathlib import PurePosixPath

from transcripts.model import Document

LONGEST_NAME_CHARACTERS = 120
MEDIA_ENDINGS = frozenset(
    [
        *(".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".flv", ".wmv", ".ts", ".mts", ".mpg", ".mpeg"),
        *(".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".wav", ".flac", ".aiff", ".aif", ".wma", ".amr"),
    ]
)
ACCEPT = ",".join(["video/*", "audio/*", *sorted(MEDIA_ENDINGS)])
HEAD_BYTES = 512
"""So much of a file's beginning shows what it is."""

_BEGINNINGS = (b"\x1a\x45\xdf\xa3", b"OggS", b"fLaC", b"ID3", b"FLV", b"caff", b"#!AMR", b"\x00\x00\x01\xba")
_ASF = bytes.fromhex("3026b2758e66cf11")
_W64 = b"riff\x2e\x91\xcf\x11"
_QUICKTIME_BOXES = frozenset([b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"])
_RIFF_KINDS = frozenset([b"WAVE", b"AVI "])
_IFF_KINDS = frozenset([b"AIFF", b"AIFC"])
_MPEGTS_PACKETS = ((0, 188), (4, 196))  # offset of the sync byte, and of the next one


class Upload(Document):
    """A file that is being uploaded, or has been: what its sender said of it."""

    id: str
    file_name: str
    size_bytes: int
    begun_at: datetime


def shown_file_name(text: str) -> str | None:
    """The name as it may be shown; None for one that is no name of a video or sound file.

    Folders before it are left out; so are control characters and those that turn the
    direction of reading around, which make `exe.4pm` look like `mp4.exe`.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", text))[-1]
    visible = "".join(each for each in last if unicodedata.category(each)[0] not in "C")
    name = " ".join(visible.split())
    path = PurePosixPath(name)
    if path.suffix.lower() not in MEDIA_ENDINGS or not path.stem.strip(" ."):
        return None
    return f"{path.stem[: LONGEST_NAME_CHARACTERS - len(path.suffix)]}{path.suffix}"


def begins_like_media(head: bytes) -> bool:
    """Whether a file that begins like this can be a recording; `head` is its first `HEAD_BYTES`."""
    return (
        head.startswith((*_BEGINNINGS, _ASF, _W64))
        or head[4:8] in _QUICKTIME_BOXES
        or (head[:4] in (b"RIFF", b"RF64") and head[8:12] in _RIFF_KINDS)
        or (head[:4] == b"FORM" and head[8:12] in _IFF_KINDS)
        or _is_mpeg_audio(head)
        or any(head[first : first + 1] == head[next_ : next_ + 1] == b"G" for first, next_ in _MPEGTS_PACKETS)
    )


def _is_mpeg_audio(head: bytes) -> bool:
    """A frame of MP3 or ADTS: eleven set bits, then a layer and a rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    is_adts = head[1] & 0xF6 == 0xF0
    is_mp3 = head[1] & 0x18 != 0x08 and head[1] & 0x06 != 0 and head[2] & 0xF0 != 0xF0
    return is_adts or is_mp3
