"""The documents of the archive: transcript, chapters, recording.

Pydantic models, because each of them crosses a boundary as JSON. All times are
seconds on the published media, intervals are half-open. Unknown keys are kept,
so that a newer writer's file survives an older reader.
"""

from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Document(BaseModel):
    """Base of everything that is stored as JSON: immutable, keeps unknown keys, writes aliases."""

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        populate_by_name=True,
        serialize_by_alias=True,
        ser_json_inf_nan="constants",
    )

    def to_json(self) -> str:
        """The document as indented UTF-8 JSON with a final newline: the same value, the same bytes."""
        return self.model_dump_json(indent=1) + "\n"


class Word(Document):
    """One spoken word as the recogniser wrote it, punctuation attached."""

    text: str
    start_seconds: float
    end_seconds: float
    probability: float | None = None


class Segment(Document):
    """A sentence-like stretch of speech; `id` is its permanent address within the record."""

    id: str = ""
    start_seconds: float
    end_seconds: float
    speaker: str | None = None
    text: str
    words: tuple[Word, ...] = ()


class Engine(Document):
    """Which recogniser made the transcript, and with which settings."""

    name: str
    model: str
    settings: dict[str, Any] = Field(default_factory=dict)


class Note(Document):
    """Something a reader should know about a stretch of the transcript; `cause` is a stable English word."""

    cause: str
    start_seconds: float
    end_seconds: float


class Transcript(Document):
    """The canonical form of what was said; captions, text and page are made from it."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    language: str = "de"
    duration_seconds: float = 0.0
    engine: Engine | None = None
    segments: tuple[Segment, ...] = ()
    notes: tuple[Note, ...] = ()


class Chapter(Document):
    """A stretch of the meeting under one heading; it ends where the next begins."""

    start_seconds: float
    title: str
    origin: Literal["agenda", "speech", "human"] = "speech"


class AgendaOutcome(Document):
    """What became of an agenda item; a merged one was dealt with under `merged_with`."""

    item: str
    outcome: Literal["taken_up", "moved", "merged", "skipped"]
    start_seconds: float | None = None
    merged_with: str | None = None


class Summary(Document):
    """What was said, in a few sentences, and the language model that wrote them."""

    text: str
    made_by: str


class Source(Document):
    """Where a recording came from.

    `url` never holds a passcode or token; `url_fingerprint` recognises the same
    address again, `sha256` the same content.
    """

    url: str
    url_fingerprint: str
    sha256: str = ""
    extractor: str = ""


class Stage(StrEnum):
    """The last finished step of a recording's way; a failure is a message beside it."""

    RECEIVED = "received"
    FETCHED = "fetched"
    TRANSCODED = "transcoded"
    TRANSCRIBED = "transcribed"
    CHAPTERED = "chaptered"
    ARCHIVED = "archived"
    HELD = "held"
    ANNOUNCED = "announced"


class Recording(Document):
    """One meeting as the archive knows it: `recording.json`."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    id: str
    title: str
    recorded_on: date = Field(alias="date")
    language: str = "de"
    duration_seconds: float
    source: Source
    agenda: tuple[str, ...] = ()
    agenda_outcomes: tuple[AgendaOutcome, ...] = ()
    summary: Summary | None = None
    stage: Stage
