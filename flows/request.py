"""What is asked of the pipeline: the parameters of its flows, as Prefect keeps and shows them.

Loads neither Prefect nor any tool, so that the desk can ask without having them.
"""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from tasks.sealing import seal, unseal
from transcripts.media import Cut
from transcripts.model import Chapter
from transcripts.source_url import SourceUrl, parse_source_url, upload_source


class ProcessRequest(BaseModel):
    """A recording to be processed: its address or an upload, and what a person knows about it.

    Prefect shows parameters to whoever may look: an address with secrets travels as `sealed_url`,
    which only machines with the settings' secret key can read.
    """

    model_config = ConfigDict(frozen=True)

    url: str | None = Field(default=None, description="Adresse der Aufzeichnung, ohne Kenncode")
    sealed_url: str | None = Field(
        default=None, description="Bleibt leer: verschlüsselt die Adresse samt Kenncode"
    )
    upload: str | None = Field(default=None, description="Kennung einer hochgeladenen Datei")
    file_name: str | None = Field(default=None, description="Wie die hochgeladene Datei heißt")
    title: str | None = Field(default=None, description="Titel; sonst der der Quelle")
    recorded_on: date | None = Field(default=None, description="Tag der Sitzung; sonst der der Quelle")
    agenda: tuple[str, ...] = Field(default=(), description="Tagesordnung, ein Punkt je Eintrag")
    chapters: tuple[Chapter, ...] = Field(default=(), description="Kapitel, die ein Mensch gesetzt hat")
    cut_start_seconds: float = Field(default=0, ge=0, description="Vom Anfang abzuschneiden, in Sekunden")
    cut_end_seconds: float = Field(default=0, ge=0, description="Vom Ende abzuschneiden, in Sekunden")
    hold: bool = Field(default=False, description="Vor der Ankündigung auf Freigabe warten")

    @classmethod
    def of(
        cls,
        source: SourceUrl,
        secret: str,
        title: str | None = None,
        day: date | None = None,
        agenda: tuple[str, ...] = (),
        chapters: tuple[Chapter, ...] = (),
    ) -> "ProcessRequest":
        """A request for an address that a person gave; `secret` seals it if it has anything to hide."""
        return cls(title=title, recorded_on=day, agenda=agenda, chapters=chapters).at(source, secret)

    def at(self, source: SourceUrl, secret: str) -> "ProcessRequest":
        """The same request for this address."""
        full = source.full.get_secret_value()
        sealed = seal(full, secret) if full != source.public else None
        return self.model_copy(update={"url": source.public, "sealed_url": sealed})

    def source(self, secret: str) -> SourceUrl:
        """The address in full, or the mark of the upload.

        Raises PermanentError: `secret_changed`, or what `parse_source_url` raises.
        """
        if self.upload is not None:
            return upload_source(self.upload, self.file_name)
        full = unseal(self.sealed_url, secret) if self.sealed_url else self.url or ""
        return parse_source_url(full)

    @property
    def label(self) -> str:
        """What people call it before it has a record: the public address, or the upload."""
        return self.url or self.file_name or self.upload or ""

    @property
    def cut(self) -> Cut:
        """What is left out of the recording."""
        return Cut(start_seconds=self.cut_start_seconds, end_seconds=self.cut_end_seconds)
