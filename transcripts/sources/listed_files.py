"""What lies in a shared folder, and which of it are recordings. Pure."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath

from transcripts.documents.file_kinds import DOCUMENT_ENDINGS, DOCUMENT_TYPES
from transcripts.sources.upload_rules import MEDIA_ENDINGS

LONGEST_NAME = 255
_MEDIA_KINDS = ("video/", "audio/")
_SOUND_ENDINGS = frozenset(
    [".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".wav", ".flac", ".aiff", ".aif", ".wma", ".amr"]
)
PACKED_ENDINGS = frozenset([".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"])
_OTHER_TYPES = (
    ("application/zip", "ZIP"),
    ("application/x-zip", "ZIP"),
    ("application/pdf", "PDF"),
    ("application/msword", "DOC"),
    ("application/vnd.openxmlformats-officedocument.", "Office"),
    ("application/vnd.oasis.opendocument.", "OpenDocument"),
    ("image/", "Bild"),
)


class Sought(StrEnum):
    """What is looked for at an address."""

    RECORDING = "recording"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of a shared folder: its path in the share, without a slash before it, and its MIME type."""

    path: str
    size_bytes: int | None = None
    modified_at: datetime | None = None
    kind: str = ""

    @property
    def name(self) -> str:
        """What it is called, as it may be shown."""
        return shown_name(PurePosixPath(self.path).name)

    @property
    def ending(self) -> str:
        """ ".mp4", in small letters."""
        return PurePosixPath(self.path).suffix.lower()

    @property
    def is_recording(self) -> bool:
        """Whether it is video or sound by its name, or by what the server says."""
        is_of_kind = self.ending in MEDIA_ENDINGS or self.kind.startswith(_MEDIA_KINDS)
        return is_of_kind and not self.is_hidden

    @property
    def is_document(self) -> bool:
        """Whether it is a document by its name, or by what the server says."""
        return not self.is_hidden and (self.ending in DOCUMENT_ENDINGS or self.kind in DOCUMENT_TYPES)

    @property
    def is_hidden(self) -> bool:
        """Whether programs do not show it."""
        return PurePosixPath(self.path).name.startswith(".")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a server lists of one folder: its files, and the paths of the folders in it."""

    files: tuple[ListedFile, ...]
    folders: tuple[str, ...] = ()


def recordings_among(files: Iterable[ListedFile]) -> tuple[ListedFile, ...]:
    """The recordings, in the order of their paths; of one meeting's video and its sound alone, the video."""
    found = sorted((each for each in files if each.is_recording), key=lambda each: each.path)
    seen = {_stem(each) for each in found if each.ending not in _SOUND_ENDINGS}
    return tuple(each for each in found if each.ending not in _SOUND_ENDINGS or _stem(each) not in seen)


def documents_among(files: Iterable[ListedFile]) -> tuple[ListedFile, ...]:
    """The documents, in the order of their paths."""
    return tuple(sorted((each for each in files if each.is_document), key=lambda each: each.path))


def kinds_of(files: Iterable[ListedFile]) -> str:
    """What else lies there, by the files' endings only: "DOCX, PDF"."""
    endings = {each.ending for each in files}
    return ", ".join(sorted(each[1:].upper()[:8] for each in endings if each)) or "?"


def kind_of_type(mime_type: str) -> str:
    """What a MIME type names that is certainly no recording; "" for any other."""
    return next((name for start, name in _OTHER_TYPES if mime_type.startswith(start)), "")


def shown_name(text: str) -> str:
    """A file's name without control characters and those that turn the direction of reading around."""
    short = unicodedata.normalize("NFC", text[: 2 * LONGEST_NAME])[:LONGEST_NAME]
    return " ".join("".join(each for each in short if unicodedata.category(each)[0] != "C").split())


def _stem(file: ListedFile) -> str:
    return file.path.removesuffix(PurePosixPath(file.path).suffix)
