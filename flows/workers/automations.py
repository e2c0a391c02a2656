"""What Prefect's server does by itself about runs whose worker died.

A run says every half minute that it lives. One that falls silent is marked as crashed; the workers then
let its job go on (see flows.workers.job_recovery). Other people's runs on the same server are left alone.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.prefect_names import INTERRUPTED

# Three heartbeats are missing, and less than the two minutes in which it has to be noticed.
SILENCE = timedelta(seconds=95)
ALIVE = {"prefect.flow-run.heartbeat"}
BEGUN = {"prefect.flow-run.Running"}
ENDED = {
    f"prefect.flow-run.{state}"
    for state in ("Completed", "Failed", "WillRetry", "Crashed", "Cancelled", "Cancelling")
}
# Of the edition before this one.
RETIRED = ("mitschnitt: crashed recordings go on",)


def automations(deployment_ids: Sequence[UUID]) -> Iterator[AutomationCore]:
    """All of them, for the runs of these deployments."""
    resources = [f"prefect.deployment.{each}" for each in sorted(deployment_ids)]
    yield AutomationCore(
        name="mitschnitt: silent runs have crashed",
        description=f"A run that falls silent has lost its worker: {', '.join(resources)}.",
        trigger=EventTrigger(
            after=ALIVE | BEGUN,
            expect=ALIVE | ENDED,
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            match_related=ResourceSpecification(
                {"prefect.resource.role": "deployment", "prefect.resource.id": resources}
            ),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            within=SILENCE,
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message=INTERRUPTED)],
    )
