"""Documents beside recordings: one index, one list, and where on which page an answer stands."""

from dataclasses import replace
from datetime import date

import pytest

from tasks.search.index_tables import paragraph_id, paragraph_number
from tasks.search.searching import search
from tests.sample_documents import COUNCIL_PAPER, MODEL_MOTION, SampleDocument, council_paper, model_motion
from tests.tasks.search.library import Library, meeting
from transcripts.search.document_passages import searchable_document
from transcripts.search.passages import Facets, Place, SearchableRecord, Spot
from transcripts.search.search_answer import Answer
from transcripts.search.search_choice import Choice, Medium

TALK = "2024-05-01-treffen"


def searchable(document: SampleDocument) -> SearchableRecord:
    return searchable_document(document.record, document.text, "1")


@pytest.fixture
def mixed(library: Library) -> Library:
    """Two documents and a meeting that speaks of the same."""
    talk = meeting(TALK, "Wir haben im Melderegister gelost.", "Danach kam der Klimaschutz.")
    library.add(
        replace(talk, recorded_on=date(2024, 5, 1), facets=Facets(year=2024)),
        searchable(model_motion()),
        searchable(council_paper()),
    )
    return library


def chosen(library: Library, query: str, choice: Choice) -> list[str]:
    answer = search(library.database, query, choice=choice)
    assert answer.record_count == len(answer.records)
    return [each.id for each in answer.records]


def answered(library: Library, query: str) -> Answer:
    return search(library.database, query)


def test_one_question_finds_the_sentence_and_the_paragraph(mixed: Library) -> None:
    answer = answered(mixed, "Melderegister")
    assert {each.id for each in answer.records} == {TALK, MODEL_MOTION}
    by_id = {each.id: each.passages[0] for each in answer.records}
    assert by_id[TALK].spot is None
    assert by_id[TALK].place is Place.SPEECH
    assert by_id[MODEL_MOTION].spot == Spot(2, "p0004")
    assert by_id[MODEL_MOTION].text == "• Die Teilnehmenden werden aus dem Melderegister ausgelost."


@pytest.mark.parametrize(
    "query",
    [
        "Haustuer",  # spelt without its umlaut
        "Aufwandsentschädigung",  # inflected there
        "Entschädigung",  # a part of a compound
        '"aus dem Melderegister"',
        "Aufwandsentschädigugnen",  # a slip
        "Aufwand*",
    ],
)
def test_the_same_german_as_in_recordings(mixed: Library, query: str) -> None:
    assert MODEL_MOTION in mixed.ids(query)


@pytest.mark.parametrize("query", ["Lindenau", "2024", "Musterantrag", "Begründung", "Klima"])
def test_title_headings_and_details_are_found(mixed: Library, query: str) -> None:
    assert mixed.ids(query)[0] == MODEL_MOTION


def test_a_heading_counts_more_than_a_mention(library: Library) -> None:
    library.add(meeting(TALK, "Die Begründung war kurz.", "Dann war Pause."))
    library.add(searchable(model_motion()))
    assert library.ids("Begründung") == [MODEL_MOTION, TALK]


def test_recordings_or_documents_alone(mixed: Library) -> None:
    assert chosen(mixed, "Melderegister", Choice(medium=Medium.RECORDING)) == [TALK]
    assert chosen(mixed, "Melderegister", Choice(medium=Medium.DOCUMENT)) == [MODEL_MOTION]


def test_kind_place_and_year_narrow(mixed: Library) -> None:
    assert set(chosen(mixed, "Losverfahren", Choice())) == {MODEL_MOTION, COUNCIL_PAPER}
    assert chosen(mixed, "Losverfahren", Choice(kind="council_paper")) == [COUNCIL_PAPER]
    assert chosen(mixed, "Losverfahren", Choice(municipality="Lindenau an der Aue")) == [MODEL_MOTION]
    assert chosen(mixed, "Losverfahren", Choice(year=2021)) == [COUNCIL_PAPER]
    assert set(chosen(mixed, "Klimaschutz", Choice(year=2024))) == {TALK, MODEL_MOTION}
    assert chosen(mixed, "Losverfahren", Choice(kind="council_paper", year=2024)) == []


def test_a_document_alone_is_searched(mixed: Library) -> None:
    assert chosen(mixed, "Losverfahren", Choice(record_id=COUNCIL_PAPER)) == [COUNCIL_PAPER]


def test_all_passages_are_counted(mixed: Library) -> None:
    (found,) = search(mixed.database, "ausgelost Haustür Euro", passages=1).records
    assert len(found.passages) == 1
    assert found.hit_count == 3
    assert found.hit_seconds == ()
    assert found.facets == Facets(2024, "model_motion", "Lindenau an der Aue")


def test_documents_beside_them_leave_the_answers_from_recordings_as_they_are(mixed: Library) -> None:
    alone = [each for each in answered(mixed, "Melderegister").records if each.id == TALK]
    mixed.drop(MODEL_MOTION, COUNCIL_PAPER)
    assert list(answered(mixed, "Melderegister").records) == alone
    assert mixed.ids("Aufwandsentschädigung") == []


def test_text_without_pages_names_none(library: Library) -> None:
    paper = council_paper()
    (page,) = paper.text.pages
    flowing = page.model_copy(update={"width_points": None, "height_points": None})
    library.add(searchable(replace(paper, text=paper.text.model_copy(update={"pages": (flowing,)}))))
    assert answered(library, "Ziehung").records[0].passages[0].spot == Spot(0, "p0002")


@pytest.mark.parametrize("name", ["p0000", "p0007", "p9999", "p10000", "p00010", "p9999999"])
def test_the_id_of_a_paragraph_survives_the_index(name: str) -> None:
    assert paragraph_id(paragraph_number(name)) == name
