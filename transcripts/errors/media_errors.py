"""What is fetched: files, sound, picture."""

from transcripts.errors.error_kinds import PermanentError, TemporaryError


class BadFileError(PermanentError):
    """The file itself is bad: nobody wants it again."""


class NotMediaError(BadFileError):
    """The file is no recording that can be played."""


class EmptyFileError(BadFileError):
    """The file is empty."""


class ZipFileError(BadFileError):
    """The file is an archive of files."""


class WebPageError(BadFileError):
    """The file is a web page."""


class NotFinishedError(BadFileError):
    """The file's end, without which nothing can be played, was never written."""


class NoAudioError(BadFileError):
    """The recording has no sound."""


class SoundMissingError(BadFileError):
    """There is almost no sound in the time that the recording takes."""


class RecordingDamagedError(BadFileError):
    """The recording is damaged from some point on."""

    code = "damaged"


class TruncatedError(BadFileError):
    """The recording ends before its stated length."""


class EncodeFailedError(BadFileError):
    """The recording could not be converted."""


class MediaError(PermanentError):
    """A recording cannot be prepared as it was asked for, or within the limits."""


class TrackUnknownError(MediaError):
    """There is no sound track of that number."""


class CutTooLongError(MediaError):
    """More is to be cut off than there is."""


class ConversionStuckError(MediaError):
    """The conversion made no progress."""


class MemoryUsedUpError(MediaError):
    """Reading the recording took more memory than is allowed."""

    code = "used_memory"


class ProcessorUsedUpError(MediaError):
    """Reading the recording took more processor time than is allowed."""

    code = "used_processor"


class TimeUsedUpError(MediaError):
    """Reading the recording took longer than is allowed."""

    code = "used_time"


class RoomUsedUpError(MediaError):
    """Converting the recording writes more than is allowed."""

    code = "used_room"


class ReaderCrashedError(MediaError):
    """The process that read the recording crashed."""


class MediaUnforeseenError(MediaError):
    """The process that read the recording failed in a way that nobody foresaw."""


class SoundCodecUnknownError(MediaError):
    """No decoder here knows the format of the sound."""


class PictureCodecUnknownError(MediaError):
    """No decoder here knows the format of the picture."""


class PictureTooLargeError(MediaError):
    """The picture has more pixels than are allowed."""


class TooManyTracksError(MediaError):
    """The file has more tracks than are allowed."""


class ReadingInterruptedError(TemporaryError):
    """The process that read the recording was ended from outside."""
