"""What is asked of the pipeline: the parameters of its flows, as Prefect keeps and shows them.

Loads neither Prefect nor any tool, so that the desk can ask without having them.
"""

from datetime import date

from pydantic import Field

from tasks.access.encryption import seal, unseal
from transcripts.model import Chapter
from transcripts.sources.order import Order
from transcripts.sources.source_url import SourceUrl, parse_source_url, upload_source


class ProcessRequest(Order):
    """An order as it travels to the machine that works.

    Prefect shows parameters to whoever may look: an address with secrets travels as `sealed_url`,
    which only machines with the settings' secret key can read.
    """

    sealed_url: str | None = Field(
        default=None, description="Bleibt leer: verschlüsselt die Adresse samt Kenncode"
    )
    again: bool = Field(
        default=False, description="Was auf Freigabe wartet, mit diesen Angaben noch einmal verarbeiten"
    )

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

        Raises SecretChangedError, or what `parse_source_url` raises.
        """
        if self.upload is not None:
            return upload_source(self.upload, self.file_name)
        full = unseal(self.sealed_url, secret) if self.sealed_url else self.url or ""
        return parse_source_url(full)
