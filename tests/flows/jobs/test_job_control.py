"""Jobs through a worker and Prefect's own server: the way of a recording, and what can happen to it."""

import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from tests.flows.operations import Desk, Machine, RefusedError, processes_of_run, submitted, wait_for
from tests.flows.workplace import Workplace, recording_of
from tests.media_samples import make, meeting_clip
from tests.misbehaving_server import Exchange, Site, error, serve, serve_folder
from transcripts.model import Stage

PASSCODE = "hoechst-geheim"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, prefect_server: str) -> Iterator[Machine]:
    """A worker of the shared Prefect server, with folders of its own."""
    environment = {
        "MITSCHNITT_PREFECT__API_URL": prefect_server,
        "MITSCHNITT_WORKER__RETRY_PAUSES_MINUTES": "0.3",
        "MITSCHNITT_NETWORK__BASE_URL": "https://mitschnitt.example.org",
        "MITSCHNITT_ANNOUNCEMENT__ORGANISERS": "orga@example.org",
    }
    machine = Machine(tmp_path_factory.mktemp("machine"), environment)
    with machine.running("worker"):
        yield machine


@pytest.fixture(scope="module")
def desk(machine: Machine) -> Iterator[Desk]:
    with machine.desk() as desk:
        yield desk


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    meeting_clip(folder / "begruessung.mp4", 0, 12)
    meeting_clip(folder / "treffen.mp4", 0, 60)
    with serve_folder(folder) as site:
        yield site


@pytest.fixture(scope="module")
def done(desk: Desk, site: Site) -> dict[str, Any]:
    """A job with a passcode, at its end."""
    url = site.url(f"begruessung.mp4?pwd={PASSCODE}")
    about = {"title": "Begrüßung", "recorded_on": "2026-11-19", "agenda": ["Begrüßung"]}
    job: dict[str, Any] = desk.wait_for(submitted(desk, url=url, **about), "done", "failed")
    return job


def test_a_job_leads_to_a_record_that_is_announced(done: dict[str, Any], machine: Machine) -> None:
    assert (done["state"], done["stage"], done["message"]) == ("done", "announced", None)
    record = machine.folder / "archive/recordings" / done["record_id"]
    assert recording_of(record).stage is Stage.ANNOUNCED
    assert recording_of(record).agenda == ("Begrüßung",)
    assert len(mails_to(machine, "liste@localhost")) == 1


def test_prefect_has_never_seen_the_passcode(
    done: dict[str, Any], prefect_server: str, site: Site, machine: Machine
) -> None:
    run = httpx.get(f"{prefect_server}/flow_runs/{done['id']}").json()
    assert run["parameters"]["request"]["url"] == site.url("begruessung.mp4")
    questions = ("flow_runs", "task_runs", "artifacts", "logs")
    answers = [httpx.post(f"{prefect_server}/{each}/filter", json={}).text for each in questions]
    assert done["id"] in answers[0]
    assert all(PASSCODE not in each for each in (*answers, machine.log))


def test_the_log_of_a_run_reads_like_a_diary(done: dict[str, Any], prefect_server: str) -> None:
    asked = {"logs": {"flow_run_id": {"any_": [done["id"]]}}, "sort": "TIMESTAMP_ASC"}
    ours = ("mitschnitt.steps", "mitschnitt.flows")

    def diary() -> str:
        logs = httpx.post(f"{prefect_server}/logs/filter", json=asked).json()
        said = "\n".join(each["message"] for each in logs if each["name"] in ours)
        return said if "mail: sent." in said else ""

    said = wait_for(diary)
    for each in (
        r"Fetching started\.\nFetching took [\d.]+ s\.\nFetched \d+ bytes in 1 files\.",
        r"Converting video and sound took [\d.]+ s\.",
        r"12 s in \d+ bytes of video and sound\.",
        r"Transcribed \d+ words in \d+ sentences",
        r"\d chapters; 1 agenda items\.",
        r"2026-11-19-begruessung is in the archive\.",
        r"Announcing started\.",
    ):
        assert re.search(each, said), said


def test_each_line_of_a_workers_log_says_when_and_about_which_recording_and_step(
    done: dict[str, Any], machine: Machine, site: Site
) -> None:
    lines = machine.log.splitlines()
    assert lines
    assert [each for each in lines if not re.match(r"\d{4}-\d\d-\d\dT\S+ [A-Z]+ \S+ ", each)] == []
    label = re.escape(f"[{site.url('begruessung.mp4')} {done['id'][:8]} fetch]")
    assert [each for each in lines if re.search(rf" {label} Fetching took", each)]


