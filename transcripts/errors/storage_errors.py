"""Where the archive lies."""

from transcripts.errors.error_kinds import PermanentError, TemporaryError


class StorageError(PermanentError):
    """The archive's storage refuses what was asked of it."""


class StorageMissingError(StorageError):
    """The bucket does not exist."""


class StorageExpiredError(StorageError):
    """The credentials have expired."""


class StorageClockError(StorageError):
    """This machine's clock is wrong, says the storage."""


class StorageCertificateError(StorageError):
    """The storage's certificate is not trusted."""


class StorageReadOnlyError(StorageError):
    """The storage may only be read."""


class StorageRefusedError(StorageError):
    """The storage refuses the credentials."""


class StorageAwayError(TemporaryError):
    """The archive's storage cannot be used just now."""


class StorageUnreachableError(StorageAwayError):
    """The storage does not answer."""


class StorageTimeoutError(StorageAwayError):
    """The storage answers too late."""


class StorageBusyError(StorageAwayError):
    """The storage is overloaded, or has a failure of its own."""


class StorageCorruptedError(StorageAwayError):
    """What arrived is not what was sent."""


class StorageFullError(StorageAwayError):
    """The storage is full."""
