"""What was found by words and by meaning, in one list."""

from datetime import date

from bench.rank_fusion import fused
from transcripts.search.passages import Place
from transcripts.search.search_answer import Answer, FoundRecord, Passage


def found(*names: str, text: str = "Wort") -> tuple[FoundRecord, ...]:
    return tuple(
        FoundRecord(name, name, date(2026, 11, 29), 60.0, (Passage(Place.SPEECH, 0.0, text, ()),), ())
        for name in names
    )


def ids(answer: Answer) -> list[str]:
    return [each.id for each in answer.records]


def test_records_with_all_words_stand_in_front_whatever_is_near_in_meaning() -> None:
    by_words = Answer(found("a", "b"), 2)
    assert ids(fused(by_words, found("c", "b", "d"), 10)) == ["a", "b", "c", "d"]
    assert ids(fused(by_words, found("c", "b", "d"), 3)) == ["a", "b", "c"]


def test_where_some_words_are_missing_both_lists_count_alike() -> None:
    by_words = Answer(found("a", "b", "c"), 3, has_all_words=False)
    assert ids(fused(by_words, found("c", "d"), 10)) == ["c", "a", "b", "d"]


def test_a_word_taken_instead_of_a_mistyped_one_is_not_exact() -> None:
    by_words = Answer(found("a"), 1, corrections=("wort",))
    assert ids(fused(by_words, found("b", "a"), 10)) == ["a", "b"]


def test_of_a_record_in_both_lists_the_passage_of_the_better_rank_is_shown() -> None:
    by_words = Answer(found("a", "b"), 2, has_all_words=False)
    answer = fused(by_words, found("b", text="Sinn"), 10)
    assert [each.passages[0].text for each in answer.records] == ["Sinn", "Wort"]


def test_nothing_near_leaves_the_answer_as_it_is() -> None:
    by_words = Answer(found("a", "b"), 34, is_counted=False)
    assert fused(by_words, (), 10) == by_words
