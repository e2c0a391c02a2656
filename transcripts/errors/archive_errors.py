"""Records, and the index that finds them."""

from transcripts.errors.error_kinds import DamagedError, PermanentError, TemporaryError


class RecordError(PermanentError):
    """A record is not there, or not as it was asked for."""


class RecordUnknownError(RecordError):
    """There is no such record."""


class RecordLostError(RecordError):
    """Too little of the record is left to rebuild it."""


class CopyDiffersError(RecordError):
    """Another record lies under the same name at the target."""


class VersionUnknownError(RecordError):
    """The record has no such version."""


class IndexUnusableError(RecordError):
    """The search index is missing or damaged."""


class IndexRefusedError(RecordError):
    """The search index may not be opened."""


class RecordBusyError(TemporaryError):
    """Another run writes to the record."""


class IndexBusyError(TemporaryError):
    """Another program uses the search index."""


class ObjectDamagedError(DamagedError):
    """An object of a record is lost or damaged."""


class MeetingLedgerDamagedError(DamagedError):
    """The ledger of a meeting is damaged."""


class DigestLedgerDamagedError(DamagedError):
    """The ledger of the mails about news is damaged."""


class FileDamagedError(DamagedError):
    """A stored file is damaged."""