def test_what_a_job_was_asked_for_is_told_without_its_passcode(
    done: dict[str, Any], desk: Desk, site: Site
) -> None:
    asked = desk.ask("asked", id=done["id"])
    assert asked["url"] == site.url("begruessung.mp4")
    known = ("Begrüßung", "2026-11-19", ["Begrüßung"])
    assert (asked["title"], asked["recorded_on"], asked["agenda"]) == known
    assert not {"passcode", "sealed_url"} & asked.keys()


def test_the_same_source_leads_to_the_job_that_is_open(desk: Desk) -> None:
    with serve({"/a.mp4": lambda _exchange: time.sleep(3)}) as slow:
        first, second = (submitted(desk, url=slow.url("a.mp4")) for _ in range(2))
        desk.ask("cancel", id=first)
        assert first == second
        assert desk.wait_for(first, "cancelled")["record_id"] is None


def test_what_a_person_must_mend_is_said_and_mailed_once_and_a_retry_goes_on(
    machine: Machine, desk: Desk, prefect_server: str, tmp_path: Path
) -> None:
    with serve_folder(tmp_path) as site:
        job_id = submitted(desk, url=site.url("spaeter.mp4"))
        failed = desk.wait_for(job_id, "failed", "done")
        assert failed["error_code"] == "not_found"
        assert "gibt es keine Aufzeichnung" in failed["message"]
        desk.ask("retry", id=job_id, passcode="falsch")
        wait_for(lambda: len(attempts(prefect_server, job_id)) == 2)
        desk.wait_for(job_id, "failed")
        (mail,) = wait_for(lambda: mails_about(machine, job_id))
        assert "gibt es keine Aufzeichnung" in mail
        assert f"https://mitschnitt.example.org/redaktion/auftraege/{job_id}" in mail
        meeting_clip(tmp_path / "spaeter.mp4", 20, 12)
        desk.ask("retry", id=job_id, passcode="neu")
        done = desk.wait_for(job_id, "done", "failed")
    assert (done["state"], done["message"]) == ("done", None)


@pytest.mark.usefixtures("done")  # so that a worker is known to be there
def test_several_who_ask_for_the_same_at_the_same_moment_get_one_job(machine: Machine, desk: Desk) -> None:
    with serve({"/a.mp4": lambda _exchange: time.sleep(3)}) as slow, ExitStack() as stack:
        url = slow.url("a.mp4")
        desks = [stack.enter_context(machine.desk()) for _ in range(3)]
        for each in desks:
            each.ask("jobs")  # they are all awake
        with ThreadPoolExecutor(len(desks)) as pool:
            jobs = set(pool.map(lambda each: each.ask("submit", url=url), desks))
        (job_id,) = jobs
        assert [each["id"] for each in desk.ask("jobs") if each["source"] == url] == [job_id]
        desk.ask("cancel", id=job_id)


def test_who_asks_again_after_the_end_gets_a_new_job_also_when_an_older_one_was_tried_again(
    desk: Desk, prefect_server: str
) -> None:
    with serve({}) as site:
        jobs = [submitted(desk, url=site.url("fehlt.mp4"))]
        desk.wait_for(jobs[0], "failed")
        jobs.append(submitted(desk, url=site.url("fehlt.mp4")))
        desk.wait_for(jobs[1], "failed")
        desk.ask("retry", id=jobs[0])
        wait_for(lambda: several(attempts(prefect_server, jobs[0])))
        desk.wait_for(jobs[0], "failed")
        jobs.append(submitted(desk, url=site.url("fehlt.mp4")))
        desk.wait_for(jobs[2], "failed")
    assert len(set(jobs)) == 3


def test_what_time_can_mend_ends_and_its_next_attempt_waits_in_line(desk: Desk, prefect_server: str) -> None:
    with serve({"/a.mp4": lambda exchange: error(exchange, status=503)}) as site:
        job_id = submitted(desk, url=site.url("a.mp4"))
        stumbled = desk.wait_for(job_id, "retrying", "failed")
        assert stumbled["error_code"] == "server_error"
        first, second = wait_for(lambda: several(attempts(prefect_server, job_id)))
        waiting = desk.ask("job", id=job_id)
        assert (waiting["state"], waiting["error_code"]) == ("retrying", "server_error")
        assert waiting["retries_at"]
        assert state_names(prefect_server, first)[-2:] == ["Running", "WillRetry"]
        assert state_names(prefect_server, second) == ["Scheduled"]
        wait_for(lambda: not processes_of_run(first["id"]))
        story = wait_for(lambda: told_to_the_end(prefect_server, first))
        desk.ask("cancel", id=job_id)
        assert desk.wait_for(job_id, "cancelled")["message"] is None
    assert "Attempt 1 ends here: server_error (status=503). The next one begins in" in story
    assert "Traceback" not in story, "what was foreseen reads like a diary"
    assert "unexpected" not in story
    assert [each["state_type"] for each in attempts(prefect_server, job_id)] == ["FAILED", "CANCELLED"]


