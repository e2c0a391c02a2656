"""What the archive stores as JSON: transcript, chapters, recording.

Pydantic models, because each of them crosses a boundary as JSON. All times are
seconds on the published media, intervals are half-open. Unknown keys are kept,
so that a newer writer's file survives an older reader. Everything is bounded, so that
whatever passes here can be computed with: damage is noticed where a file is read.
"""

import operator
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Protocol, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from transcripts.composed_text import composed
from transcripts.hold_reasons import HoldReason

LONGEST_SECONDS = 7 * 24 * 3600.0
LONGEST_LINE = 10_000
LONGEST_TEXT = 200_000
GREATEST_NUMBER = 1_000_000
FROM_CAPTIONS = "captions"
LARGEST_BYTES = 64 * 1024 * 1024
"""No stored document is larger: a transcript of 24 hours takes a third of that."""


def _in_our_time(moment: datetime) -> datetime:
    """Far from the ends of the calendar, where changing the zone overflows."""
    if not datetime(1900, 1, 1, tzinfo=UTC) <= moment < datetime(3000, 1, 1, tzinfo=UTC):
        raise ValueError("erwartet wird ein Zeitpunkt in den Jahren 1900 bis 2999")
    return moment


Seconds = Annotated[float, Field(ge=0.0, le=LONGEST_SECONDS)]
Number = Annotated[int, Field(ge=0, le=GREATEST_NUMBER)]
FileBytes = Annotated[int, Field(ge=0, le=2**50)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), lt=date(3000, 1, 1))]
Line = Annotated[str, AfterValidator(composed), Field(max_length=LONGEST_LINE)]
Text = Annotated[str, AfterValidator(composed), Field(max_length=LONGEST_TEXT)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Stretch(Protocol):
    """What has a beginning and an end."""

    start_seconds: float
    end_seconds: float


StretchT = TypeVar("StretchT", bound=Stretch)


def ends_after_its_beginning(stretch: StretchT) -> StretchT:
    """The same. Raises ValueError for one that ends before it begins."""
    if stretch.end_seconds < stretch.start_seconds:
        raise ValueError("das Ende liegt vor dem Anfang")
    return stretch


class StoredModel(BaseModel):
    """Base of everything that is stored as JSON: immutable, keeps unknown keys, writes aliases.

    `largest_bytes` is how long its JSON may be.
    """

    largest_bytes: ClassVar[int] = LARGEST_BYTES

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        populate_by_name=True,
        serialize_by_alias=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        ser_json_inf_nan="constants",
    )

    def to_json(self) -> str:
        """The document as indented UTF-8 JSON with a final newline: the same value, the same bytes."""
        return self.model_dump_json(indent=1) + "\n"


class Word(StoredModel):
    """One spoken word as the recogniser wrote it, punctuation attached."""

    text: Line
    start_seconds: Seconds
    end_seconds: Seconds
    probability: Annotated[float, Field(ge=0.0, le=1.0)] | None = None

    _is_ordered = model_validator(mode="after")(ends_after_its_beginning)


class Segment(StoredModel):
    """A sentence-like stretch of speech; `id` is its permanent address within the record."""

    id: str = Field(default="", max_length=100, pattern=r"^\S*$")
    start_seconds: Seconds
    end_seconds: Seconds
    speaker: Line | None = None
    text: Text
    words: tuple[Word, ...] = ()

    _is_ordered = model_validator(mode="after")(ends_after_its_beginning)


class Engine(StoredModel):
    """Which recogniser made the transcript, and with which settings."""

    name: Line
    model: Line
    settings: dict[str, Any] = Field(default_factory=dict)


class Note(StoredModel):
    """Something a reader should know about a stretch of the transcript; `cause` is a stable English word."""

    cause: Line
    start_seconds: Seconds
    end_seconds: Seconds

    _is_ordered = model_validator(mode="after")(ends_after_its_beginning)


class Transcript(StoredModel):
    """The canonical form of what was said; captions, text and page are made from it.

    `text_source` is FROM_CAPTIONS where the text is that of the source's own captions, and only the times are
    the recogniser's; nothing where all of it was heard.
    """

    schema_version: Literal[1] = Field(default=1, alias="schema")
    language: Line = "de"
    duration_seconds: Seconds = 0.0
    engine: Engine | None = None
    segments: tuple[Segment, ...] = ()
    notes: tuple[Note, ...] = ()
    text_source: Annotated[Line | None, Field(exclude_if=operator.not_)] = None

    @property
    def is_from_captions(self) -> bool:
        """Whether people wrote the text, as the source's captions."""
        return self.text_source == FROM_CAPTIONS


ChapterOrigin = Literal["agenda", "speech", "slide", "human"]


class Chapter(StoredModel):
    """A stretch of the meeting under one heading; it ends where the next begins."""

    start_seconds: Seconds
    title: Line
    origin: ChapterOrigin = "speech"


class Slide(StoredModel):
    """What stands on a slide that was shown from so many seconds on."""

    start_seconds: Seconds
    text: Text


class AgendaOutcome(StoredModel):
    """What became of an agenda item; a merged one was dealt with under `merged_with`."""

    item: Line
    outcome: Literal["taken_up", "moved", "merged", "skipped"]
    start_seconds: Seconds | None = None
    merged_with: Line | None = None


class Summary(StoredModel):
    """What was said, in a few sentences, and the language model that wrote them."""

    text: Text
    made_by: Line


class SourceCaptions(StoredModel):
    """What became of the captions that the source has in the meeting's language.

    `outcome` is "taken", "differ" (they are not what was heard) or "incomplete". The shares, between 0 and
    1, are those of `transcripts.captions.placing`.
    """

    language: Line
    outcome: Line
    agreement: float
    coverage: float
    fullness: float


class Source(StoredModel):
    """Where a recording came from.

    `url` never holds a passcode or token; `url_fingerprint` recognises the same
    address again, `sha256` the same content.
    """

    url: Line
    url_fingerprint: Line
    sha256: Line = ""
    extractor: Line = ""


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


class Recording(StoredModel):
    """One meeting as the archive knows it: `recording.json`.

    `hold_reasons` are what was doubtful when it was made, `settled_reasons` the codes of those that people
    have settled since by a correction. `slides` and `source_captions` are there only where the source had
    any.
    """

    schema_version: Literal[1] = Field(default=1, alias="schema")
    id: str = Field(max_length=200, pattern=r"^[^\s/\\.][^\s/\\]*$")
    title: Line
    recorded_on: Day = Field(alias="date")
    language: Line = "de"
    duration_seconds: Seconds
    source: Source
    agenda: tuple[Line, ...] = ()
    agenda_outcomes: tuple[AgendaOutcome, ...] = ()
    summary: Summary | None = None
    slides: Annotated[tuple[Slide, ...], Field(exclude_if=operator.not_)] = ()
    source_captions: Annotated[SourceCaptions | None, Field(exclude_if=operator.not_)] = None
    stage: Stage
    hold_reasons: tuple[HoldReason, ...] = ()
    settled_reasons: tuple[Line, ...] = ()

    @property
    def open_reasons(self) -> tuple[HoldReason, ...]:
        """What is still doubtful; it keeps nobody from releasing the record."""
        return tuple(each for each in self.hold_reasons if each.code not in self.settled_reasons)
