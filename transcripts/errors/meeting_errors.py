"""The calendar of meetings."""

from transcripts.errors.error_kinds import PermanentError


class MeetingError(PermanentError):
    """The calendar of meetings cannot be followed."""


class MeetingVanishedError(MeetingError):
    """A meeting to which people were invited is no longer in the calendar."""


class MeetingRestlessError(MeetingError):
    """A meeting was changed so often that nobody is mailed of it any more."""


class MailWaitingError(MeetingError):
    """A mail for a meeting waits for its release."""


class MeetingUnknownError(MeetingError):
    """The calendar has no such meeting."""


class MeetingsUnreadableError(MeetingError):
    """The calendar of meetings cannot be read."""
