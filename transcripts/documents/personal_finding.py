"""A place in a document's text that may say something of a private person."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from transcripts.model import StoredModel


class PersonalDataKind(StrEnum):
    """What it is."""

    PHONE = "phone"
    MAIL = "mail"
    STREET_ADDRESS = "street_address"
    SIGNATURE = "signature"
    IBAN = "iban"
    BIRTH_DATE = "birth_date"


class Finding(StoredModel):
    """Characters `start` to `end` (half-open) of a paragraph's text. Says where, and repeats nothing."""

    paragraph_id: Annotated[str, Field(max_length=100, pattern=r"^p\d{4,7}$")]
    kind: PersonalDataKind
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _is_ordered(self) -> "Finding":
        if self.end <= self.start:
            raise ValueError("das Ende liegt nicht hinter dem Anfang")
        return self