def test_a_pause_that_a_server_asks_for_is_kept_before_the_next_attempt(
    desk: Desk, prefect_server: str
) -> None:
    with serve({"/d.mp4": lambda exchange: exchange.reply(503, Retry_After="3600")}) as site:
        job_id = submitted(desk, url=site.url("d.mp4"))
        wait_for(lambda: several(attempts(prefect_server, job_id)))
        waiting = desk.ask("job", id=job_id)
        desk.ask("cancel", id=job_id)
        assert len(site.asked("/d.mp4")) == 1
    assert "bittet um eine Pause" in waiting["message"]
    assert datetime.fromisoformat(waiting["retries_at"]) > datetime.now(UTC) + timedelta(minutes=50)


def test_a_source_that_mends_itself_is_published_by_a_later_attempt(
    desk: Desk, prefect_server: str, tmp_path: Path
) -> None:
    meeting_clip(tmp_path / "treffen.mp4", 40, 12)
    is_well = Event()

    def sometimes(exchange: Exchange) -> None:
        if is_well.is_set():
            exchange.reply(200, (tmp_path / "treffen.mp4").read_bytes(), Content_Type="video/mp4")
        else:
            error(exchange, status=503)

    with serve({"/b.mp4": sometimes}) as site:
        job_id = submitted(desk, url=site.url("b.mp4"), title="Später")
        wait_for(lambda: several(attempts(prefect_server, job_id)))
        is_well.set()
        done = desk.wait_for(job_id, "done", "failed")
    assert (done["state"], done["message"]) == ("done", None)
    ended = [each["state_name"] for each in attempts(prefect_server, job_id)]
    assert ended == ["WillRetry", "Completed"]


def test_a_record_whose_sound_track_was_unclear_is_made_anew_with_the_one_that_a_person_chose(
    desk: Desk, machine: Machine, tmp_path: Path
) -> None:
    clips = (meeting_clip(tmp_path / "eins.mp4", 0, 12), meeting_clip(tmp_path / "zwei.mp4", 40, 12))
    (served := tmp_path / "served").mkdir()
    inputs = [part for clip in clips for part in ("-i", str(clip))]
    make(served / "spuren.mp4", *inputs, *("-map", "0:v", "-map", "0:a", "-map", "1:a", "-c", "copy"))
    with serve_folder(served) as site:
        about = {"title": "Zwei Spuren", "recorded_on": "2026-11-20"}
        held = desk.wait_for(submitted(desk, url=site.url("spuren.mp4"), **about), "held", "failed")
        folder = machine.folder / "archive/recordings" / held["record_id"]
        (reason,) = recording_of(folder).open_reasons
        assert (reason.code, reason.details["other_numbers"]) == ("tracks_unclear", "2")
        before = (folder / "transcript/transcript.txt").read_text()

        again = desk.ask("remake", record=held["record_id"], track=2)
        made = desk.wait_for(again, "held", "failed")
    assert (again != held["id"], made["record_id"]) == (True, held["record_id"])
    assert (recording_of(folder).stage, recording_of(folder).open_reasons) == (Stage.HELD, ())
    assert recording_of(folder).title == "Zwei Spuren"
    assert (folder / "transcript/transcript.txt").read_text() != before


def test_a_job_that_is_stopped_while_it_runs_is_begun_again_only_when_a_person_asks(
    desk: Desk, prefect_server: str
) -> None:
    with serve({"/c.mp4": lambda exchange: error(exchange, status=503)}) as site:
        job_id = submitted(desk, url=site.url("c.mp4"))
        wait_for(lambda: attempts(prefect_server, job_id)[0]["state_type"] == "RUNNING")
        desk.ask("cancel", id=job_id)
        desk.wait_for(job_id, "cancelled")
        wait_for(lambda: not processes_of_run(job_id))
    wait_for(lambda: [each["state_type"] for each in attempts(prefect_server, job_id)] == ["CANCELLED"])
    desk.ask("retry", id=job_id)
    assert len(attempts(prefect_server, job_id)) == 2, "a person may think again"
    assert desk.wait_for(job_id, "failed", "retrying")["error_code"] == "connection_refused"
    desk.ask("cancel", id=job_id)


