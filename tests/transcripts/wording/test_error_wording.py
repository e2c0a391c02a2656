"""Every failure has German words that render."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.errors.job_errors import PrefectUnreachableError
from transcripts.errors.mail_errors import SmtpUnreachableError
from transcripts.errors.media_errors import TruncatedError
from transcripts.errors.source_errors import (
    FetchFailedError,
    NotFoundError,
    ServerFailureError,
    TooLargeError,
)
from transcripts.errors.upload_errors import UploadMovedOnError
from transcripts.wording.error_wording import WORDINGS, Again, explain


def causes(kind: type[StepError] = StepError) -> Iterator[type[StepError]]:
    """The classes that are raised: those without others below them."""
    for each in kind.__subclasses__():
        if each.__subclasses__():
            yield from causes(each)
        elif each.__module__.startswith("transcripts."):
            yield each


ROOT = Path(__file__).parents[3]
GROUPS = {base.__name__ for cause in causes() for base in cause.__mro__[1:] if issubclass(base, StepError)}


class BrandNewError(PermanentError):
    """No words yet."""


# What is said where nothing is wrong any more, or nothing is left to do.
NOTHING_TO_DO = {
    "correction_nothing",
    "correction_undone",
    "delivery_interrupted",
    "job_interrupted",
    "language_model_failed",
    "announcement_given_up",
}


def test_every_cause_has_words_and_every_code_is_one_causes() -> None:
    found = list(causes())
    assert len(found) > 180
    assert set(found) == set(WORDINGS)
    assert len({each.code for each in found}) == len(found)


@pytest.mark.parametrize("cause", list(causes()))
def test_every_cause_says_in_english_what_it_is(cause: type[StepError]) -> None:
    assert cause.__doc__
    assert cause.__doc__ != cause.__base__.__doc__
    assert cause.__doc__.endswith(".")


@pytest.mark.parametrize("cause", list(causes()))
def test_every_wording_renders_in_full_sentences_and_says_what_to_do(cause: type[StepError]) -> None:
    names = re.findall(r"{(\w+)}", WORDINGS[cause])
    text = explain(cause(**dict.fromkeys(names, "XYZ")))
    assert text[0].isupper()
    assert text.endswith((".", ")"))
    assert text.count("XYZ") == len(names)
    assert not re.search(r"[{}]|\b(?:du|dein|Sie|Ihr|Ihre|Ihnen)\b|unbekannt", text)
    assert re.search("[Bb]itte|zeigt „mitschnitt|„--send“|Welcher", text) or cause.code in NOTHING_TO_DO


def test_only_causes_are_raised() -> None:
    """The kinds, and what groups causes, have no words."""
    groups = "|".join(sorted(GROUPS))
    raised = re.compile(rf"raise (?:{groups})\(")
    rooms = ("transcripts", "tasks", "flows", "config")
    sources = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    assert [str(path) for path in sources if raised.search(path.read_text(encoding="utf-8"))] == []


def test_numbers_are_shown_the_german_way() -> None:
    error = TooLargeError(gigabytes=23.456, limit_gigabytes=20)
    assert "23,5 GB" in explain(error)
    assert "höchstens 20 GB" in explain(error)


def test_a_position_is_shown_as_a_time_on_the_recording() -> None:
    error = TruncatedError(position_seconds=192.4, duration_seconds=3600.0)
    assert "bei 00:03:12 ab, angekündigt sind 01:00:00" in explain(error)


def test_a_status_is_shown_as_it_is() -> None:
    assert "(503)" in explain(ServerFailureError(status=503))


def test_a_missing_detail_does_not_hide_the_message() -> None:
    assert "unbekannt" in explain(SmtpUnreachableError())


def test_braces_in_a_detail_are_shown_and_not_filled_in() -> None:
    assert "{reason}" in explain(FetchFailedError(reason="{reason}"))


def test_an_unknown_code_still_reads_as_a_message_and_names_itself() -> None:
    text = explain(BrandNewError())
    assert text.startswith("Es ist ein unerwarteter Fehler")
    assert "brand_new" in text


def test_no_text_of_a_temporary_failure_promises_what_depends_on_who_works() -> None:
    temporary = set(causes(TemporaryError)) - {UploadMovedOnError}  # which the browser goes on with
    assert ServerFailureError in temporary
    assert [each for each in temporary if re.search("von selbst|erneut|danach geht", WORDINGS[each])] == []


def test_the_command_line_says_what_to_do_and_a_worker_that_it_goes_on() -> None:
    error = ServerFailureError(status=503)
    assert explain(error, Again.BY_HAND).endswith(
        "Bitte denselben Aufruf später wiederholen; was schon fertig ist, wird nicht noch einmal getan."
    )
    assert explain(error, Again.BY_ITSELF).endswith("Es wird von selbst erneut versucht.")
    assert explain(error) in explain(error, Again.BY_ITSELF)


def test_nothing_is_tried_again_after_a_permanent_failure() -> None:
    error = NotFoundError()
    assert explain(error, Again.BY_HAND) == explain(error, Again.BY_ITSELF) == explain(error)


def test_a_text_that_says_when_to_try_again_is_not_contradicted() -> None:
    error = PrefectUnreachableError()
    assert explain(error, Again.BY_HAND) == explain(error)


def test_a_pause_that_a_server_asked_for_is_said() -> None:
    error = ServerFailureError(status=503, retry_after_seconds=300.0)
    assert "Der Server bittet um eine Pause; vor Ablauf von 5 Min. hilft kein neuer Versuch." in explain(
        error
    )
