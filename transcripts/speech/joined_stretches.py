"""Joins the words of stretches that a recogniser heard apart, each without knowing the one before it."""

from collections.abc import Iterable, Sequence

from transcripts.model import Word
from transcripts.speech.sentences import CLOSING_MARKS, OPENING_MARKS, is_bound_by_full_stop


def joined(stretches: Iterable[Sequence[Word]]) -> list[Word]:
    """All words in a row. Where a sentence had ended, the next stretch begins with a capital.

    The recogniser cannot know that: it hears the middle of a meeting as if it were
    the middle of a sentence. No other letter is changed.
    """
    words: list[Word] = []
    for stretch in stretches:
        if stretch and words and _ends_sentence(words[-1].text):
            stretch = (_with_capital(stretch[0]), *stretch[1:])
        words += stretch
    return words


def with_capital_at_the_start(words: Sequence[Word]) -> list[Word]:
    """The words of a whole recording: the first begins a sentence, whatever was said before the recording."""
    return [_with_capital(word) if index == 0 else word for index, word in enumerate(words)]


def _ends_sentence(text: str) -> bool:
    core = text.rstrip(CLOSING_MARKS)
    return core.endswith(("?", "!")) or (core.endswith(".") and not is_bound_by_full_stop(core))


def _with_capital(word: Word) -> Word:
    """The word with its first letter as a capital; words like "iPhone" keep theirs."""
    core = word.text.lstrip(OPENING_MARKS)
    if not core[:1].islower() or not core.rstrip(CLOSING_MARKS + ".,;:?!").islower():
        return word
    marks = word.text[: len(word.text) - len(core)]
    return word.model_copy(update={"text": marks + core[0].upper() + core[1:]})
