"""Errors cross the borders of processes whole."""

import pickle

import pytest

from transcripts.errors.error_kinds import StepError
from transcripts.errors.source_errors import ServerFailureError, ServerTimeoutError, TooLargeError


@pytest.mark.parametrize(
    "error",
    [
        TooLargeError(gigabytes=23.5),
        ServerTimeoutError(),
        ServerFailureError(status=503, retry_after_seconds=300.0),
    ],
)
def test_an_error_comes_out_of_a_pickle_as_it_went_in(error: StepError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(again) == str(error)
