"""Jobs through a worker and Prefect's own server: the way of a recording, and what can happen to it."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.flows.operations import Desk, Machine, RefusedError, processes_of_run, submitted, wait_for
from tests.flows.workplace import recording_of
from tests.media_samples import meeting_clip, silence
from tests.misbehaving_server import Site, error, serve, serve_folder
from transcripts.model import Stage

PASSCODE = "hoechst-geheim"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, prefect_server: str) -> Iterator[Machine]:
    """A worker of the shared Prefect server, with folders of its own."""
    machine = Machine(tmp_path_factory.mktemp("machine"), {"MITSCHNITT_PREFECT__API_URL": prefect_server})
    with machine.running("worker"):
        yield machine


@pytest.fixture(scope="module")
def desk(machine: Machine) -> Iterator[Desk]:
    with machine.desk() as desk:
        yield desk


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    silence(folder / "stille.mp4", 5)
    meeting_clip(folder / "treffen.mp4", 0, 60)
    with serve_folder(folder) as site:
        yield site


@pytest.fixture(scope="module")
def done(desk: Desk, site: Site) -> dict[str, Any]:
    """A job with a passcode, at its end."""
    url = site.url(f"stille.mp4?pwd={PASSCODE}")
    about = {"title": "Stille", "recorded_on": "2026-11-19", "agenda": ["Begrüßung"]}
    job: dict[str, Any] = desk.wait_for(submitted(desk, url=url, **about), "done", "failed")
    return job


def test_a_job_leads_to_a_record_that_is_announced(done: dict[str, Any], machine: Machine) -> None:
    assert (done["state"], done["stage"], done["message"]) == ("done", "announced", None)
    record = machine.folder / "archive/recordings" / done["record_id"]
    assert recording_of(record).stage is Stage.ANNOUNCED
    assert recording_of(record).agenda == ("Begrüßung",)
    assert len(list((machine.folder / "outbox").glob("*.eml"))) == 1


def test_prefect_has_never_seen_the_passcode(
    done: dict[str, Any], prefect_server: str, site: Site, machine: Machine
) -> None:
    run = httpx.get(f"{prefect_server}/flow_runs/{done['id']}").json()
    assert run["parameters"]["request"]["url"] == site.url("stille.mp4")
    questions = ("flow_runs", "task_runs", "artifacts", "logs")
    answers = [httpx.post(f"{prefect_server}/{each}/filter", json={}).text for each in questions]
    assert done["id"] in answers[0]
    assert all(PASSCODE not in each for each in (*answers, machine.log))


def test_what_a_job_was_asked_for_is_told_without_its_passcode(
    done: dict[str, Any], desk: Desk, site: Site
) -> None:
    asked = desk.ask("asked", id=done["id"])
    assert asked["url"] == site.url("stille.mp4")
    assert (asked["title"], asked["recorded_on"], asked["agenda"]) == ("Stille", "2026-11-19", ["Begrüßung"])
    assert asked["passcode"] is None


def test_the_same_source_leads_to_the_job_that_is_open(desk: Desk) -> None:
    with serve({"/a.mp4": lambda _exchange: time.sleep(3)}) as slow:
        first, second = (submitted(desk, url=slow.url("a.mp4")) for _ in range(2))
        desk.ask("cancel", id=first)
        assert first == second
        assert desk.wait_for(first, "cancelled")["record_id"] is None


def test_what_a_person_must_mend_is_said_and_a_retry_goes_on(desk: Desk, tmp_path: Path) -> None:
    with serve_folder(tmp_path) as site:
        job_id = submitted(desk, url=site.url("spaeter.mp4"))
        failed = desk.wait_for(job_id, "failed", "done")
        assert failed["error_code"] == "not_found"
        assert "gibt es keine Aufzeichnung" in failed["message"]
        silence(tmp_path / "spaeter.mp4", 5)
        desk.ask("retry", id=job_id, passcode="neu")
        done = desk.wait_for(job_id, "done", "failed")
    assert (done["state"], done["message"]) == ("done", None)


def test_what_time_can_mend_waits_in_line_and_says_until_when(desk: Desk) -> None:
    with serve({"/a.mp4": lambda exchange: error(exchange, status=503)}) as site:
        job_id = submitted(desk, url=site.url("a.mp4"))
        stumbled = desk.wait_for(job_id, "retrying", "failed")
        assert stumbled["error_code"] == "server_error"
        waiting = wait_for(lambda: with_time(desk.ask("job", id=job_id)))
        assert (waiting["state"], waiting["error_code"]) == ("retrying", "server_error")
        desk.ask("cancel", id=job_id)
    assert desk.wait_for(job_id, "cancelled")["message"] is None


def with_time(job: dict[str, Any]) -> dict[str, Any] | None:
    return job if job["retries_at"] else None


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


def test_jobs_that_do_not_exist_or_are_done_are_said_to_be(desk: Desk, done: dict[str, Any]) -> None:
    for unknown in ("keiner", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(RefusedError, match="no_such_job"):
            desk.ask("job", id=unknown)
    with pytest.raises(RefusedError, match="job_not_retryable"):
        desk.ask("retry", id=done["id"])
    assert done["id"] in [each["id"] for each in desk.ask("jobs")]
