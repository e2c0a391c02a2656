"""The scores of the comparison of recognisers, on texts small enough to count by hand."""

import pytest

from bench.transcription.scoring import (
    AtGap,
    Mistakes,
    Spoken,
    at_gap,
    mistakes,
    plain,
    start_errors,
    words_between,
)

SAID = plain("Das Los entscheidet, wer im Bürgerrat sitzt und wer nicht.")


def words(*pairs: tuple[str, float]) -> list[Spoken]:
    return [Spoken(text, start, start + 0.3) for text, start in pairs]


def test_punctuation_and_capitals_do_not_count() -> None:
    assert plain("„Head-Mounted“ Displays, z. B.!") == ["head", "mounted", "displays", "z", "b"]
    assert mistakes(SAID, plain("das los ENTSCHEIDET wer im bürgerrat sitzt - und wer nicht")).error_rate == 0


def test_a_misheard_a_lost_and_an_invented_word_are_one_error_each() -> None:
    assert mistakes(SAID, plain("Das Los entscheidet wer am Bürgerrat sitzt und wer nicht")).error_rate == 0.1
    assert mistakes(SAID, plain("Das Los entscheidet wer Bürgerrat sitzt und wer nicht")).error_rate == 0.1
    assert mistakes(SAID, [*SAID, "danke"]).error_rate == 0.1


def test_only_three_words_or_more_in_a_row_are_lost_or_invented() -> None:
    assert mistakes(SAID, SAID[:4] + SAID[7:]) == Mistakes(0.3, lost=3, invented=0)
    assert mistakes(SAID, SAID[:4] + SAID[6:]) == Mistakes(0.2, lost=0, invented=0)
    assert mistakes(SAID, [*SAID, "vielen", "dank", "fürs", "zuschauen"]) == Mistakes(0.4, 0, invented=4)


def test_where_nothing_is_said_every_word_is_invented() -> None:
    assert mistakes([], plain("Untertitel der Amara.org-Community")).invented == 5
    assert mistakes([], []) == Mistakes(0.0, 0, 0)


def test_all_words_are_lost_when_none_is_found() -> None:
    assert mistakes(SAID, []) == Mistakes(1.0, lost=10, invented=0)


def test_words_in_a_gap_and_words_lost_around_it_are_counted() -> None:
    before, after = SAID[:5], SAID[5:]
    assert at_gap(before, after, SAID) == AtGap(0, 0)
    assert at_gap(before, after, [*before, "vielen", "dank", *after]) == AtGap(invented=2, lost=0)
    assert at_gap(before, after, [*before[:-1], *after[1:]]) == AtGap(invented=0, lost=2)


def test_words_far_from_the_gap_are_none_of_its_losses() -> None:
    assert at_gap(SAID[:5], SAID[5:], SAID[2:], reach=3) == AtGap(0, 0)
    assert at_gap(SAID[:5], SAID[5:], SAID[3:], reach=3) == AtGap(0, 1)


def test_a_word_lies_where_its_middle_is() -> None:
    assert words_between(words(("eins", 0.9), ("zwei", 2.0), ("drei", 2.9)), 1.0, 3.0) == 2


def test_start_times_are_compared_where_the_words_agree() -> None:
    turns = [Spoken("Guten Abend.", 1.0, 2.0), Spoken("Heute geht es um das Los.", 5.0, 8.0)]
    found = words(("Guten", 1.1), ("Abend.", 1.5), ("Heute", 5.7), ("geht", 6.0), ("es", 6.2))
    errors = start_errors(turns, found)
    assert (errors.turns, errors.missing, errors.near_share) == (2, 0, 0.5)
    assert errors.median_seconds == pytest.approx(0.4)
    assert errors.percentile_95_seconds == pytest.approx(0.67)


def test_a_first_word_that_is_not_found_is_missing_and_not_near() -> None:
    turns = [Spoken("Guten Abend.", 1.0, 2.0), Spoken("Heute geht es los.", 5.0, 8.0)]
    errors = start_errors(
        turns, words(("Guten", 1.0), ("Abend.", 1.5), ("geht", 5.5), ("es", 6.2), ("los.", 6.6))
    )
    assert (errors.missing, errors.near_share, errors.median_seconds) == (1, 0.5, 0.0)


def test_a_misheard_first_word_still_has_a_time() -> None:
    turns = [Spoken("Zuerst das Los.", 3.0, 4.0)]
    assert start_errors(turns, words(("Erst", 3.1), ("das", 3.4), ("Los.", 3.6))).missing == 0


def test_a_found_word_of_two_parts_gives_both_its_time() -> None:
    turns = [Spoken("Mit Head", 1.0, 2.0), Spoken("mounted Displays", 2.0, 3.0)]
    found = words(("Mit", 1.0), ("Head-mounted", 1.4), ("Displays", 2.4))
    assert start_errors(turns, found).percentile_95_seconds == pytest.approx(0.57)


def test_no_first_word_found_is_an_error_and_no_score() -> None:
    with pytest.raises(ValueError, match="no first word"):
        start_errors([Spoken("Guten Abend.", 1.0, 2.0)], [])
