"""The recogniser and the language model."""

from transcripts.errors.error_kinds import PermanentError, TemporaryError


class RecognitionError(PermanentError):
    """The recogniser cannot work as it is set up."""


class ModelUnknownError(RecognitionError):
    """There is no such model."""


class GlossaryUnreadableError(RecognitionError):
    """The glossary cannot be read."""


class ModelDamagedError(RecognitionError):
    """The model's files are incomplete, or were changed."""


class LanguageModelLoginError(RecognitionError):
    """The language model's server refuses the key."""


class ModelAwayError(TemporaryError):
    """A model cannot be reached."""


class ModelUnreachableError(ModelAwayError):
    """The model could not be downloaded."""


class LanguageModelFailedError(ModelAwayError):
    """The language model's answer is of no use."""


class LanguageModelAwayError(ModelAwayError):
    """The language model's server does not answer."""
