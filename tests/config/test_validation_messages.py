"""Every wrong value is complained of in German, whatever pydantic has to say about it."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.settings import Settings
from config.validation_messages import PATTERNS, WORDINGS, complaint
from transcripts.mail.meeting_schedule import Deviation, Series

WRONG: tuple[Any, ...] = (
    *(None, "", "x", "ü", "-1", "nan", "1" * 30, "1e400", "a b", "\ud800", b"\xff", True),
    *(-1, 0, 1.5, 10**30, float("inf"), float("nan"), [], [1], ["x y"], "[1", {}, {"a": 1}),
    *(date(2026, 1, 1), time(1), "2026-02-30", "25:00"),
)
WORDED_BY_US = {"value_error", "string_pattern_mismatch"}


def errors_of(model: type[Any], document: dict[str, Any]) -> list[ErrorDetails]:
    try:
        model.model_validate(document)
    except ValidationError as error:
        return error.errors()
    return []


def all_errors() -> Iterator[ErrorDetails]:
    for section, field in Settings.model_fields.items():
        assert field.annotation is not None
        for wrong in WRONG:
            yield from errors_of(Settings, {section: wrong})
            for name, key in field.annotation.model_fields.items():
                yield from errors_of(Settings, {section: {key.alias or name: wrong}})
    for model in (Series, Deviation):
        for wrong in WRONG:
            for name in model.model_fields.keys() - {"zone"}:  # not of the file
                yield from errors_of(model, {name: wrong})


@pytest.fixture(scope="module")
def met() -> list[ErrorDetails]:
    return list(all_errors())


def test_every_type_of_error_that_our_models_can_meet_is_worded(met: list[ErrorDetails]) -> None:
    kinds = {each["type"] for each in met}
    assert {"model_type", "int_parsing", "literal_error", "finite_number", "too_short", "date_type"} < kinds
    assert kinds - set(WORDINGS) - WORDED_BY_US == set()


def test_every_pattern_of_the_settings_is_worded(met: list[ErrorDetails]) -> None:
    patterns = {each["ctx"]["pattern"] for each in met if each["type"] == "string_pattern_mismatch"}
    assert patterns
    assert patterns <= set(PATTERNS)


def test_nothing_of_pydantics_english_and_nothing_that_was_written_is_left(met: list[ErrorDetails]) -> None:
    for each in met:
        said = complaint(each)
        english = each["msg"].removeprefix("Value error, ")
        assert said != english or each["type"] == "value_error"
        assert not {"should", "input", "valid", "must", "and", "or"} & set(said.lower().split()), said
        assert "{" not in said


def test_bounds_are_told_as_german_numbers() -> None:
    for settings, said in (
        ({"media": {"loudness_lufs": -41}}, "erwartet wird mindestens -40"),
        ({"fetch": {"max_size_gb": 0}}, "erwartet wird mehr als 0"),
        ({"transcription": {"device": "tpu"}}, 'erwartet wird "auto", "cpu" oder "cuda"'),
    ):
        (error,) = errors_of(Settings, settings)
        assert complaint(error) == said
