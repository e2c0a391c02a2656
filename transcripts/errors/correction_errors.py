"""Corrections that people make."""

from transcripts.errors.error_kinds import PermanentError


class CorrectionError(PermanentError):
    """A correction cannot be made."""


class CorrectionPlaceError(CorrectionError):
    """The record has no such place."""


class CorrectionConflictError(CorrectionError):
    """Somebody else changed the same place."""


class CorrectionNothingError(CorrectionError):
    """The correction changes nothing."""


class CorrectionEmptyError(CorrectionError):
    """The correction is empty."""


class CorrectionLongError(CorrectionError):
    """The correction is too long."""


class CorrectionDayError(CorrectionError):
    """The day cannot be right."""


class CorrectionTimeError(CorrectionError):
    """No chapter can begin at this time."""


class CorrectionUnknownError(CorrectionError):
    """There is no correction of that number."""


class CorrectionUndoneError(CorrectionError):
    """The correction was undone already."""


class AgendaNotSpokenOfError(CorrectionError):
    """None of the agenda's items is found in the recording."""


class CorrectorNameError(CorrectionError):
    """The correction does not say who made it."""
