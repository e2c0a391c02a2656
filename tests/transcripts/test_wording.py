"""Every failure has German words that render."""

import re
from pathlib import Path

import pytest

from transcripts.errors import PermanentError, TemporaryError
from transcripts.wording import WORDINGS, explain

ROOT = Path(__file__).parents[2]
RAISED = re.compile(r"(?:Permanent|Temporary)Error\(\s*\"(\w+)\"")


def codes_in_the_tree() -> set[str]:
    folders = ("transcripts", "tasks", "flows", "config")
    sources = [path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return {code for source in sources for code in RAISED.findall(source)}


def test_every_code_that_is_raised_has_words() -> None:
    assert "too_large" in codes_in_the_tree()
    assert codes_in_the_tree() - set(WORDINGS) == set()


@pytest.mark.parametrize("code", WORDINGS)
def test_every_wording_renders_in_full_sentences(code: str) -> None:
    names = re.findall(r"{(\w+)}", WORDINGS[code])
    text = explain(PermanentError(code, **dict.fromkeys(names, "XYZ")))
    assert text[0].isupper()
    assert text.endswith((".", ")"))
    assert text.count("XYZ") == len(names)
    assert not re.search(r"[{}]|\b(?:du|dein|Sie|Ihr|Ihre|Ihnen)\b|unbekannt", text)


def test_numbers_are_shown_the_german_way() -> None:
    error = PermanentError("too_large", gigabytes=23.456, limit_gigabytes=20)
    assert "23,5 GB" in explain(error)
    assert "höchstens 20 GB" in explain(error)


def test_a_position_is_shown_as_a_time_on_the_recording() -> None:
    error = PermanentError("truncated", position_seconds=192.4, duration_seconds=3600.0)
    assert "bei 00:03:12 ab, angekündigt sind 01:00:00" in explain(error)


def test_a_status_is_shown_as_it_is() -> None:
    assert "(503)" in explain(TemporaryError("server_error", status=503))


def test_a_missing_detail_does_not_hide_the_message() -> None:
    assert "unbekannt" in explain(TemporaryError("smtp_unreachable"))


def test_braces_in_a_detail_are_shown_and_not_filled_in() -> None:
    assert "{reason}" in explain(PermanentError("fetch_failed", reason="{reason}"))


def test_an_unknown_code_still_reads_as_a_message_and_names_itself() -> None:
    text = explain(PermanentError("brand_new"))
    assert text.startswith("Es ist ein unerwarteter Fehler")
    assert "brand_new" in text
