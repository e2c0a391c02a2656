"""What is asked of the documents' flow: its parameters, as Prefect keeps and shows them.

Loads neither Prefect nor any tool, so that the desk can ask without having them.
"""

from pydantic import Field

from tasks.access.encryption import seal, unseal
from transcripts.documents.document_order import DocumentOrder
from transcripts.sources.source_url import SourceUrl, parse_source_url, upload_source


class DocumentRequest(DocumentOrder):
    """An order as it travels to the machine that works; an address with secrets travels sealed."""

    sealed_url: str | None = Field(
        default=None, description="Bleibt leer: verschlüsselt die Adresse samt Kenncode"
    )
    bar: str | None = Field(default=None, description="Kennung eines Dokuments, das geschwärzt werden soll")
    bar_version: int = Field(default=0, description="Fassung, deren Fundstellen gemeint sind")
    bar_numbers: tuple[int, ...] = Field(
        default=(), max_length=20_000, description="Nummern der Fundstellen, von 1 an"
    )

    @property
    def label(self) -> str:
        """What people call it."""
        return self.bar or super().label

    def at(self, source: SourceUrl, secret: str) -> "DocumentRequest":
        """The same request for this address; `secret` seals it if it has anything to hide."""
        full = source.full.get_secret_value()
        sealed = seal(full, secret) if full != source.public else None
        return self.model_copy(update={"url": source.public, "sealed_url": sealed})

    def source_url(self, secret: str) -> SourceUrl:
        """The address in full, or the mark of the upload.

        Raises SecretChangedError, or what `parse_source_url` raises.
        """
        if self.upload is not None:
            return upload_source(self.upload, self.file_name)
        full = unseal(self.sealed_url, secret) if self.sealed_url else self.url or ""
        return parse_source_url(full)
