"""What is looked at before something begins, and what comes of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from config.loading import LoadedSettings


class Verdict(StrEnum):
    """How serious a finding is."""

    GOOD = "good"
    UNASKED = "unasked"  # nobody looked, and the text says why
    HINT = "hint"  # works, but could be better
    BAD = "bad"  # will fail


class Kind(StrEnum):
    """Whether a person must mend what is bad, or time may."""

    SETTINGS = "settings"  # what is written and what lies there: nothing starts before it is mended
    NOW = "now"  # who answers at this moment: a start says so and goes on, for it may answer in the next


class Program(StrEnum):
    """What is about to begin."""

    SERVE = "serve"
    WORKER = "worker"
    ROOM = "room"
    SERVER = "server"


EVERY_PROGRAM = frozenset(Program)
WITH_ARCHIVE = EVERY_PROGRAM - {Program.SERVER}
PROCESSING = frozenset({Program.SERVE, Program.WORKER})


@dataclass(frozen=True, slots=True)
class Remark:
    """What a check has to say, in German; of nothing it has nothing to say."""

    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report, in German."""

    subject: str
    verdict: Verdict
    text: str
    kind: Kind = Kind.SETTINGS


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at; what it raises as StepError or SettingsError is a bad finding, too.

    One of kind NOW asks nobody while a setting of its `section` is wrong; `key` is the one that names whom it
    asks.
    """

    subject: str
    kind: Kind
    look: Callable[[LoadedSettings], Iterable[Remark]]
    section: str = ""
    needed_by: frozenset[Program] = EVERY_PROGRAM
    key: str = ""


def good(text: str) -> Remark:
    """All is well."""
    return Remark(Verdict.GOOD, text)


def unasked(text: str) -> Remark:
    """Nobody looked."""
    return Remark(Verdict.UNASKED, text)


def hint(text: str) -> Remark:
    """It could be better."""
    return Remark(Verdict.HINT, text)


def bad(text: str) -> Remark:
    """It will fail."""
    return Remark(Verdict.BAD, text)
