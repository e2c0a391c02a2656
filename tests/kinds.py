"""Whether time helps after an error: its kind, whatever its cause."""

from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError


def kind_of(error: BaseException) -> type[StepError]:
    """One of the two kinds."""
    assert isinstance(error, StepError)
    return TemporaryError if isinstance(error, TemporaryError) else PermanentError
