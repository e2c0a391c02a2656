"""What is like a passage, and where documents are talked of."""

import pytest

from tasks.search.document_mentions import mentions_of
from tasks.search.similar_passages import similar_passages
from tests.sample_documents import COUNCIL_PAPER, MODEL_MOTION, council_paper, model_motion
from tests.tasks.search.library import Library, meeting
from tests.tasks.search.test_document_search import searchable
from transcripts.search.passages import Spot

DOOR = "2026-11-19-haustuer"
OTHER = "2026-10-01-anderes"


@pytest.fixture
def mixed(library: Library) -> Library:
    """Two documents, a meeting that speaks of the same, and one that does not."""
    library.add(
        meeting(
            DOOR,
            "Guten Abend.",
            "Wir haben an der Haustür aufgesucht, wer nicht antwortet.",
            "Der Musterantrag zum Bürgerrat Klimaschutz liegt vor.",
        ),
        meeting(OTHER, "Das Haus der Gemeinde wird gestrichen.", "Der Antrag wurde vertagt."),
        searchable(model_motion()),
        searchable(council_paper()),
    )
    return library


def test_a_paragraph_leads_to_the_sentence_that_shares_its_rare_words(mixed: Library) -> None:
    similar = similar_passages(mixed.database, MODEL_MOTION, "p0005")
    assert similar is not None
    assert "Haustür" in similar.text
    assert [each.id for each in similar.records] == [DOOR]
    assert "Haustür" in similar.records[0].passages[0].text


def test_a_sentence_leads_to_the_paragraph(mixed: Library) -> None:
    similar = similar_passages(mixed.database, DOOR, "14.5")
    assert similar is not None
    assert similar.records[0].id == MODEL_MOTION
    assert similar.records[0].passages[0].spot == Spot(2, "p0005")


def test_one_shared_word_is_not_alike(mixed: Library) -> None:
    similar = similar_passages(mixed.database, OTHER, "10")
    assert similar is not None
    assert similar.records == ()


@pytest.mark.parametrize("where", ["p0099", "p0001"])
def test_a_place_that_is_not_there_has_nothing_like_it(mixed: Library, where: str) -> None:
    assert similar_passages(mixed.database, DOOR, where) is None
    assert similar_passages(mixed.database, "documents/anderes", where) is None


def test_a_title_that_is_said_is_a_mention(mixed: Library) -> None:
    found = mentions_of(
        mixed.database, {MODEL_MOTION: model_motion().record.details.title, COUNCIL_PAPER: "x"}
    )
    (mention,) = found[MODEL_MOTION]
    assert (mention.recording_id, mention.start_seconds) == (DOOR, 20.0)
    assert found[COUNCIL_PAPER] == ()


def test_words_of_a_title_that_are_said_apart_are_none(mixed: Library) -> None:
    title = "Haustür Guten Abend Klimaschutz"
    assert mentions_of(mixed.database, {MODEL_MOTION: title})[MODEL_MOTION] == ()


def test_the_address_of_a_document_is_a_mention(mixed: Library) -> None:
    address = f"https://lesen.example.org/{COUNCIL_PAPER}/"
    mixed.add(meeting("2026-12-01-link", "Hallo.", f"Siehe {address} zum Nachlesen."))
    found = mentions_of(mixed.database, {COUNCIL_PAPER: "Vorlage"})
    assert [each.recording_id for each in found[COUNCIL_PAPER]] == ["2026-12-01-link"]
