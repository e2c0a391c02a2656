"""Files and lists that people write by hand."""

from transcripts.errors.error_kinds import PermanentError


class GivenFileError(PermanentError):
    """What somebody wrote by hand and handed in cannot be read."""


class AgendaUnreadableError(GivenFileError):
    """The agenda's file cannot be read."""


class AgendaLineError(GivenFileError):
    """A line of the agenda is too long."""


class AgendaLongError(GivenFileError):
    """The agenda has too many lines."""


class ChaptersLineError(GivenFileError):
    """A line of the list of chapters cannot be read."""


class ChaptersUnreadableError(GivenFileError):
    """The list of chapters cannot be read."""


class TranscriptUnreadableError(GivenFileError):
    """The transcript's file cannot be read."""
