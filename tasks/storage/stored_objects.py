"""What the storages say about the objects they hold. Values only; times are aware and in UTC."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

# Told how many bytes of how many are done.
Advance = Callable[[float, float | None], None]


@dataclass(frozen=True, slots=True)
class Tagged:
    """An object's content, and the tag that changes when the content does."""

    content: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class Stored:
    """One object as a listing shows it; `tag` changes with the content, "" is where a listing tells none."""

    key: str
    size_bytes: int
    modified_at: datetime
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a storage knows of one object besides its content."""

    tag: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Leftover:
    """What an interrupted write left behind, invisible to readers: a draft or an open multipart upload."""

    key: str
    token: str
    begun_at: datetime
