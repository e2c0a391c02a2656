"""The values that travel between the steps before there is a record.

Files travel as paths with their SHA-256 and size, never as open clients, so
that a step's result can be kept, compared and checked on another machine.
"""

from datetime import date
from hashlib import file_digest, sha256
from pathlib import Path

from pydantic import Field

from transcripts.hold_reasons import HoldReason
from transcripts.media.presentation import Presentation
from transcripts.media.timeline import Survey
from transcripts.values import Value


class LocalFile(Value):
    """A file of the work folder with the content it had when the step ended."""

    path: Path
    sha256: str
    size_bytes: int

    @classmethod
    def of(cls, path: Path) -> "LocalFile":
        """Read `path` once and note its hash and size."""
        with path.open("rb") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
        return cls(path=path.resolve(), sha256=digest, size_bytes=path.stat().st_size)

    def is_present(self) -> bool:
        """Whether a file of this size still lies there (the hash is not read again)."""
        return self.path.is_file() and self.path.stat().st_size == self.size_bytes


class CaptionFile(Value):
    """Captions that lie beside the recording; `language` is the tag that the source gives them, if any."""

    file: LocalFile
    language: str = ""


class SourceChapter(Value):
    """Where a chapter begins by what the source says, on the source's own clock, and what it calls it."""

    start_seconds: float
    title: str


class Fetched(Value):
    """What fetching brought: one file, or one with the picture and one with the sound.

    `title` and `recorded_on` are what the source itself says, or else the file's name; `is_file_name` tells
    of a title that nobody meant as one, `is_day_guessed` of a day in a name that may mean another. On
    `changed_on` the server says the file was last changed. With a `presentation`, the files are its parts,
    whose picture is yet to be composed; `hold_reasons` is what was doubtful about that. `captions` and
    `chapters` are what people wrote, as far as it lies beside the files and not in them.
    """

    files: tuple[LocalFile, ...]
    title: str | None = None
    recorded_on: date | None = None
    extractor: str = ""
    is_file_name: bool = False
    is_day_guessed: bool = False
    presentation: Presentation | None = None
    hold_reasons: tuple[HoldReason, ...] = ()
    changed_on: date | None = None
    captions: tuple[CaptionFile, ...] = ()
    chapters: tuple[SourceChapter, ...] = ()

    @property
    def sha256(self) -> str:
        """The content's identity: the file's hash, or the hash over all files' hashes."""
        if len(self.files) == 1:
            return self.files[0].sha256
        return sha256("".join(file.sha256 for file in self.files).encode()).hexdigest()


class VideoStream(Value):
    """The moving picture of a source; sizes in pixels as shown."""

    codec: str
    profile: str
    pixel_format: str
    width: int
    height: int


class AudioStream(Value):
    """The sound of a source."""

    codec: str
    profile: str
    channels: int
    sample_rate_hz: int


class Inspection(Value):
    """What lies in the fetched files.

    `duration_seconds` is what the packets say, from the first beginning of all tracks to the last end, or a
    little less where players show it so.
    `stated_seconds` is what the container says (0: nothing), where its kind knows and does not estimate.
    """

    duration_seconds: float
    stated_seconds: float
    audio: AudioStream
    video: VideoStream | None = None
    survey: Survey


class Cut(Value):
    """What is left out of a recording: so much of its beginning, so much before its end."""

    start_seconds: float = Field(default=0.0, ge=0)
    end_seconds: float = Field(default=0.0, ge=0)


WHOLE = Cut()


class Media(Value):
    """The published media and the recogniser's input (`speech`: 16 kHz, mono, 16-bit WAV)."""

    duration_seconds: float
    audio: LocalFile
    speech: LocalFile
    video: LocalFile | None = None
    poster: LocalFile | None = None
    tool: str
    hold_reasons: tuple[HoldReason, ...] = ()
