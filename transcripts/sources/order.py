"""What people want of a recording: where it comes from, and what they know about it. One shape for all doors.

An order grows: a door gives it a passcode, and the pipeline what it needs beside (see
flows.jobs.process_request). The descriptions are what Prefect's forms say.
"""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from transcripts.agendas.agenda_reading import MOST_LINES
from transcripts.media.media_values import Cut
from transcripts.model import Chapter
from transcripts.speech.glossary import LONGEST_TERM, MAX_TERMS


class Order(BaseModel):
    """An address or an upload, and what is known about it. Lengths are in seconds, the second one at the end.

    `track` is a sound track's number, from 1; None leaves the choice open.
    """

    model_config = ConfigDict(frozen=True)

    url: str | None = Field(default=None, description="Adresse der Aufzeichnung, ohne Kenncode")
    upload: str | None = Field(default=None, description="Kennung einer hochgeladenen Datei")
    file_name: str | None = Field(default=None, description="Wie die hochgeladene Datei heißt")
    title: str | None = Field(default=None, description="Titel; sonst der der Quelle")
    recorded_on: date | None = Field(
        default=None, description="Tag des Treffens; sonst der, den die Quelle nennt"
    )
    agenda: tuple[str, ...] = Field(
        default=(), max_length=MOST_LINES, description="Tagesordnung, ein Punkt je Eintrag"
    )
    terms: tuple[Annotated[str, Field(max_length=LONGEST_TERM)], ...] = Field(
        default=(), max_length=MAX_TERMS, description="Namen und Begriffe, die fallen, einer je Eintrag"
    )
    chapters: tuple[Chapter, ...] = Field(default=(), description="Kapitel, die ein Mensch gesetzt hat")
    cut_start_seconds: float = Field(default=0, ge=0, description="Vom Anfang abzuschneiden, in Sekunden")
    cut_end_seconds: float = Field(default=0, ge=0, description="Vom Ende abzuschneiden, in Sekunden")
    track: int | None = Field(
        default=None, ge=1, description="Nummer der Tonspur; sonst die, in der gesprochen wird"
    )
    hold: bool = Field(default=False, description="Vor der Ankündigung auf Freigabe warten")

    @property
    def facts(self) -> dict[str, object]:
        """What every order has, for another one that grows from it."""
        return {name: getattr(self, name) for name in Order.model_fields}

    @property
    def label(self) -> str:
        """What people call it before it has a record: the public address, or the upload."""
        return self.url or self.file_name or self.upload or ""

    @property
    def cut(self) -> Cut:
        """What is left out of the recording."""
        return Cut(start_seconds=self.cut_start_seconds, end_seconds=self.cut_end_seconds)


class GivenOrder(Order):
    """An order as a person gave it, with the passcode, which goes no further than into a sealed address."""

    passcode: SecretStr | None = None
