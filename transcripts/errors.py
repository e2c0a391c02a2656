"""The two kinds of failure that reach a flow, each named by a stable code.

`code` and `details` say what happened, in English, for logs and programs;
`transcripts.wording.explain` turns them into German for people. Details never
hold a secret: addresses are put in only as `PublicUrl.public`.
"""

from typing import Any


class StepError(Exception):
    """A step failed in a way we recognise."""

    def __init__(self, code: str, **details: str | float) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.details.items())
        return f"{self.code} ({facts})" if facts else self.code

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, self.details)


class TemporaryError(StepError):
    """Trying again later helps: a network, a full disk, a server that is away."""


class PermanentError(StepError):
    """Trying again does not help: someone has to change the input or the settings."""


def _rebuild(kind: type[StepError], code: str, details: dict[str, str | float]) -> StepError:
    return kind(code, **details)
