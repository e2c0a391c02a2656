"""What may be private is found, and what offices print on their letters is not."""

import pytest

from transcripts.documents.document_text import DocumentText, PageText, Paragraph
from transcripts.documents.personal_data import findings_in
from transcripts.documents.personal_finding import PersonalDataKind


def found_in(text: str) -> list[tuple[str, str]]:
    document = DocumentText(pages=(PageText(number=1, paragraphs=(Paragraph(id="p0001", text=text),)),))
    return [(each.kind, text[each.start : each.end]) for each in findings_in(document)]


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("Rückfragen an erika.muster@example.org bitte", PersonalDataKind.MAIL, "erika.muster@example.org"),
        ("Telefon: 0711 / 123 45-67", PersonalDataKind.PHONE, "0711 / 123 45-67"),
        ("mobil +49 170 1234567 bis abends", PersonalDataKind.PHONE, "+49 170 1234567"),
        ("Tel. (030) 123456", PersonalDataKind.PHONE, "(030) 123456"),
        ("Lindenstraße 12 a, 70173 Ulm", PersonalDataKind.STREET_ADDRESS, "Lindenstraße 12 a, 70173 Ulm"),
        ("wohnt Am Mühlbach 7", PersonalDataKind.STREET_ADDRESS, "Am Mühlbach 7"),
        ("gez. Dr. Erika Muster", PersonalDataKind.SIGNATURE, "Dr. Erika Muster"),
        ("Konto DE89 3704 0044 0532 0130 00 bei", PersonalDataKind.IBAN, "DE89 3704 0044 0532 0130 00"),
        ("Max, geb. am 3. März 1978, ist", PersonalDataKind.BIRTH_DATE, "3. März 1978"),
        ("geboren 03.04.1978", PersonalDataKind.BIRTH_DATE, "03.04.1978"),
    ],
)  # fmt: skip
def test_it_is_found_with_its_place(text: str, kind: str, what: str) -> None:
    assert found_in(text) == [(kind, what)]


@pytest.mark.parametrize(
    "text",
    [
        "Beschlussvorlage 0123/2025 vom 14.03.2025",
        "Anfragen an buergerrat@musterhausen.de oder info@example.org",
        "Ort: Rathaus, Marktplatz 1, Musterhausen",
        "Kosten: 12.400 Euro, davon 0,5 Prozent in 2025 und 2026",
        "DE89 3704 0044 0532 0130 01 hat eine falsche Prüfziffer",
        "Am 12. März 2025 um 19 Uhr",
    ],
)
def test_what_is_not_private_is_passed_over(text: str) -> None:
    assert found_in(text) == []


def test_findings_do_not_overlap() -> None:
    text = "gez. Erika Muster, erika.muster@example.org, Tel. 0711 1234567"
    kinds = [kind for kind, _ in found_in(text)]
    assert kinds == [PersonalDataKind.SIGNATURE, PersonalDataKind.MAIL, PersonalDataKind.PHONE]
