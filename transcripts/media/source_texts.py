"""What people wrote about a recording where it came from: captions and chapters, on the source's clock."""

from transcripts.media.media_values import LocalFile, SourceChapter
from transcripts.values import Value


class GivenCue(Value):
    """What a caption of the source says, without its marks, and when it is shown."""

    start_seconds: float
    end_seconds: float
    text: str


class CaptionTrack(Value):
    """The captions of one language as they were read; `file` is what the source had.

    A track within the media is written as WebVTT, whatever its format there.
    """

    language: str
    file: LocalFile
    cues: tuple[GivenCue, ...]


class PassedOver(Value):
    """What was not taken, and why; both are words of ours, nothing of the source's."""

    what: str
    reason: str


class SourceTexts(Value):
    """All that a source says in writing. `chapters_file` holds the chapters as the source had them."""

    tracks: tuple[CaptionTrack, ...] = ()
    chapters: tuple[SourceChapter, ...] = ()
    chapters_file: LocalFile | None = None
    passed_over: tuple[PassedOver, ...] = ()
