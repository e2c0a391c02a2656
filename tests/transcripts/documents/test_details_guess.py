"""What a document is, is guessed from what its file and its first page say."""

import pytest

from transcripts.documents.details_guess import FileFacts, guessed_details
from transcripts.documents.document_record import Country, DocumentKind
from transcripts.documents.document_text import DocumentText, PageText, Paragraph


def document(*texts: str, heading: str = "") -> DocumentText:
    paragraphs = [Paragraph(id="p0001", text=heading, heading=1)] if heading else []
    paragraphs += [Paragraph(id=f"p{number:04}", text=text) for number, text in enumerate(texts, start=2)]
    return DocumentText(pages=(PageText(number=1, paragraphs=tuple(paragraphs)),))


PAPER = document(
    "Stadt Musterhausen am See, den 14. März 2024",
    "Der Rat beauftragt die Verwaltung mit der Einberufung eines Bürgerrats und der Auswahl der Mitglieder, "
    "die aus dem Melderegister gelost werden. Nach der Gemeindeordnung ist das für die Stadt möglich.",
    heading="Beschlussvorlage: Bürgerrat Verkehr",
)


def test_a_council_paper_tells_nearly_all() -> None:
    guessed = guessed_details(PAPER, FileFacts(), "scan_0001.pdf")
    assert guessed.title == "Beschlussvorlage: Bürgerrat Verkehr"
    assert guessed.municipality.startswith("Musterhausen")
    assert (guessed.country, guessed.year, guessed.kind, guessed.language) == (
        Country.GERMANY,
        2024,
        DocumentKind.COUNCIL_PAPER,
        "de",
    )


@pytest.mark.parametrize("title", ["Microsoft Word - vorlage_neu.docx", "Unbenannt 1", "x", "plan.indd"])
def test_titles_that_programs_give_are_none(title: str) -> None:
    assert guessed_details(PAPER, FileFacts(title=title), "a.pdf").title.startswith("Beschlussvorlage")


def test_the_title_of_the_file_comes_first_and_its_name_last() -> None:
    assert guessed_details(PAPER, FileFacts(title="Bürgerrat 2023"), "a.pdf").title == "Bürgerrat 2023"
    assert (
        guessed_details(document(), FileFacts(), "Muster_Antrag-Bürgerrat.pdf").title
        == "Muster Antrag Bürgerrat"
    )
    assert guessed_details(document(), FileFacts(), "").title == "Ohne Titel"


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("Veröffentlicht unter CC BY-SA 4.0.", "CC BY-SA 4.0"),
        ("siehe https://creativecommons.org/licenses/by/4.0/deed.de", "CC BY 4.0"),
        ("CC0", "CC0"),
        ("Alle Rechte vorbehalten", ""),
    ],
)
def test_a_licence_is_read_from_the_text(text: str, licence: str) -> None:
    assert guessed_details(document(text), FileFacts(), "a.pdf").licence == licence


def test_another_language_is_known_by_its_commonest_words() -> None:
    text = "The report of the assembly is published for all of the members, and that is the end of the work."
    assert guessed_details(document(text), FileFacts(), "a.pdf").language == "en"


def test_a_model_motion_is_no_mere_motion_and_slides_are_known_by_their_name() -> None:
    model = document(heading="Musterantrag für einen Bürgerrat")
    assert guessed_details(model, FileFacts(), "a.pdf").kind is DocumentKind.MODEL_MOTION
    assert guessed_details(model, FileFacts(), "a.pptx").kind is DocumentKind.SLIDES
