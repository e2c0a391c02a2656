"""What Prefect's server does by itself about runs whose worker died.

A run says every half minute that it lives. One that falls silent is marked as crashed, and a
recording that crashed goes back in line, for whichever worker is free.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.prefect_names import INTERRUPTED

# Raised with every change here, so that a server that has an older edition gets this one.
EDITION = "(1)"
# Three heartbeats are missing, and less than the two minutes in which it has to be noticed.
SILENCE = timedelta(seconds=100)
ALIVE = {"prefect.flow-run.heartbeat"}
BEGUN = {"prefect.flow-run.Pending", "prefect.flow-run.Running"}
ENDED = {
    f"prefect.flow-run.{state}"
    for state in ("Completed", "Failed", "Crashed", "Cancelled", "Cancelling", "AwaitingRetry", "Scheduled")
}


def automations(recording_deployment: UUID) -> Iterator[AutomationCore]:
    """All of them."""
    yield AutomationCore(
        name="mitschnitt: silent runs have crashed",
        description=f"A run that has not been heard of for a while has lost its worker. {EDITION}",
        trigger=EventTrigger(
            after=ALIVE | BEGUN,
            expect=ALIVE | ENDED,
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            within=SILENCE,
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message=INTERRUPTED)],
    )
    yield AutomationCore(
        name="mitschnitt: crashed recordings go on",
        description=f"Whichever worker is free goes on behind the last finished step. {EDITION}",
        trigger=EventTrigger(
            expect={"prefect.flow-run.Crashed"},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            match_related=ResourceSpecification(
                {
                    "prefect.resource.role": "deployment",
                    "prefect.resource.id": f"prefect.deployment.{recording_deployment}",
                }
            ),
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
        ),
        actions=[ChangeFlowRunState(state=StateType.SCHEDULED, name="AwaitingRetry", message=INTERRUPTED)],
    )
