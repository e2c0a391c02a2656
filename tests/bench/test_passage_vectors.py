"""Vectors of passages beside the index, with a made-up encoder: a dimension for each letter."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from bench.meaning_search import near_records
from bench.passage_vectors import Vectors, nearest, update_vectors
from tests.sample_documents import COUNCIL_PAPER, MODEL_MOTION, council_paper, model_motion
from tests.tasks.search.library import Library, meeting
from tests.tasks.search.test_document_search import searchable
from transcripts.search.passages import Spot
from transcripts.search.search_choice import Choice, Medium

TALK = "2026-11-19-treffen"
DOOR = "• Wer nicht antwortet, wird an der Haustür aufgesucht."


class Letters:
    """Counts letters, and how many texts it was given."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.count += len(texts)
        counts = np.array(
            [[text.lower().count(chr(97 + at)) for at in range(26)] for text in texts], np.float32
        )
        norms: Vectors = counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)
        return norms

    def of(self, text: str) -> Vectors:
        found: Vectors = self([text])[0]
        return found


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "search.sqlite")
    yield opened
    opened.database.close()


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def vectors(library: Library, letters: Letters, tmp_path: Path) -> Path:
    library.add(meeting(TALK, *(f"Hier wird Satz Nummer {number} gesagt, xylophon." for number in range(9))))
    library.add(searchable(model_motion()), searchable(council_paper()))
    path = tmp_path / "vectors.npy"
    update_vectors(path, library.database, letters)
    return path


def test_the_same_text_is_nearest_to_itself(library: Library, letters: Letters, vectors: Path) -> None:
    best = nearest(vectors, letters.of(DOOR), 3)
    assert best[0].nearness == pytest.approx(1.0, abs=0.02)
    assert [each.nearness for each in best] == sorted((each.nearness for each in best), reverse=True)
    (found, *_) = near_records(library.database, vectors, letters.of(DOOR), 2)
    assert (found.id, found.passages[0].text) == (MODEL_MOTION, DOOR)
    assert found.passages[0].spot == Spot(2, "p0005")


def test_what_is_said_is_found_by_the_second_of_its_four_sentences(
    library: Library, letters: Letters, vectors: Path
) -> None:
    said = " ".join(f"Hier wird Satz Nummer {number} gesagt, xylophon." for number in range(4))
    (found,) = near_records(library.database, vectors, letters.of(said), 1)
    assert found.id == TALK
    assert found.passages[0].spot is None
    assert found.passages[0].start_seconds in (0.0, 30.0, 70.0)


def test_a_choice_leaves_others_out(library: Library, letters: Letters, vectors: Path) -> None:
    asked = letters.of(DOOR)
    choice = Choice(Medium.RECORDING)
    assert [each.id for each in near_records(library.database, vectors, asked, 9, choice)] == [TALK]
    assert len(near_records(library.database, vectors, asked, 9)) == 3


def test_only_what_is_new_is_encoded_and_what_is_gone_goes(
    library: Library, letters: Letters, vectors: Path
) -> None:
    whole = letters.count
    assert update_vectors(vectors, library.database, letters) == 0
    assert letters.count == whole
    library.add(meeting("2026-12-01-neu", "Ein ganz neuer Satz kommt noch dazu."))
    assert update_vectors(vectors, library.database, letters) == 1
    library.drop(MODEL_MOTION)
    assert update_vectors(vectors, library.database, letters) == 0
    found = near_records(library.database, vectors, letters.of(DOOR), 9)
    assert {each.id for each in found} == {TALK, COUNCIL_PAPER, "2026-12-01-neu"}
    assert not list(vectors.parent.glob("*.new.npy"))


def test_a_file_that_is_not_up_to_date_names_nothing_that_is_gone(
    library: Library, letters: Letters, vectors: Path
) -> None:
    library.drop(MODEL_MOTION)
    found = near_records(library.database, vectors, letters.of(DOOR), 9)
    assert MODEL_MOTION not in {each.id for each in found}


def test_a_record_that_gets_the_number_of_another_is_not_taken_for_it(
    library: Library, letters: Letters, vectors: Path
) -> None:
    library.drop(COUNCIL_PAPER)
    library.add(meeting("2026-12-01-neu", "Etwas ganz anderes wird hier besprochen."))
    asked = letters.of("Die Verwaltung wird mit der Ziehung von 1.200 Adressen beauftragt.")
    assert "2026-12-01-neu" not in {each.id for each in near_records(library.database, vectors, asked, 9)}
    assert update_vectors(vectors, library.database, letters) == 1
    assert "2026-12-01-neu" in {each.id for each in near_records(library.database, vectors, asked, 9)}
