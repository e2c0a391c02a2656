"""What may be uploaded: names and beginnings of files, judged without opening them. Pure.

A name is only shown, never used as a path. What really is inside is found out by the
pipeline, which opens known media formats and nothing else (tasks.media.inspection).
"""

import re
import unicodedata
from collections.abc import Container
from pathlib import PurePosixPath

from transcripts.errors.media_errors import BadFileError, EmptyFileError, WebPageError, ZipFileError
from transcripts.model import FileBytes, Line, Moment, StoredModel

LONGEST_NAME_CHARACTERS = 120
_LONGEST_READ_CHARACTERS = 1_000
MEDIA_ENDINGS = frozenset(
    [
        *(".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".flv", ".wmv", ".ts", ".mts", ".mpg", ".mpeg"),
        *(".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".wav", ".flac", ".aiff", ".aif", ".wma", ".amr"),
    ]
)
ACCEPT = ",".join(["video/*", "audio/*", *sorted(MEDIA_ENDINGS)])
HEAD_BYTES = 512
"""So much of a file's beginning shows what it is."""

CAPTION_ENDINGS = ("vtt", "srt")
MOST_CAPTIONS = 4
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
_FOLDER = re.compile(r"[/\\]")
_BEGINNINGS = (b"\x1a\x45\xdf\xa3", b"OggS", b"fLaC", b"ID3", b"FLV", b"caff", b"#!AMR", b"\x00\x00\x01\xba")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b")
_WEB_PAGES = (b"<!doctype html", b"<html", b"<head", b"<script", b"<body", b"<!--")
_ASF = bytes.fromhex("3026b2758e66cf11")
_W64 = b"riff\x2e\x91\xcf\x11"
_QUICKTIME_BOXES = frozenset([b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"])
_RIFF_KINDS = frozenset([b"WAVE", b"AVI "])
_IFF_KINDS = frozenset([b"AIFF", b"AIFC"])
_MPEGTS_PACKETS = ((0, 188), (4, 196))  # offset of the sync byte, and of the next one


class Upload(StoredModel):
    """A file that is being uploaded, or has been: what its sender said of it."""

    largest_bytes = 100_000

    id: Line
    file_name: Line
    size_bytes: FileBytes
    begun_at: Moment
    owner: Line = ""


def shown_file_name(text: str, endings: Container[str] = MEDIA_ENDINGS) -> str | None:
    """The name as it may be shown; None for one that ends otherwise than a video or sound file, or `endings`.

    Folders before it are left out; so are control characters and those that turn the
    direction of reading around, which make `exe.4pm` look like `mp4.exe`.
    """
    last = unicodedata.normalize("NFC", _FOLDER.split(text)[-1][-_LONGEST_READ_CHARACTERS:])
    visible = "".join(each for each in last if unicodedata.category(each)[0] not in "C")
    name = " ".join(visible.split())
    path = PurePosixPath(name)
    if path.suffix.lower() not in endings or not path.stem.strip(" ."):
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


def what_else(head: bytes) -> type[BadFileError] | None:
    """What a file is instead of a recording, as an error; None where its beginning does not tell."""
    if not head:
        return EmptyFileError
    if head.startswith(_ZIP):
        return ZipFileError
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return WebPageError if text.startswith(_WEB_PAGES) else None


def _is_mpeg_audio(head: bytes) -> bool:
    """A frame of MP3 or ADTS: eleven set bits, then a layer and a rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    is_adts = head[1] & 0xF6 == 0xF0
    is_mp3 = head[1] & 0x18 != 0x08 and head[1] & 0x06 != 0 and head[2] & 0xF0 != 0xF0
    return is_adts or is_mp3


def captions_language(recording: str, beside: str) -> str | None:
    """The language of captions that lie beside a recording, by both files' names; None where it is none.

    Beside `treffen.mp4` these are `treffen.de.vtt`, and `treffen.vtt` and `treffen.mp4.srt`, whose language
    is "und": nobody said.
    """
    stem, _, ending = beside[:_LONGEST_READ_CHARACTERS].rpartition(".")
    if ending.lower() not in CAPTION_ENDINGS:
        return None
    for own in (recording, PurePosixPath(recording).stem):
        if stem == own:
            return "und"
        if stem.startswith(f"{own}.") and _LANGUAGE.fullmatch(stem[len(own) + 1 :]):
            return stem[len(own) + 1 :]
    return None
