"""When a failed step is tried again within its run."""

from typing import Any, cast

import pytest
from prefect.states import Failed

from flows.orchestration.step_retries import is_temporary
from transcripts.errors.error_kinds import StepError
from transcripts.errors.source_errors import NotFoundError, ServerFailureError


@pytest.mark.parametrize(
    "error",
    [
        NotFoundError(),
        ServerFailureError(status=503, retry_after_seconds=3600.0),
        RuntimeError("unforeseen"),
    ],
)
def test_a_step_is_not_tried_again_in_vain_or_against_a_servers_wish(error: StepError | RuntimeError) -> None:
    unused = cast(Any, None)
    assert not is_temporary(unused, unused, Failed(data=error))
