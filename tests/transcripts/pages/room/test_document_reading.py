"""The page of a document as it is sent, before any script runs."""

import re
from dataclasses import replace
from html import unescape

from tests.archive_records import WRITER
from tests.sample_documents import MODEL_MOTION, SampleDocument, model_motion, sample_document
from transcripts.archive import layout
from transcripts.archive.manifest import Manifest, describe_bytes
from transcripts.documents.document_record import DocumentDetails
from transcripts.pages.room.assets import assets
from transcripts.pages.room.document_reading import DocumentReading, document_reading
from transcripts.pages.room.room_pages import Site, render_document
from transcripts.search.passages import Place, Spot
from transcripts.search.search_answer import Mark, Passage

SITE = Site("Netzwerk Bürgerräte", "https://lesen.example.org")
NAMES = (
    layout.DOCUMENT_PDF,
    layout.DOCUMENT_PLAIN_TEXT,
    layout.original_name("Vorlage.docx"),
    layout.cleaned_name(layout.original_name("Vorlage.docx")),
    layout.PERSONAL_DATA,
    layout.page_image_name(1),
    layout.page_image_name(2),
)
MOST_SCRIPT_BYTES = 40_000
MOST_OWN_BYTES = 6_000


def reading(sample: SampleDocument, names: tuple[str, ...] = NAMES) -> DocumentReading:
    manifest = Manifest(objects=tuple(describe_bytes(name, b"", WRITER) for name in names))
    return document_reading(sample.record, sample.text, manifest)


def html_of(page: DocumentReading) -> str:
    return render_document(SITE, page)


def found_in(text: str, word: str, spot: Spot) -> Passage:
    start = text.index(word)
    return Passage(Place.PARAGRAPH, 0.0, text, (Mark(start, start + len(word)),), spot)


def test_every_paragraph_stands_under_its_address_which_is_linked() -> None:
    html = html_of(reading(model_motion()))
    for paragraph in model_motion().text.paragraphs:
        found = re.search(rf'<(\w+) id="{paragraph.id}"[^>]*>(.*?) <a class="here" href="#(\w+)"', html)
        assert found
        assert unescape(found[2]) == paragraph.text
        assert found[3] == paragraph.id


def test_no_id_is_given_twice_and_every_link_within_the_page_leads_somewhere() -> None:
    html = html_of(reading(model_motion()))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_headings_are_never_more_than_one_level_below_the_last() -> None:
    levels = ((3, "Tief"), (0, "Text"), (6, "Tiefer"), (1, "Oben"), (5, "Und wieder"))
    page = reading(sample_document(MODEL_MOTION, DocumentDetails(title="Sprünge"), (levels,)), ())
    assert [each.passages[0].tag for each in page.sheets[0].blocks] == ["h2", "p", "h3", "h2", "h3"]


def test_items_that_follow_one_another_are_one_list() -> None:
    html = html_of(reading(model_motion()))
    (items,) = re.findall(r"<ul>\s*(<li.*?)</ul>", html, re.S)
    assert items.count("<li") == 2
    assert "Haustür" in items


def test_what_was_found_is_marked_in_the_text_and_on_the_picture() -> None:
    text = "• Die Teilnehmenden werden aus dem Melderegister ausgelost."
    page = reading(model_motion()).with_finds([found_in(text, "Melderegister", Spot(2, "p0004"))])
    html = html_of(page)
    assert "aus dem <mark>Melderegister</mark> ausgelost" in html
    assert html.count("<rect ") == 1
    assert '<rect x="100" y="200" width="800" height="40"/>' in html
    assert "<rect" not in html_of(reading(model_motion()))


def test_a_paragraph_that_changed_since_it_was_indexed_is_shown_as_it_is_now() -> None:
    finds = [found_in("Früher stand hier Melderegister.", "Melderegister", Spot(2, "p0004"))]
    html = html_of(reading(model_motion()).with_finds(finds))
    assert "<mark>" not in html
    assert html.count("<rect ") == 1


def test_files_to_take_away_and_the_form_to_write_on_in() -> None:
    labels = [each.label for each in reading(model_motion()).downloads]
    assert labels == ["PDF", "Als Vorlage herunterladen (DOCX)", "Text (TXT)"]
    scanned = reading(model_motion(), (layout.original_name("scan.pdf"),))
    assert scanned.downloads == ()
    scanned = reading(model_motion(), (layout.cleaned_name(layout.original_name("scan.pdf")),))
    assert [each.label for each in scanned.downloads] == ["Datei herunterladen (PDF)"]
    shared = replace(
        model_motion(), record=model_motion().record.model_copy(update={"is_original_shared": True})
    )
    scanned = reading(shared, (layout.original_name("scan.pdf"),))
    assert [each.label for each in scanned.downloads] == ["Original herunterladen (PDF)"]


def test_of_a_document_with_black_bars_the_original_is_not_offered() -> None:
    sample = model_motion()
    barred = replace(sample, record=sample.record.model_copy(update={"is_barred": True}))
    html = html_of(reading(barred))
    assert layout.ORIGINAL not in html
    assert layout.CLEANED not in html
    assert "geschwärzt" in html


def test_what_was_read_from_pictures_says_so() -> None:
    sample = model_motion()
    pages = tuple(each.model_copy(update={"is_recognised": each.number == 2}) for each in sample.text.pages)
    html = html_of(reading(replace(sample, text=sample.text.model_copy(update={"pages": pages}))))
    assert "maschinell aus Bildern gelesen" in html
    assert html.count("(aus dem Bild gelesen)") == 1
    assert "maschinell" not in html_of(reading(sample))


def test_pictures_are_loaded_when_they_are_seen() -> None:
    html = html_of(reading(model_motion()))
    assert re.findall(r'<img src="([^"]+)" alt="([^"]+)"[^>]*loading="lazy"', html) == [
        ("pages/page-0001.webp", "Bild der Seite 1"),
        ("pages/page-0002.webp", "Bild der Seite 2"),
    ]


def test_markup_in_a_document_is_text() -> None:
    sample = sample_document(
        MODEL_MOTION, DocumentDetails(title="<b>"), (((0, "<script>alert(1)</script>"),),)
    )
    html = html_of(reading(sample, ()))
    assert "&lt;script&gt;alert(1)" in html
    assert re.findall(r"<script[^>]*>([^<]*)</script>", html) == [""]


def test_nothing_is_asked_of_a_policy_that_forbids_inline_styles_and_scripts() -> None:
    html = html_of(reading(model_motion()))
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", html)


def test_scripts_and_styles_of_its_page_together_stay_small() -> None:
    loaded = set(re.findall(r"/static/\w+/([\w.]+\.(?:css|js))", html_of(reading(model_motion()))))
    assert loaded == {"look.css", "room.css", "paper.css", "paper.js"}
    sizes = {name: len(assets()[name].content) for name in loaded}
    assert sum(sizes.values()) < MOST_SCRIPT_BYTES
    assert sizes["paper.css"] + sizes["paper.js"] < MOST_OWN_BYTES
