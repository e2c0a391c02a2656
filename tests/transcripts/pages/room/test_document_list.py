"""The library of an archive that has grown."""

import re
from datetime import date, timedelta

from transcripts.pages.room.document_list import DOCUMENTS_A_PAGE, LibraryPage
from transcripts.pages.room.document_shelf import DocumentShelf, DocumentWish, ShelvedDocument
from transcripts.pages.room.room_pages import Site, render_library

KINDS = ("motion", "letter")
PLACES = ("Lindenau", "Hohenfeld", "")


def shelf(count: int) -> DocumentShelf:
    """Documents a week apart, newest first, of two kinds and two places; every third has no place."""
    return DocumentShelf(
        tuple(
            ShelvedDocument(
                id=f"documents/paper-{number}",
                title=f"Papier {number}",
                released_on=date(2026, 11, 19) - timedelta(weeks=number),
                revision="1",
                kind=KINDS[number % 2],
                municipality=PLACES[number % 3],
                year=2026 - number % 4,
                topics=("Klima",) if number % 2 else ("Klima", "Losen"),
            )
            for number in range(count)
        )
    )


def test_newest_come_first_and_older_ones_on_the_next_page() -> None:
    papers = shelf(DOCUMENTS_A_PAGE + 2)
    first, second = LibraryPage(papers), LibraryPage(papers, page=2)
    assert first.documents[0].id == "documents/paper-0"
    assert (first.newer_path, first.older_path) == (None, "/documents/?seite=2")
    assert [each.id for each in second.documents] == ["documents/paper-40", "documents/paper-41"]
    assert (second.newer_path, second.older_path) == ("/documents/", None)


def test_every_choice_is_a_link_with_the_count_that_it_leaves() -> None:
    page = LibraryPage(shelf(12), DocumentWish(kind="motion"))
    for each in page.filters:
        for link in each.links:
            assert link.count > 0
    places = next(each for each in page.filters if each.label == "Ort")
    assert [(link.label, link.count) for link in places.links] == [("Hohenfeld", 2), ("Lindenau", 2)]
    assert places.links[0].path == "/documents/?dokumentart=motion&ort=Hohenfeld"
    assert places.all_path is None
    kinds = next(each for each in page.filters if each.label == "Art")
    assert (kinds.chosen, kinds.all_path) == ("Antrag", "/documents/")
    years = next(each for each in page.filters if each.label == "Jahr")
    assert [link.label for link in years.links] == ["2026", "2024"]


def test_choices_add_up() -> None:
    page = LibraryPage(
        shelf(12), DocumentWish(kind="motion", municipality="Lindenau", year=2026, topic="Losen")
    )
    assert [each.id for each in page.documents] == ["documents/paper-0"]
    assert page.summary == "1 von 12 Dokumenten"


def test_links_of_the_page_lead_where_they_say() -> None:
    html = render_library(Site("Netzwerk"), LibraryPage(shelf(12), DocumentWish(topic="Losen")))
    assert 'href="/documents/?thema=Losen" aria-current="true">Losen (6)</a>' in html
    assert 'href="/documents/paper-0/">Papier 0</a>' in html
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", html)


def test_an_empty_library_says_so() -> None:
    assert "Noch kein Dokument." in render_library(Site(), LibraryPage(DocumentShelf()))
