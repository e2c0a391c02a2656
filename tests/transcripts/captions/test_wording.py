"""What people read about the captions of the source."""

from dataclasses import replace

import pytest

from tests.sample_record import sample_page, sample_recording
from transcripts.captions.choice import Outcome
from transcripts.captions.wording import captions_line
from transcripts.model import FROM_CAPTIONS, SourceCaptions, Transcript
from transcripts.pages.standalone_page import render_page


def captions(outcome: str) -> SourceCaptions:
    return SourceCaptions(language="de-AT", outcome=outcome, agreement=0.417, coverage=1, fullness=1)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.TAKEN, "stammt aus den Untertiteln der Quelle (Deutsch)"),
        (Outcome.DIFFER, "nur zu 42 %"),
        (Outcome.INCOMPLETE, "fehlt zu viel"),
    ],
)
def test_each_outcome_has_words(outcome: Outcome, words: str) -> None:
    assert words in captions_line(captions(outcome))


def test_there_are_none_without_captions_or_for_what_a_later_program_says() -> None:
    assert captions_line(None) == ""
    assert captions_line(captions("something new")) == ""


def test_documents_without_captions_are_as_they_were() -> None:
    assert "source_captions" not in sample_recording().to_json()
    assert "text_source" not in Transcript().to_json()


def test_the_page_says_where_its_text_is_from() -> None:
    page = sample_page()
    by_people = page.transcript.model_copy(update={"text_source": FROM_CAPTIONS})
    texts = [render_page(each) for each in (page, replace(page, transcript=by_people))]
    assert ["maschinell erstellt" in each for each in texts] == [True, False]
    assert ["aus den Untertiteln der Quelle übernommen" in each for each in texts] == [False, True]
