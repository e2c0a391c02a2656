"""The two kinds of failure that reach a flow. Each cause is a class of its own in the modules beside.

`code` and `details` say what happened, in English, for logs and programs;
`transcripts.wording.error_wording.explain` turns them into German for people. Details never
hold a secret: addresses are put in only as `PublicUrl.public`.
"""

import re
from typing import Any, ClassVar

_INNER_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class StepError(Exception):
    """A step failed in a way we recognise."""

    code: ClassVar[str] = "step"
    """The class's name without "Error", in lower case with underscores."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in vars(cls):
            cls.code = _INNER_CAPITAL.sub("_", cls.__name__.removesuffix("Error")).lower()

    def __init__(self, **details: str | float) -> None:
        super().__init__(details)
        self.details = details

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.details.items())
        return f"{self.code} ({facts})" if facts else self.code

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.details)


class TemporaryError(StepError):
    """Trying again later helps: a network, a full disk, a server that is away.

    `retry_after_seconds` is the pause that a server asked for, None where none did.
    """

    def __init__(self, *, retry_after_seconds: float | None = None, **details: str | float) -> None:
        super().__init__(**details)
        self.retry_after_seconds = retry_after_seconds

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), {**self.details, "retry_after_seconds": self.retry_after_seconds})


class PermanentError(StepError):
    """Trying again does not help: someone has to change the input or the settings."""


class DamagedError(PermanentError):
    """A stored file is lost or cannot be read: it is named, kept and passed over, and all else goes on."""


def _rebuild(kind: type[StepError], details: dict[str, Any]) -> StepError:
    return kind(**details)
