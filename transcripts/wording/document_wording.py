"""What is said of documents in German: their kinds, countries and stages, and their facts in a line."""

from collections.abc import Iterator

from transcripts.documents.document_record import Country, DocumentDetails, DocumentKind, DocumentStage

KINDS = {
    DocumentKind.COUNCIL_PAPER: "Ratsvorlage",
    DocumentKind.MOTION: "Antrag",
    DocumentKind.MODEL_MOTION: "Musterantrag",
    DocumentKind.TENDER: "Ausschreibung",
    DocumentKind.CONTRACT: "Vertrag",
    DocumentKind.LETTER: "Brief",
    DocumentKind.REPORT: "Bericht",
    DocumentKind.RECOMMENDATIONS: "Empfehlungen",
    DocumentKind.CONCEPT: "Konzept",
    DocumentKind.BUDGET: "Kostenplan",
    DocumentKind.SLIDES: "Folien",
    DocumentKind.MINUTES: "Protokoll",
    DocumentKind.LEAFLET: "Faltblatt",
    DocumentKind.OTHER: "Sonstiges",
}
COUNTRIES = {
    Country.GERMANY: "Deutschland",
    Country.AUSTRIA: "Österreich",
    Country.SWITZERLAND: "Schweiz",
}
STAGES = {DocumentStage.PROPOSED: "vorgeschlagen", DocumentStage.RELEASED: "freigegeben"}


def format_pages(count: int) -> str:
    """How many pages: "1 Seite", "12 Seiten"."""
    return "1 Seite" if count == 1 else f"{count} Seiten"


def page_name(number: int) -> str:
    """A page as answers name it: "S. 3"; nothing for text without pages."""
    return f"S. {number}" if number else ""


def document_facts(details: DocumentDetails, page_count: int = 0) -> tuple[str, ...]:
    """What is known, shortest first: `("Musterantrag", "Herrenberg", "2026", "12 Seiten")`."""
    return tuple(_facts(details, page_count))


def _facts(details: DocumentDetails, page_count: int) -> Iterator[str]:
    if details.kind is not None:
        yield KINDS[details.kind]
    if details.municipality:
        yield details.municipality
    if details.country is not None:
        yield COUNTRIES[details.country]
    if details.year is not None:
        yield str(details.year)
    if page_count:
        yield format_pages(page_count)