def told_to_the_end(server: str, run: dict[str, Any]) -> str | None:
    """The log of a run, as soon as its last line is there."""
    asked = {"logs": {"flow_run_id": {"any_": [run["id"]]}}, "sort": "TIMESTAMP_ASC", "limit": 200}
    story = "\n".join(each["message"] for each in httpx.post(f"{server}/logs/filter", json=asked).json())
    return story if "Finished in state WillRetry" in story else None


def attempts(server: str, job_id: str) -> list[dict[str, Any]]:
    """The runs of a job as Prefect's server has them, the first one first."""
    asked = {"flow_runs": {"operator": "or_", "id": {"any_": [job_id]}, "tags": {"all_": [f"job:{job_id}"]}}}
    runs: list[dict[str, Any]] = httpx.post(f"{server}/flow_runs/filter", json=asked).json()
    return sorted(runs, key=lambda run: int(run["parameters"].get("attempt", {}).get("number", 1)))


def several(runs: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    return runs if len(runs) > 1 else None


def state_names(server: str, run: dict[str, Any]) -> list[str]:
    """The states that a run went through."""
    states = httpx.get(f"{server}/flow_run_states/", params={"flow_run_id": run["id"]}).json()
    return [each["name"] for each in sorted(states, key=lambda each: str(each["timestamp"]))]


def test_a_run_whose_process_dies_goes_on_behind_its_last_finished_step(desk: Desk, site: Site) -> None:
    job_id = submitted(desk, url=site.url("treffen.mp4"), title="Abgebrochen")
    wait_for(lambda: desk.ask("job", id=job_id)["stage"] == "transcoded")
    fetched = len(site.asked("/treffen.mp4"))
    for process_id in processes_of_run(job_id):
        os.kill(process_id, signal.SIGKILL)
    assert desk.wait_for(job_id, "retrying", "done")["state"] == "retrying"
    assert desk.wait_for(job_id, "done", "failed")["state"] == "done"
    assert len(site.asked("/treffen.mp4")) == fetched, "nothing is fetched again"


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({}, "url_missing"),
        ({"url": "ftp://example.org/a"}, "url_scheme"),
        ({"url": "https://"}, "url_invalid"),
    ],
)
def test_bad_addresses_are_refused_at_once(about: dict[str, str], code: str, desk: Desk) -> None:
    with pytest.raises(RefusedError, match=code):
        desk.ask("submit", **about)


def test_a_run_that_nobody_can_read_hides_no_other_job(
    desk: Desk, done: dict[str, Any], prefect_server: str
) -> None:
    deployment = httpx.get(f"{prefect_server}/deployments/name/recording/mitschnitt").json()["id"]
    asked: dict[str, Any] = {"enforce_parameter_schema": False, "state": {"type": "CANCELLED"}}
    with temporary_settings({PREFECT_API_URL: prefect_server}), get_client(sync_client=True) as client:
        for parameters in ({}, {"request": {"agenda": 7}}, {"request": {}, "attempt": {"number": -1}}):
            asked["parameters"] = parameters
            # It asks a busy server again.
            client.request(
                "POST", "/deployments/{id}/create_flow_run", path_params={"id": deployment}, json=asked
            )
    assert done["id"] in [each["id"] for each in desk.ask("jobs")]


def test_jobs_that_do_not_exist_or_are_done_are_said_to_be(desk: Desk, done: dict[str, Any]) -> None:
    for unknown in ("keiner", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(RefusedError, match="no_such_job"):
            desk.ask("job", id=unknown)
    with pytest.raises(RefusedError, match="job_not_retryable"):
        desk.ask("retry", id=done["id"])
    assert done["id"] in [each["id"] for each in desk.ask("jobs")]


def mails_to(machine: Machine, recipient: str) -> list[str]:
    """The texts of the mails that the machine has written for somebody."""
    mails = Workplace(machine.folder).mails
    bodies = [mail.get_body(("plain",)) for mail in mails if mail["To"] == recipient]
    return [str(body.get_content()) for body in bodies if body is not None]


def mails_about(machine: Machine, job_id: str) -> list[str]:
    """What organisers were mailed of a job."""
    return [text for text in mails_to(machine, "orga@example.org") if job_id in text]
