"""Where a recording lies: its server, its page, its share."""

from transcripts.errors.error_kinds import PermanentError, TemporaryError


class SourceError(PermanentError):
    """What lies at an address is not given out, or is no recording."""


class AddressPrivateError(SourceError):
    """The address leads into a private network that is not allowed by the settings."""


class NotFoundError(SourceError):
    """The server knows nothing of this address."""


class GoneError(SourceError):
    """The server says that it was deleted."""


class HostUnknownError(SourceError):
    """No host has this name."""


class RedirectLoopError(SourceError):
    """The address redirects to itself again and again."""


class ForbiddenError(SourceError):
    """The server refuses access."""


class LoginRequiredError(SourceError):
    """The server wants a login."""


class PasscodeNeededError(SourceError):
    """The recording is protected by a passcode, and none was given."""


class LoginPageError(SourceError):
    """The page is a login page."""


class PrivateVideoError(SourceError):
    """The platform keeps the video private."""


class GeoBlockedError(SourceError):
    """The platform blocks the recording in this country."""


class BotSuspectedError(SourceError):
    """The platform wants proof that a person asks."""


class SiteUnsupportedError(SourceError):
    """The downloader refuses this platform."""


class PasscodeWrongError(SourceError):
    """The server refuses the passcode."""


class QuotaUsedUpError(SourceError):
    """The file was downloaded too often, says its server."""


class ChooseRecordingError(SourceError):
    """Several recordings lie in the shared folder, and a person has to choose."""


class FolderEmptyError(SourceError):
    """The shared folder is empty."""


class PackedFolderError(SourceError):
    """The address leads to a packed folder."""


class OtherFilesError(SourceError):
    """What lies there are files of other kinds."""


class NoDocumentError(SourceError):
    """What lies there are files, and none of them a document."""


class ManyDocumentsError(SourceError):
    """Several documents lie there."""


class DocumentPageError(SourceError):
    """The address leads to a web page, and no file."""


class ShareGoneError(SourceError):
    """The share has expired, or was removed."""


class ShareNoDownloadError(SourceError):
    """The share may be looked at, but not downloaded."""


class ShareUploadOnlyError(SourceError):
    """The share takes files and gives none out."""


class ShareUnreadableError(SourceError):
    """The share is listed in a way that is not understood."""


class NoMediaError(SourceError):
    """There is no recording on the page."""


class ManyRecordingsError(SourceError):
    """The address leads to several recordings."""


class LiveError(SourceError):
    """The stream is going on, or has not begun."""


class DrmError(SourceError):
    """The recording is copy-protected."""


class SegmentMissingError(SourceError):
    """The server lacks a segment of the recording."""


class KeyMissingError(SourceError):
    """The server does not give out the key of the encrypted recording."""


class CertificateExpiredError(SourceError):
    """The server's certificate is not valid today."""


class CertificateOtherHostError(SourceError):
    """The server's certificate is for another name."""


class CertificateUntrustedError(SourceError):
    """Nobody trusted vouches for the server's certificate."""


class CertificateError(SourceError):
    """The server's certificate is not valid."""


class TooLongError(SourceError):
    """The recording is longer than the settings allow."""


class TooLargeError(SourceError):
    """The recording is larger than the settings allow."""


class RecordingUnknownError(SourceError):
    """BigBlueButton has no published recording at this address."""


class RecordingUnpublishedError(SourceError):
    """BigBlueButton has the recording, but it is not published."""


class RecordingDeletedError(SourceError):
    """BigBlueButton deleted the recording."""


class TooManySegmentsError(SourceError):
    """The playlist names more segments than are allowed."""


class PackedBombError(SourceError):
    """What the server sends unpacks to many times its size."""


class PageTooLargeError(SourceError):
    """The page is larger than is allowed."""


class PageTooCostlyError(SourceError):
    """The page could not be read within the allowed processor time."""


class ServerTooSlowError(SourceError):
    """The server sends next to nothing."""


class PageUnreadableError(SourceError):
    """The platform's page is not as the downloader knows it, or asks for a login."""


class MeetingLinkError(SourceError):
    """The link leads into a meeting, not to its recording."""


class FetchFailedError(SourceError):
    """The download failed for a reason of its own."""


class SourceAwayError(TemporaryError):
    """A server with a recording does not answer as it should just now."""


class NameServersAwayError(SourceAwayError):
    """The name servers do not answer."""


class NothingListensError(SourceAwayError):
    """Nothing accepts connections there."""

    code = "connection_refused"


class TooManyRequestsError(SourceAwayError):
    """The server has had too many requests."""


class RecordingNotYetError(SourceAwayError):
    """BigBlueButton does not have the recording of this meeting yet."""


class RecordingProcessingError(SourceAwayError):
    """BigBlueButton is still processing the recording."""


class ServerTimeoutError(SourceAwayError):
    """The server stopped answering."""

    code = "timeout"


class ServerFailureError(SourceAwayError):
    """The server reports a failure of its own."""

    code = "server_error"


class ConnectionLostError(SourceAwayError):
    """The connection broke, or was never made."""


class FetchInterruptedError(SourceAwayError):
    """The fetching process was ended from outside."""
