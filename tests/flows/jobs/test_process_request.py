"""Requests: what Prefect shows of them holds no secret, and a worker gets the whole address."""

import pytest

from flows.jobs.process_request import ProcessRequest
from transcripts.sources.source_url import parse_source_url

SECRET = "ein langes Geheimnis, das nur unsere Rechner kennen"


def test_an_address_with_a_passcode_is_shown_without_and_arrives_with_it() -> None:
    request = ProcessRequest.of(parse_source_url("https://example.org/rec?id=7&pwd=geheim"), SECRET)
    stored = request.model_dump_json()
    assert "geheim" not in stored
    assert request.label == "https://example.org/rec?id=7"
    arrived = ProcessRequest.model_validate_json(stored).source(SECRET)
    assert arrived.full.get_secret_value() == "https://example.org/rec?id=7&pwd=geheim"


def test_an_address_without_secrets_is_not_sealed() -> None:
    request = ProcessRequest.of(parse_source_url("https://example.org/rec"), SECRET)
    assert request.sealed_url is None
    assert request.source(SECRET).full.get_secret_value() == "https://example.org/rec"


@pytest.mark.parametrize("field", ["cut_start_seconds", "cut_end_seconds"])
def test_nothing_can_be_cut_off_before_the_beginning(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        ProcessRequest.model_validate({"url": "https://example.org/rec", field: -1})


@pytest.mark.parametrize("number", [0, -1])
def test_sound_tracks_are_counted_from_one(number: int) -> None:
    assert ProcessRequest.model_validate({"url": "https://example.org/rec", "track": 1}).track == 1
    with pytest.raises(ValueError, match="track"):
        ProcessRequest.model_validate({"url": "https://example.org/rec", "track": number})
