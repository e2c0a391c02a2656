"""The words' times survive the way into the page and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.model import Segment, Word
from transcripts.pages.room.word_timing import TimedWord, encoded_times, timed_words


def decoded(times: str) -> list[tuple[float, bool]]:
    """What the page's script makes of it."""
    hundredths, words = 0, []
    for step in times.split():
        hundredths += int(step.rstrip("?"), 36)
        words.append((hundredths / 100, step.endswith("?")))
    return words


def sentence(text: str, *words: Word) -> Segment:
    return Segment(start_seconds=10.0, end_seconds=14.0, text=text, words=words)


@given(st.lists(st.floats(0, 30_000), max_size=50), st.booleans())
def test_every_word_comes_back_at_its_hundredth(starts: list[float], is_unsure: bool) -> None:
    words = [TimedWord(start, is_unsure) for start in sorted(starts)]
    wanted = [(round(100 * word.start_seconds) / 100, is_unsure) for word in words]
    assert decoded(encoded_times(words)) == wanted


def test_a_word_that_begins_before_the_one_before_it_begins_with_it() -> None:
    assert decoded(encoded_times([TimedWord(5.0), TimedWord(4.0), TimedWord(6.0)])) == [
        (5.0, False),
        (5.0, False),
        (6.0, False),
    ]


def test_recognised_words_keep_their_times_and_doubts() -> None:
    words = timed_words(
        sentence(
            "Guten Abend.",
            Word(text=" Guten", start_seconds=10.2, end_seconds=10.6, probability=0.9),
            Word(text=" Abend.", start_seconds=11.5, end_seconds=12.0, probability=0.3),
        )
    )
    assert words == (TimedWord(10.2), TimedWord(11.5, is_unsure=True))


def test_a_recognised_word_with_a_space_in_it_is_two_words_of_the_text() -> None:
    words = timed_words(
        sentence(
            "9 000 Menschen",
            Word(text="9 000", start_seconds=10, end_seconds=12),
            Word(text="Menschen", start_seconds=13, end_seconds=14),
        )
    )
    assert [word.start_seconds for word in words] == [10.0, 10.5, 13.0]


@pytest.mark.parametrize("words", [(), (Word(text="Gudn", start_seconds=13.0, end_seconds=13.1),)])
def test_a_text_that_is_not_what_was_recognised_shares_its_time_by_letters(words: tuple[Word, ...]) -> None:
    assert [word.start_seconds for word in timed_words(sentence("abc abcde", *words))] == [10.0, 11.5]
