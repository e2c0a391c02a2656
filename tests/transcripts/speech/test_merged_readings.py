"""Two readings of one speech: what both say stays, and the surer words win where they differ."""

from transcripts.model import Word
from transcripts.speech.merged_readings import surer


def reading(text: str, **probabilities: float) -> list[Word]:
    """Words half a second apart; as probable as named, else quite."""
    return [
        Word(
            text=word,
            start_seconds=at / 2,
            end_seconds=at / 2 + 0.4,
            probability=probabilities.get(word.strip(".,"), 0.8),
        )
        for at, word in enumerate(text.split())
    ]


def text_of(words: list[Word]) -> str:
    return " ".join(word.text for word in words)


def test_where_both_agree_the_first_readings_marks_and_capitals_stay() -> None:
    assert text_of(surer(reading("Guten Abend, alle."), reading("guten abend alle"))) == "Guten Abend, alle."


def test_words_that_are_hardly_surer_do_not_win() -> None:
    first, second = reading("Der Saal.", Saal=0.6), reading("Der Kaal.", Kaal=0.65)
    assert text_of(surer(first, second)) == "Der Saal."
    assert text_of(surer(first, reading("Der Kaal.", Kaal=0.75))) == "Der Kaal."


def test_the_surer_words_win_whichever_reading_has_them() -> None:
    first = reading("Der Bürger Rat tagt im Kaal.", Bürger=0.3, Rat=0.3, Kaal=0.2)
    second = reading("Der Bürgerrat sagt im Saal.", Bürgerrat=0.9, sagt=0.4, Saal=0.7)
    assert text_of(surer(first, second)) == "Der Bürgerrat sagt im Saal."
    assert text_of(surer(first, reading("Der Bürgerrad tagt im Saal", Bürgerrad=0.2, Saal=0.1))) == (
        "Der Bürger Rat tagt im Kaal."
    )


def test_words_that_only_one_reading_has_stay_when_they_are_likelier_than_not() -> None:
    short, long = reading("Wir losen aus."), reading("Wir losen heute aus.", heute=0.6)
    assert text_of(surer(short, long)) == text_of(surer(long, short)) == "Wir losen heute aus."
    unlikely = reading("Wir losen heute aus.", heute=0.4)
    assert text_of(surer(short, unlikely)) == text_of(surer(unlikely, short)) == "Wir losen aus."


def test_nothing_heard_by_either_is_nothing() -> None:
    assert surer([], []) == []
