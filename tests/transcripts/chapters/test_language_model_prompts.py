"""What a language model may write: what was said."""

import pytest

from transcripts.chapters.language_model_prompts import (
    accepted_summary,
    accepted_title,
    summary_request,
    title_request,
)

SAID = (
    "Der Bürgerrat in Wien kostet 80.000 Euro. Frau Huber berichtet von der Kinderbetreuung. "
    "Die Gemeinde bezahlt die Moderation. Wir treffen uns am 12. Dezember wieder."
)


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("Kinderbetreuung und Moderation", "Kinderbetreuung und Moderation"),
        ("„Der Bürgerrat in Wien.“", "Der Bürgerrat in Wien"),
        ("80.000 Euro für den Bürgerrat", "80.000 Euro für den Bürgerrat"),
        ("90.000 Euro für den Bürgerrat", None),
        ("Der Bürgerrat in Berlin", None),
        ("Bericht von Frau Maier", None),
        ("Bürgerrat", None),
        ("Der Bürgerrat in Wien und die Moderation der Gemeinde", None),
        ("", None),
    ],
)
def test_a_title_holds_only_what_was_said_in_two_to_seven_words(answer: str, title: str | None) -> None:
    assert accepted_title(answer, SAID) == title


def test_sentences_of_a_summary_with_new_names_or_numbers_are_dropped() -> None:
    answer = (
        "Der Bürgerrat in Wien kostet 80.000 Euro. Frau Huber berichtet von der Kinderbetreuung. "
        "Angela Merkel lobt die Moderation. Es kamen 300 Menschen. Die Gemeinde bezahlt die Moderation."
    )
    assert accepted_summary(answer, [SAID]) == (
        "Der Bürgerrat in Wien kostet 80.000 Euro. Frau Huber berichtet von der Kinderbetreuung. "
        "Die Gemeinde bezahlt die Moderation."
    )


def test_a_summary_of_too_little_is_none() -> None:
    assert (
        accepted_summary("Der Bürgerrat in Wien kostet 80.000 Euro. Alles wird gut in Rom.", [SAID]) is None
    )


def test_requests_hold_the_text_but_not_without_end() -> None:
    assert SAID in title_request(SAID)[1]
    assert len(title_request("x" * 10**6)[1]) < 20_000
    assert len(summary_request("x" * 10**6)[1]) < 100_000
