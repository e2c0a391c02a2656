import pytest
from pydantic import ValidationError

from transcripts.hold_reasons import DAY_GUESSED, HOLD_CODES, LOOKS_CUT_OFF, HoldReason
from transcripts.wording.hold_wording import HOLD_WORDINGS, explain_hold, hold_lines


def test_every_reason_has_its_sentence_and_every_sentence_its_reason() -> None:
    assert set(HOLD_WORDINGS) == set(HOLD_CODES)


@pytest.mark.parametrize("code", HOLD_CODES)
def test_a_reason_says_what_is_doubtful_and_what_to_do(code: str) -> None:
    text = explain_hold(HoldReason(code=code))
    assert "Bitte" in text or "bitte" in text
    assert "{" not in text


@pytest.mark.parametrize("origin", ["file_name", "calendar", "made", "changed", "today"])
def test_a_guess_says_where_it_comes_from(origin: str) -> None:
    bare = explain_hold(HoldReason(code=DAY_GUESSED))
    text = explain_hold(HoldReason(code=DAY_GUESSED, details={"origin": origin}))
    assert text.startswith(bare)
    assert text.count(".") == bare.count(".") + 1


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("sound", "Der Ton dauert jetzt 42 Sekunden, in der Quelle dauert er 20,2 Sekunden."),
        ("picture", "Das Bild dauert jetzt 42 Sekunden, in der Quelle dauert es 20,2 Sekunden."),
        ("start", "Ton und Bild beginnen nicht im selben Abstand wie in der Quelle."),
    ],
)
def test_lengths_are_told_of_what_they_are_and_in_seconds_where_they_are_short(what: str, said: str) -> None:
    details: dict[str, str | float] = {"what": what, "made_seconds": 42.0, "source_seconds": 20.2}
    assert said in explain_hold(HoldReason(code="lengths_differ", details=details))


def test_a_place_far_into_a_recording_is_told_as_a_time_on_it() -> None:
    assert "01:02:03" in explain_hold(HoldReason(code=LOOKS_CUT_OFF, details={"at_seconds": 3723.4}))


def test_a_reason_of_a_later_program_is_named_and_breaks_nothing() -> None:
    assert "{strange}" in explain_hold(HoldReason(code="{strange}"))


def test_what_is_told_twice_is_told_once_and_what_is_mended_fastest_comes_first() -> None:
    cut, day = HoldReason(code=LOOKS_CUT_OFF), HoldReason(code=DAY_GUESSED)
    assert hold_lines([cut, day, cut]) == [explain_hold(day), explain_hold(cut)]


def test_a_figure_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        HoldReason(code=LOOKS_CUT_OFF, details={"at_seconds": float("nan")})
