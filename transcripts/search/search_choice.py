"""Which records are asked at all: recordings, documents or both, of a kind, a place, a year. Values only."""

from dataclasses import dataclass
from enum import StrEnum


class Medium(StrEnum):
    """What is kept: something said, or something written."""

    RECORDING = "recording"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Choice:
    """What narrows a search; what is not given narrows nothing.

    Kind and municipality are of documents, so that asking for either leaves recordings out.
    """

    medium: Medium | None = None
    kind: str | None = None
    municipality: str | None = None
    year: int | None = None
    record_id: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether everything is asked."""
        return self == Choice()


EVERYTHING = Choice()
