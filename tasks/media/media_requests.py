"""What the sandboxed process for media is asked to do: one kind of request for each piece of work."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from transcripts.media.media_values import Cut, Fetched, Inspection, Media
from transcripts.media.timeline import Survey
from transcripts.media.track_choice import TrackWish
from transcripts.model import Chapter
from transcripts.values import Value


class Inspect(Value):
    """See what the files hold; None: however long they are."""

    work: Literal["inspect"] = "inspect"
    paths: tuple[Path, ...]
    max_duration_seconds: float | None


class Transcode(Value):
    """Make all media in `directory`."""

    work: Literal["transcode"] = "transcode"
    paths: tuple[Path, ...]
    inspection: Inspection
    directory: Path
    loudness_lufs: float
    cut: Cut
    wish: TrackWish


class ExtractSpeech(Value):
    """Make only the recogniser's input."""

    work: Literal["extract speech"] = "extract speech"
    path: Path
    inspection: Inspection
    target: Path
    wish: TrackWish


class CopySound(Value):
    """Take the sound out of a published video."""

    work: Literal["copy sound"] = "copy sound"
    path: Path
    target: Path


class MarkChapters(Value):
    """Write chapters into copies of the media in `directory`."""

    work: Literal["mark chapters"] = "mark chapters"
    media: Media
    chapters: tuple[Chapter, ...]
    directory: Path


class ComposePicture(Value):
    """Make one picture of the parts of a presentation in `directory`."""

    work: Literal["compose picture"] = "compose picture"
    fetched: Fetched
    directory: Path
    max_duration_seconds: float


class ReadSourceTexts(Value):
    """Read captions and chapters of what was fetched; those within the media become files in `directory`."""

    work: Literal["read source texts"] = "read source texts"
    fetched: Fetched
    survey: Survey
    directory: Path


Request = Inspect | Transcode | ExtractSpeech | CopySound | MarkChapters | ComposePicture | ReadSourceTexts
REQUEST: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="work")])
