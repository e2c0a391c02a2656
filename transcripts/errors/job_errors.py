"""Jobs, and Prefect which runs them."""

from transcripts.errors.error_kinds import PermanentError, TemporaryError


class JobError(PermanentError):
    """A job is not there, or cannot do what was asked of it."""


class NoSuchJobError(JobError):
    """There is no such job."""


class JobUnreadableError(JobError):
    """What the job was asked for cannot be read."""


class JobNotRetryableError(JobError):
    """The job is running, or is done."""


class NotHeldError(JobError):
    """The record does not wait for its release."""


class JobInterruptedError(JobError):
    """The machine that worked on the job is silent."""


class JobGaveUpError(JobError):
    """The job was tried as often as the settings allow."""


class PrefectNotStartedError(JobError):
    """Prefect's temporary server did not start."""


class PrefectLoginError(JobError):
    """Prefect's server refuses the password."""


class PrefectNoneError(JobError):
    """What answers is no Prefect server."""


class PrefectOpenError(JobError):
    """Prefect's server would be open to other machines without a password."""


class NoPrefectError(JobError):
    """No Prefect server is set."""


class PrefectAwayError(TemporaryError):
    """Prefect, or what it needs, does not answer."""


class PrefectUnreachableError(PrefectAwayError):
    """Prefect's server does not answer."""


class PrefectSilentError(PrefectAwayError):
    """Prefect's server does not answer the doctor."""

    code = "prefect_away"


class DatabaseAwayError(PrefectAwayError):
    """Prefect's database does not answer."""


class NoWorkerYetError(PrefectAwayError):
    """No worker has ever started."""
