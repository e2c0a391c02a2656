"""A Prefect server that is away ends nothing for good, however Prefect wraps what it met."""

from collections.abc import Iterator

import httpx
import pytest
from prefect.concurrency.sync import concurrency
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.orchestration.prefect_errors import prefect_translated
from tests.s3_server import free_port
from transcripts.errors.error_kinds import PermanentError, TemporaryError
from transcripts.errors.source_errors import NotFoundError

REQUEST = httpx.Request("POST", "http://127.0.0.1/api/")


def answered(status: int) -> httpx.HTTPStatusError:
    return PrefectHTTPStatusError("no", request=REQUEST, response=httpx.Response(status, request=REQUEST))


def wrapped(error: BaseException) -> Iterator[BaseException]:
    """The error as it is, inside another one, in a group, and deeper."""
    inside = RuntimeError("Unable to acquire concurrency slots")
    inside.__cause__ = error
    deeper = KeyError("other")
    deeper.__cause__ = ExceptionGroup("several", [ValueError("one"), inside])
    yield from (error, inside, ExceptionGroup("several", [inside]), deeper)


AWAY = (httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.ReadError("gone"), answered(503))
REFUSED = (answered(404), answered(422), ValueError("a bug"))


@pytest.mark.parametrize("error", [each for away in AWAY for each in wrapped(away)], ids=repr)
def test_a_server_that_is_away_is_temporary_however_it_is_wrapped(error: Exception) -> None:
    with pytest.raises(TemporaryError) as raised, prefect_translated():
        raise error
    assert raised.value.code == "prefect_unreachable"
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("error", [each for refused in REFUSED for each in wrapped(refused)], ids=repr)
def test_what_a_server_refuses_and_what_nobody_foresaw_stays_what_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, prefect_translated():
        raise error
    assert raised.value is error


def test_an_error_of_ours_stays_what_it_is_whatever_it_came_from() -> None:
    with pytest.raises(PermanentError) as raised, prefect_translated():
        raise NotFoundError() from httpx.ConnectError("refused")
    assert raised.value.code == "not_found"


def test_a_turn_that_cannot_be_asked_for_is_asked_for_again_later() -> None:
    address = f"http://127.0.0.1:{free_port()}/api"
    with (
        temporary_settings({PREFECT_API_URL: address, PREFECT_CLIENT_MAX_RETRIES: 0}),
        pytest.raises(TemporaryError) as raised,
        prefect_translated(),
        concurrency("transcribe-here", lease_duration=60),
    ):
        raise AssertionError("nobody was there to grant it")
    assert raised.value.code == "prefect_unreachable"


def test_errors_that_are_each_others_cause_end_nothing() -> None:
    one, other = ValueError("one"), KeyError("other")
    one.__cause__, other.__cause__ = other, one
    with pytest.raises(ValueError, match="one"), prefect_translated():
        raise one
