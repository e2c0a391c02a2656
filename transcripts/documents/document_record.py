"""What is known of a document: its details, where it came from, and who may see it.

Stored as `document.json`, beside the manifest, in `documents/NAME/`.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from transcripts.model import FileBytes, Line, Moment, Sha256, StoredModel

EARLIEST_YEAR, LATEST_YEAR = 1900, 2999


class DocumentKind(StrEnum):
    """What a document is for, in the network's work."""

    COUNCIL_PAPER = "council_paper"
    MOTION = "motion"
    MODEL_MOTION = "model_motion"
    TENDER = "tender"
    CONTRACT = "contract"
    LETTER = "letter"
    REPORT = "report"
    RECOMMENDATIONS = "recommendations"
    CONCEPT = "concept"
    BUDGET = "budget"
    SLIDES = "slides"
    MINUTES = "minutes"
    LEAFLET = "leaflet"
    OTHER = "other"


class Country(StrEnum):
    """Where the municipality is."""

    GERMANY = "DE"
    AUSTRIA = "AT"
    SWITZERLAND = "CH"


class DocumentStage(StrEnum):
    """How far a document has come. Members see what is released."""

    PROPOSED = "proposed"
    RELEASED = "released"


class DocumentDetails(StoredModel):
    """What is known of a document, as its file tells it until people correct it; only the title must be."""

    title: Annotated[Line, Field(min_length=1)]
    municipality: Line = ""
    country: Country | None = None
    year: Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR)] | None = None
    kind: DocumentKind | None = None
    licence: Line = ""
    source: Line = ""
    language: Line = "de"
    topics: tuple[Line, ...] = ()


class DocumentRecord(StoredModel):
    """`document.json`. `original_sha256` is of the file as it was handed in: the same file is known by it.

    `id` names its folder: `documents/2026-11-29-musterantrag`. `is_barred`: what members get has black bars,
    and the file as it was handed in is for organisers alone. `is_original_shared`: members get that file, as
    an organiser chose, instead of its copy without traces of persons.
    """

    schema_version: Literal[1] = Field(default=1, alias="schema")
    id: Annotated[str, Field(max_length=200)]
    details: DocumentDetails
    stage: DocumentStage = DocumentStage.PROPOSED
    original_name: Line
    original_sha256: Sha256
    original_bytes: FileBytes
    page_count: Annotated[int, Field(ge=0)] = 0
    handed_in_at: Moment
    released_at: Moment | None = None
    is_barred: bool = False
    is_original_shared: bool = False
    notes: tuple[Line, ...] = ()

    @property
    def gives_original(self) -> bool:
        """Whether members get the file as it was handed in."""
        return self.is_original_shared and not self.is_barred
