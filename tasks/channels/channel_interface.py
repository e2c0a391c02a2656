"""What a channel must be able to do: hand one announcement over, and find out what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from transcripts.mail.ledger import LedgerEntry, Publication


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known for sure of an announcement that was, or may have been, handed over.

    `is_out` is False when it surely did not arrive, was rejected, or may be handed over again without harm;
    `detail` says why, `link` is where a moderator can decide.
    """

    is_out: bool
    publication: Publication | None = None
    detail: str = ""
    link: str = ""


class Handover(Protocol):
    """One announcement, ready for one channel."""

    @property
    def channel(self) -> str:
        """The channel's name in the ledger."""

    @property
    def recipient(self) -> str:
        """Who gets it, as the ledger notes it; never a secret."""

    @property
    def message_id(self) -> str:
        """What receivers recognise a repeat by."""

    @property
    def stored(self) -> bytes | None:
        """What the archive keeps of it."""

    def look_before(self) -> int | None:
        """How many posts the other side counts before this one, where it counts them."""

    def hand_over(self, begin: Callable[[], None]) -> str:
        """Hand it over; returns the other side's words.

        Calls `begin` before the first thing that cannot be taken back. Raises TemporaryError when the
        other side surely does not have it, or knows a repeat as one, and may take it later; PermanentError
        when it never will, and OutcomeUnknownError.
        """

    def trace(self, entry: LedgerEntry) -> Trace | None:
        """What can be found out, None when nothing is for sure. Raises nothing for a server that is away."""


class FireAndForget:
    """What a channel is that counts nothing, keeps nothing, and cannot be asked afterwards."""

    __slots__ = ()

    @property
    def stored(self) -> bytes | None:
        """Nothing: it can be made again."""
        return None

    def look_before(self) -> int | None:
        """Nothing is counted."""
        return None

    def trace(self, _entry: LedgerEntry) -> Trace | None:
        """Nobody can be asked."""
        return None
