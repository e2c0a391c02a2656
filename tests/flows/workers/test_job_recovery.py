"""Jobs whose last attempt is gone go on, on Prefect's own server: once, whoever looks and however often."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State, StateDetails
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Cancelling, Completed, Crashed, Failed, Pending, Running

from config.settings import Settings
from flows.jobs.job_chain import attempt_of, begin_next, mark_stopped, next_of, patience_of, read_chain
from flows.jobs.job_control import cancel
from flows.orchestration.retry_policy import INTERRUPTED, Attempt
from flows.prefect_names import JOB_TAG, STOPPED_WITH_WORKER, WILL_RETRY
from flows.workers.job_recovery import (
    LEFT_TO_HOOK,
    LONGEST_WAIT,
    Deployed,
    follow_up,
    hand_over_runs,
    resume_interrupted_jobs,
)

SETTINGS = Settings()
TAG = "probe"


@pytest.fixture
def client(prefect_server: str) -> Iterator[SyncPrefectClient]:
    with temporary_settings({PREFECT_API_URL: prefect_server}), get_client(sync_client=True) as client:
        yield client


@pytest.fixture
def deployment(client: SyncPrefectClient, request: pytest.FixtureRequest) -> UUID:
    """A deployment of its own for each test; nobody runs it."""
    flow_id = client.create_flow_from_name("probe")
    return client.create_deployment(flow_id, name=request.node.name[:100])


def begun(client: SyncPrefectClient, deployment: UUID, state: State[Any], **attempt: Any) -> FlowRun:
    """A run in this state."""
    parameters = {"record_id": "a", "attempt": attempt} if attempt else {"record_id": "a"}
    run = client.create_flow_run_from_deployment(deployment, parameters=parameters, tags=[TAG], name="a")
    client.set_flow_run_state(run.id, state, force=True)
    return client.read_flow_run(run.id)


def attempts(client: SyncPrefectClient, run: FlowRun) -> tuple[FlowRun, ...]:
    chain = read_chain(client, run.id, TAG)
    assert chain is not None
    return chain.attempts


def later(delay: timedelta = LEFT_TO_HOOK) -> datetime:
    return datetime.now(UTC) + delay + timedelta(seconds=1)


def will_retry(starts_at: datetime) -> State[Any]:
    details = StateDetails.model_validate({"scheduled_time": starts_at})
    return Failed(name=WILL_RETRY, message="server_error", state_details=details)


def test_a_crashed_attempt_is_followed_by_one_that_knows_why(
    client: SyncPrefectClient, deployment: UUID
) -> None:
    run = begun(client, deployment, Crashed(message="no sign of life"))
    resume_interrupted_jobs(SETTINGS, Deployed((deployment,)), later())
    first, second = attempts(client, run)
    assert first.id == run.id
    assert attempt_of(second) == Attempt(number=2, tries=2, follows=INTERRUPTED)
    assert second.parameters["record_id"] == "a"


def test_an_attempt_that_failed_for_a_while_is_followed_at_the_time_that_it_named(
    client: SyncPrefectClient, deployment: UUID
) -> None:
    starts_at = datetime.now(UTC) + timedelta(minutes=7)
    run = begun(client, deployment, will_retry(starts_at))
    resume_interrupted_jobs(SETTINGS, Deployed((deployment,)), later())
    following = attempts(client, run)[1]
    assert attempt_of(following).follows == "server_error"
    assert following.next_scheduled_start_time is not None
    assert abs(following.next_scheduled_start_time - starts_at) < timedelta(seconds=1)


def test_several_who_look_again_and_again_make_one_successor(
    client: SyncPrefectClient, deployment: UUID, prefect_server: str
) -> None:
    run = begun(client, deployment, Crashed())

    def look(_: int) -> None:
        with temporary_settings({PREFECT_API_URL: prefect_server}):
            resume_interrupted_jobs(SETTINGS, Deployed((deployment,)), later())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, range(8)))
    assert len(attempts(client, run)) == 2


@pytest.mark.parametrize("state", [Completed(), Failed(message="for good"), Running(), Cancelling()])
def test_what_ended_for_good_or_goes_on_has_no_successor(
    client: SyncPrefectClient, deployment: UUID, state: State[Any]
) -> None:
    run = begun(client, deployment, state)
    resume_interrupted_jobs(SETTINGS, Deployed((deployment,)), later())
    assert len(attempts(client, run)) == 1


def test_a_job_that_was_stopped_or_has_used_up_its_tries_has_no_successor(
    client: SyncPrefectClient, deployment: UUID
) -> None:
    stopped = begun(client, deployment, Crashed())
    mark_stopped(client, stopped, is_stopped=True)
    given_up = begun(client, deployment, Crashed(), number=40, tries=27)
    resume_interrupted_jobs(SETTINGS, Deployed((deployment,)), later())
    assert [len(attempts(client, each)) for each in (stopped, given_up)] == [1, 1]


@pytest.mark.parametrize("state", [Crashed(), will_retry(datetime.now(UTC) + timedelta(minutes=7))])
def test_a_job_that_is_stopped_between_two_attempts_does_not_go_on(
    client: SyncPrefectClient, deployment: UUID, prefect_server: str, state: State[Any]
) -> None:
    run = begun(client, deployment, state)
    client.update_flow_run(run.id, tags=[TAG, JOB_TAG])
    with temporary_settings({PREFECT_API_URL: prefect_server}):
        cancel(str(run.id))
    resume_interrupted_jobs(SETTINGS, Deployed((deployment,)), later())
    assert len(attempts(client, run)) == 1


def test_who_stops_a_job_while_its_next_attempt_is_being_made_stops_that_too(
    client: SyncPrefectClient, deployment: UUID, prefect_server: str
) -> None:
    run = begun(client, deployment, Crashed())

    class StoppedMeanwhile(SyncPrefectClient):
        """Somebody stops the job after this process has looked, and before it makes the attempt."""

        def create_flow_run_from_deployment(self, *arguments: Any, **options: Any) -> FlowRun:
            mark_stopped(client, run, is_stopped=True)
            return super().create_flow_run_from_deployment(*arguments, **options)

    following = next_of(run, patience_of(SETTINGS))
    assert following is not None
    with StoppedMeanwhile(prefect_server) as late:
        assert begin_next(late, run, following) is None
    assert [each.state_name for each in attempts(client, run)] == ["Crashed", "Cancelled"]


def test_other_peoples_runs_are_left_alone(client: SyncPrefectClient, deployment: UUID) -> None:
    theirs = client.create_deployment(client.create_flow_from_name("theirs"), name=str(deployment))
    run = begun(client, theirs, Crashed())
    waiting = begun(client, theirs, Pending())
    resume_interrupted_jobs(SETTINGS, Deployed((deployment,)), later(LONGEST_WAIT))
    assert len(attempts(client, run)) == 1
    assert client.read_flow_run(waiting.id).state_name == "Pending"


def test_a_run_that_prefect_refuses_to_follow_keeps_no_other_from_going_on(
    client: SyncPrefectClient, deployment: UUID
) -> None:
    runs = [begun(client, deployment, Crashed()) for _ in range(3)]
    refusing = [each.id for each in runs[:2]]

    class Refusing(SyncPrefectClient):
        """As for parameters that were good when the run was made, and are not any more."""

        def create_flow_run_from_deployment(self, *arguments: Any, **options: Any) -> FlowRun:
            if any(str(each) in options["idempotency_key"] for each in refusing):
                answer = httpx.Response(409, request=httpx.Request("POST", "http://127.0.0.1/"))
                raise PrefectHTTPStatusError("no", request=answer.request, response=answer)
            return super().create_flow_run_from_deployment(*arguments, **options)

    with Refusing(str(client.api_url)) as late:
        follow_up(late, [client.read_flow_run(each.id) for each in runs], patience_of(SETTINGS))
    assert [len(attempts(client, each)) for each in runs] == [1, 1, 2]


def test_a_run_that_a_worker_took_and_never_started_goes_on_elsewhere(
    client: SyncPrefectClient, deployment: UUID
) -> None:
    run = begun(client, deployment, Pending())
    stuck = begun(client, deployment, Cancelling())
    resume_interrupted_jobs(SETTINGS, Deployed((deployment,)), later())
    assert client.read_flow_run(run.id).state_name == "Pending", "starting may take a while"
    resume_interrupted_jobs(SETTINGS, Deployed((deployment,)), later(LONGEST_WAIT))
    resume_interrupted_jobs(SETTINGS, Deployed((deployment,)), later(LONGEST_WAIT))
    assert len(attempts(client, run)) == 2
    assert client.read_flow_run(stuck.id).state_name == "Cancelled"


def test_what_a_worker_had_under_way_goes_on_at_once_when_it_stops(
    client: SyncPrefectClient, deployment: UUID
) -> None:
    run = begun(client, deployment, Running(), number=3, tries=2)
    done = begun(client, deployment, Completed())
    hand_over_runs(SETTINGS, Deployed((deployment,)), [run.id, done.id])
    first, second = attempts(client, run)
    assert (first.state_name, first.state and first.state.message) == ("Crashed", STOPPED_WITH_WORKER)
    assert attempt_of(second) == Attempt(number=4, tries=2, follows=INTERRUPTED)
    assert len(attempts(client, done)) == 1
