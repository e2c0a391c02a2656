"""What people hand in as a document: where it is, and what they know about it. One shape for all doors."""

from pydantic import BaseModel, ConfigDict, Field

from transcripts.documents.document_record import DocumentDetails, DocumentKind


class DocumentOrder(BaseModel):
    """An address or an upload, and what is known about it. The descriptions are what Prefect's forms say."""

    model_config = ConfigDict(frozen=True)

    url: str | None = Field(default=None, description="Adresse der Datei, ohne Kenncode")
    upload: str | None = Field(default=None, description="Kennung einer hochgeladenen Datei")
    file_name: str | None = Field(default=None, description="Wie die hochgeladene Datei heißt")
    title: str | None = Field(default=None, description="Titel; sonst der, den die Datei nennt")
    municipality: str | None = Field(default=None, description="Ort; sonst der, den die Datei nennt")
    kind: DocumentKind | None = Field(default=None, description="Art des Dokuments")
    source: str | None = Field(default=None, description="Woher es stammt")
    release: bool = Field(default=False, description="Sofort freigeben, ohne Durchsicht")

    @property
    def facts(self) -> dict[str, object]:
        """What every order has, for another one that grows from it."""
        return {name: getattr(self, name) for name in DocumentOrder.model_fields}

    @property
    def label(self) -> str:
        """What people call it before it has a record: the public address, or the upload."""
        return self.url or self.file_name or self.upload or ""

    def laid_over(self, guessed: DocumentDetails) -> DocumentDetails:
        """What the file tells, and over it what people said."""
        said = {name: getattr(self, name) for name in ("title", "municipality", "kind", "source")}
        return guessed.model_copy(update={name: value for name, value in said.items() if value})
