"""The values that travel between the steps before there is a record.

Files travel as paths with their SHA-256 and size, never as open clients, so
that a step's result can be kept, compared and checked on another machine.
"""

from datetime import date
from hashlib import file_digest, sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """Base of the values between steps: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


class Fetched(Value):
    """What fetching brought: one file, or one with the picture and one with the sound.

    `title` and `recorded_on` are what the source itself says, if it does.
    """

    files: tuple[LocalFile, ...]
    title: str | None = None
    recorded_on: date | None = None
    extractor: str = ""

    @property
    def sha256(self) -> str:
        """The content's identity: the file's hash, or the hash over both files' hashes."""
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

    `duration_seconds` is what the container claims (0: nothing);
    `duration_is_exact` says whether that kind of container knows or estimates it.
    """

    duration_seconds: float
    duration_is_exact: bool
    audio: AudioStream
    video: VideoStream | None = None


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
