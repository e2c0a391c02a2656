"""Words never lie in silence, and the mending keeps every word and its order."""

import pytest

from transcripts.model import Word
from transcripts.speech.windows import SpeechSpan
from transcripts.speech.word_times import within_speech

SPANS = (SpeechSpan(1.0, 3.0), SpeechSpan(4.5, 6.0))


def word(start: float, end: float, text: str = "Guten") -> Word:
    return Word(text=text, start_seconds=start, end_seconds=end)


@pytest.mark.parametrize(
    ("start", "end", "mended_start", "mended_end"),
    [
        pytest.param(0.6, 1.4, 1.0, 1.4, id="begins before anyone speaks"),
        pytest.param(4.1, 4.9, 4.5, 4.9, id="begins in the pause"),
        pytest.param(2.9, 4.7, 4.5, 4.7, id="reaches back over the pause"),
        pytest.param(2.5, 3.4, 2.5, 3.0, id="ends in the pause"),
        pytest.param(2.4, 4.6, 2.4, 3.0, id="reaches forward over the pause"),
        pytest.param(1.5, 2.0, 1.5, 2.0, id="lies within speech"),
    ],
)
def test_a_word_is_clipped_to_the_speech_it_lies_in(
    start: float, end: float, mended_start: float, mended_end: float
) -> None:
    (mended,) = within_speech([word(start, end)], SPANS)
    assert (mended.start_seconds, mended.end_seconds) == (mended_start, mended_end)


def test_no_word_is_lost_and_none_overtakes_another() -> None:
    words = [word(2.0, 2.6, "a"), word(2.6, 4.8, "b"), word(4.2, 4.4, "c"), word(4.4, 5.0, "d")]
    mended = within_speech(words, SPANS)
    assert [each.text for each in mended] == ["a", "b", "c", "d"]
    starts = [each.start_seconds for each in mended]
    assert starts == sorted(starts)
    assert all(each.end_seconds > each.start_seconds for each in mended)
