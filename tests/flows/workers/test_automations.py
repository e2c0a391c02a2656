"""What Prefect's server does by itself touches our runs, and nobody else's on the same server."""

from uuid import UUID, uuid4

import pytest
from prefect.events.schemas.automations import EventTrigger
from prefect.events.schemas.events import RelatedResource, ResourceSpecification

from flows.orchestration.prefect_environment import HEARTBEAT_SECONDS
from flows.prefect_names import WILL_RETRY
from flows.workers.automations import ENDED, SILENCE, automations

OURS = [uuid4(), uuid4()]


def trigger() -> EventTrigger:
    (only,) = automations(OURS)
    assert isinstance(only.trigger, EventTrigger)
    return only.trigger


def of_deployment(deployment: UUID) -> list[RelatedResource]:
    """What a run's event says that it is related to."""
    named = {"flow": f"prefect.flow.{uuid4()}", "deployment": f"prefect.deployment.{deployment}"}
    return [
        RelatedResource({"prefect.resource.id": each, "prefect.resource.role": role})
        for role, each in named.items()
    ]


def watches(related: list[RelatedResource]) -> bool:
    wanted = trigger().match_related
    specifications = wanted if isinstance(wanted, list) else [wanted]
    return all(ResourceSpecification.model_validate(each).includes(related) for each in specifications)


@pytest.mark.parametrize("ours", OURS)
def test_silent_runs_of_our_deployments_are_watched(ours: UUID) -> None:
    assert watches(of_deployment(ours))


def test_runs_of_other_peoples_deployments_and_of_none_are_left_alone() -> None:
    assert not watches(of_deployment(uuid4()))
    assert not watches(of_deployment(uuid4())[:1])


def test_a_run_may_miss_two_signs_of_life_and_not_four() -> None:
    assert 3 * HEARTBEAT_SECONDS < SILENCE.total_seconds() < 4 * HEARTBEAT_SECONDS


def test_a_run_that_starts_slowly_is_not_yet_silent_and_one_that_will_be_tried_again_has_ended() -> None:
    assert "prefect.flow-run.Pending" not in trigger().after
    assert f"prefect.flow-run.{WILL_RETRY}" in ENDED <= trigger().expect
