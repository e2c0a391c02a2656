"""Documents that are handed in: what their file is, and what keeps it from being read."""

from transcripts.errors.error_kinds import PermanentError, TemporaryError


class BadDocumentError(PermanentError):
    """The file itself cannot be taken: nobody wants it again."""


class DocumentKindUnknownError(BadDocumentError):
    """The file is of no kind that is taken."""


class DocumentHeicError(BadDocumentError):
    """The file is a picture in a form of phones (HEIC) that nothing here can read."""


class DocumentEmptyError(BadDocumentError):
    """The file is empty, or has no pages."""


class DocumentLockedError(BadDocumentError):
    """The file opens with a password alone."""


class DocumentDamagedError(BadDocumentError):
    """The file is damaged: whatever reads its kind refuses it."""


class DocumentBombError(BadDocumentError):
    """The file unpacks into far more than any document has."""


class DocumentTooLargeError(BadDocumentError):
    """The file has more bytes than are allowed."""


class DocumentTooManyPagesError(BadDocumentError):
    """The document has more pages than are allowed."""


class DocumentNeedsOfficeError(BadDocumentError):
    """The file is of a kind that LibreOffice alone can read, and it is not there."""


class DocumentTooDemandingError(BadDocumentError):
    """Reading the document took more memory, time or room than is allowed."""


class DocumentReaderCrashedError(BadDocumentError):
    """The process that read the document crashed, or failed in a way that nobody foresaw."""


class DocumentChangedError(PermanentError):
    """Somebody else changed the document since it was shown."""


class DocumentInterruptedError(TemporaryError):
    """The process that read the document was ended from outside."""
