"""This machine: its files, folders, ports and keys."""

from transcripts.errors.error_kinds import PermanentError, TemporaryError


class MachineError(PermanentError):
    """A file or folder of this machine cannot be used."""


class FolderIsFileError(MachineError):
    """What should be a folder is a file."""


class FolderRefusedError(MachineError):
    """The folder may not be written to."""


class FolderUnusableError(MachineError):
    """The folder cannot be written to."""


class KeyUnreadableError(MachineError):
    """The key file cannot be read, or is incomplete."""


class CaFileUnreadableError(MachineError):
    """The file of certificates cannot be read."""


class CaFileEmptyError(MachineError):
    """The file of certificates holds none."""


class SecretChangedError(MachineError):
    """The sealed address cannot be opened with today's secret key."""


class PortTakenError(MachineError):
    """Another program listens on the reading room's port."""


class PrefectPortTakenError(MachineError):
    """Another program listens on the port of Prefect's server."""


class NoDoorError(MachineError):
    """The reading room is for members, but has no way to sign in."""


class BaseUrlPathError(MachineError):
    """The reading room's address has a path."""


class TookTooLongError(MachineError):
    """The work took far too long."""


class InternalError(MachineError):
    """Something happened that nobody foresaw."""


class DiskFullError(TemporaryError):
    """The disk is full."""
