"""Files that people upload, or drop into the inbox."""

from transcripts.errors.error_kinds import PermanentError, TemporaryError


class UploadError(PermanentError):
    """An uploaded or dropped file cannot be taken."""


class UploadUnknownError(UploadError):
    """The uploaded file is not there any more."""


class UploadIncompleteError(UploadError):
    """The upload is not complete."""


class UploadTooLongError(UploadError):
    """More bytes arrived than the file has."""


class UploadTooLargeError(UploadError):
    """The file is larger than the settings allow."""


class UploadQuotaError(UploadError):
    """Too many uploads wait already."""


class UploadNameError(UploadError):
    """The name is none of a recording."""


class UploadNotMediaError(UploadError):
    """The file's beginning is that of no recording."""


class FileMissingError(UploadError):
    """There is no such file on this machine, or it cannot be read."""


class InboxLinkError(UploadError):
    """In the inbox lies a link instead of a file."""


class InboxStoppedError(UploadError):
    """An organiser stopped what the inbox had begun."""


class UploadMovedOnError(TemporaryError):
    """The same file is being uploaded from elsewhere."""
