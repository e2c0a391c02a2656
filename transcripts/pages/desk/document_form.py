"""The form for a document's details: what was typed, what it means, what is wrong with which field. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from transcripts.documents.document_record import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    Country,
    DocumentDetails,
    DocumentKind,
)
from transcripts.wording.document_wording import COUNTRIES, KINDS

LONGEST = {"title": 300, "municipality": 200, "year": 4, "licence": 200, "source": 2_000, "language": 35}
LANGUAGES = {"de": "Deutsch", "fr": "Französisch", "it": "Italienisch", "en": "Englisch", "und": "andere"}
CHOICES = {
    "kind": {"": "nicht bekannt", **{kind.value: word for kind, word in KINDS.items()}},
    "country": {"": "nicht bekannt", **{country.value: word for country, word in COUNTRIES.items()}},
}


@dataclass(frozen=True, slots=True)
class TypedDetails:
    """What stands in the fields, as it was typed or is known."""

    title: str = ""
    municipality: str = ""
    country: str = ""
    year: str = ""
    kind: str = ""
    licence: str = ""
    source: str = ""
    language: str = "de"

    @classmethod
    def like(cls, details: DocumentDetails) -> "TypedDetails":
        """What is known."""
        return cls(
            title=details.title,
            municipality=details.municipality,
            country=details.country.value if details.country else "",
            year=str(details.year or ""),
            kind=details.kind.value if details.kind else "",
            licence=details.licence,
            source=details.source,
            language=details.language,
        )

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "TypedDetails":
        """From the fields of a form; spaces mean nothing more than one does."""
        names = cls.__dataclass_fields__
        return cls(**{name: " ".join(fields[name].split()) for name in names if name in fields})


@dataclass(frozen=True, slots=True)
class ReadDetails:
    """What was typed, understood; or `complaints` by field, in German."""

    details: DocumentDetails | None = None
    complaints: Mapping[str, str] = field(default_factory=dict)


def read_details(typed: TypedDetails, before: DocumentDetails) -> ReadDetails:
    """The details as they are to be; what the form does not show stays as it was `before`."""
    complaints = {
        name: f"Das ist zu lang; höchstens {longest} Zeichen haben Platz."
        for name, longest in LONGEST.items()
        if len(getattr(typed, name)) > longest
    }
    if not typed.title:
        complaints["title"] = "Ein Titel gehört dazu: Unter ihm wird das Dokument gefunden."
    year = _year(typed.year)
    if typed.year and year is None:
        complaints["year"] = "Bitte als Jahr mit vier Ziffern schreiben, zum Beispiel 2025."
    for name, choices in CHOICES.items():
        if getattr(typed, name) not in choices:
            complaints[name] = "Bitte etwas aus der Liste wählen."
    if complaints:
        return ReadDetails(complaints=complaints)
    known = {
        "title": typed.title,
        "municipality": typed.municipality,
        "country": Country(typed.country) if typed.country else None,
        "year": year,
        "kind": DocumentKind(typed.kind) if typed.kind else None,
        "licence": typed.licence,
        "source": typed.source,
        "language": typed.language or "und",
    }
    return ReadDetails(details=before.model_copy(update=known))


def _year(text: str) -> int | None:
    is_year = len(text) == 4 and text.isascii() and text.isdecimal()
    return int(text) if is_year and EARLIEST_YEAR <= int(text) <= LATEST_YEAR else None
