"""The way of a document, on Prefect's own server: by the command, by a worker, killed and gone on with."""

import json
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.flows.operations import Machine, wait_for
from tests.flows.workplace import Workplace
from tests.misbehaving_server import file, page, serve
from tests.small_pdf import small_pdf
from transcripts.documents.document_record import DocumentRecord, DocumentStage
from transcripts.documents.document_text import DocumentText

PDF = small_pdf("Der Rat beschließt das Losverfahren.", "Auskunft erteilt das Rathaus.")

JOBS = """
import json, sys
from dataclasses import asdict
from flows.orchestration.prefect_environment import prepare_prefect
from config.loading import load_settings
prepare_prefect(load_settings().settings)
from flows.documents import document_jobs
from transcripts.documents.document_order import DocumentOrder
from transcripts.errors.error_kinds import StepError
what, about = sys.argv[1], json.loads(sys.argv[2])
try:
    if what == "submit":
        print(json.dumps(document_jobs.submit_document(DocumentOrder(**about))))
    else:
        print(json.dumps([asdict(each) for each in document_jobs.document_jobs()], default=str))
except StepError as error:
    print(json.dumps(error.code))
"""


def stored(archive: Path, record_id: str) -> DocumentRecord:
    return DocumentRecord.model_validate_json((archive / record_id / "document.json").read_bytes())


def test_a_file_is_taken_in_waits_is_released_and_known_again(workplace: Workplace) -> None:
    (workplace.folder / "Musterantrag Losverfahren.pdf").write_bytes(PDF)
    added = workplace.run(
        *("documents", "add", "./Musterantrag Losverfahren.pdf", "--title", "Musterantrag: Losverfahren"),
        *("--place", "Herrenberg", "--kind", "model_motion", "--json"),
    )
    assert added.status == 0, added.err
    (taken,) = added.json["documents"]
    record_id = taken["record_id"]
    assert (taken["existed"], taken["stage"]) == (False, "proposed")
    assert record_id.endswith("-musterantrag-losverfahren")
    folder = workplace.archive / record_id
    assert (folder / "original/musterantrag-losverfahren.pdf").read_bytes() == PDF
    assert (folder / "archival/document.pdf").is_file()
    assert (folder / "pages/page-0002.webp").is_file()
    text = DocumentText.model_validate_json((folder / "text/text.json").read_bytes())
    assert "Losverfahren" in text.plain_text
    record = stored(workplace.archive, record_id)
    assert (record.details.municipality, record.page_count) == ("Herrenberg", 2)
    assert not list(workplace.archive.glob("uploads/*")), "what is in the archive takes no room twice"
    again = workplace.run("documents", "add", "./Musterantrag Losverfahren.pdf", "--json").json["documents"]
    assert [(each["record_id"], each["existed"]) for each in again] == [(record_id, True)]
    assert f"{record_id}: Musterantrag: Losverfahren (" in workplace.run("documents", "list").out
    assert workplace.run("documents", "release", record_id).out == "Musterantrag: Losverfahren: freigegeben\n"
    released = stored(workplace.archive, record_id)
    assert (released.stage, released.released_at is not None) == (DocumentStage.RELEASED, True)
    taken_back = workplace.run("documents", "release", record_id.partition("/")[2], "--take-back")
    assert "vorgeschlagen" in taken_back.out
    assert stored(workplace.archive, record_id).released_at is None
    assert workplace.run("verify").out.startswith("1 Dokument geprüft: alles vollständig")


def test_what_cannot_be_taken_in_is_said_and_the_others_are_there(workplace: Workplace) -> None:
    (workplace.folder / "kaputt.pdf").write_bytes(b"%PDF-1.4\nnothing else")
    answers = {
        "/antrag.pdf": partial(file, content=PDF, kind="application/pdf"),
        "/seite": partial(page, html="<html><h1>Rat</h1></html>"),
    }
    with serve(answers) as site:
        added = workplace.run(
            "documents",
            "add",
            "./kaputt.pdf",
            site.url("seite"),
            site.url("antrag.pdf"),
            "--release",
            "--json",
        )
        address = site.url("antrag.pdf")
    assert added.status == 1
    codes = [each["code"] for each in added.json["failed"].values()]
    assert codes == ["document_damaged", "document_page"]
    (taken,) = added.json["documents"]
    assert taken["stage"] == "released"
    assert stored(workplace.archive, taken["record_id"]).details.source == address
    assert not list(workplace.archive.glob("uploads/*"))


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, prefect_server: str) -> Iterator[Machine]:
    """A worker of the shared Prefect server, with folders of its own."""
    environment = {
        "MITSCHNITT_PREFECT__API_URL": prefect_server,
        "MITSCHNITT_WORKER__RETRY_PAUSES_MINUTES": "0.1",
        "MITSCHNITT_ANNOUNCEMENT__ORGANISERS": "orga@example.org",
    }
    machine = Machine(tmp_path_factory.mktemp("machine"), environment)
    with machine.running("worker"):
        yield machine


def asked(machine: Machine, what: str, **about: Any) -> Any:
    place = Workplace(machine.folder, machine.full_environment)
    answer = place.run_python(JOBS, what, json.dumps(about))
    assert answer.status == 0, answer.err
    return json.loads(answer.out.splitlines()[-1])


def submitted_to(machine: Machine, address: str) -> str | None:
    """The job's id, as soon as there is a worker."""
    answer = asked(machine, "submit", url=address, title="Antrag")
    return None if answer == "no_worker_yet" else str(answer)


def job_of(machine: Machine, job_id: str, *states: str) -> Any:
    def found() -> Any:
        jobs = [each for each in asked(machine, "jobs") if each["id"] == job_id]
        return jobs[0] if jobs and jobs[0]["state"] in states else None

    return wait_for(found)


def test_a_worker_takes_a_document_in_and_goes_on_after_a_kill(machine: Machine) -> None:
    kill_first = KilledOnce(machine)
    with serve({"/antrag.pdf": kill_first}) as site:
        job_id = wait_for(lambda: submitted_to(machine, site.url("antrag.pdf")))
        assert asked(machine, "submit", url=site.url("antrag.pdf"), title="Antrag") == job_id
        job = job_of(machine, job_id, "done", "failed")
    assert kill_first.count > 0
    assert (job["state"], job["message"]) == ("done", None), job
    assert stored(machine.folder / "archive", job["record_id"]).details.title == "Antrag"


def test_a_document_that_fails_is_told_to_the_organisers_once(machine: Machine) -> None:
    with serve({"/kaputt.pdf": partial(file, content=b"%PDF-1.7 kaputt", kind="application/pdf")}) as site:
        job_id = wait_for(lambda: submitted_to(machine, site.url("kaputt.pdf")))
        assert job_of(machine, job_id, "failed")["state"] == "failed"
        (mail,) = wait_for(lambda: Workplace(machine.folder, machine.full_environment).mails)
    text = mail.get_body(("plain",))
    assert mail["To"] == "orga@example.org"
    assert text is not None
    assert "Dieses Dokument ist gescheitert" in " ".join(text.get_content().split())


class KilledOnce:
    """A server that ends the process which runs the flow at the first request, and then gives the file."""

    def __init__(self, machine: Machine) -> None:
        self._machine, self.count = machine, 0

    def __call__(self, exchange: Any) -> None:
        if not self.count:
            for pid in runs_of(self._machine):
                os.kill(pid, signal.SIGKILL)
                self.count += 1
            return
        file(exchange, content=PDF, kind="application/pdf")


def runs_of(machine: Machine) -> list[int]:
    """The processes of flow runs of this machine."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            environment = (each / "environ").read_bytes()
            is_ours = (each / "cwd").readlink() == machine.folder
        except OSError:
            continue
        if is_ours and b"PREFECT__FLOW_RUN_ID=" in environment:
            found.append(int(each.name))
    return found


BARRING = """
import sys
from flows.cli.preparation import prepared_settings
prepared_settings()
from flows.documents.document_flow import document
from flows.documents.document_request import DocumentRequest
document(DocumentRequest(bar=sys.argv[1], bar_version=int(sys.argv[2]), bar_numbers=(1,)))
"""


def test_what_is_barred_is_gone_from_everything_but_the_original(workplace: Workplace) -> None:
    private = "0171 2345678"
    pdf = small_pdf("Der Rat beschließt das Losverfahren.", f"Auskunft privat: mobil {private}")
    (workplace.folder / "brief.pdf").write_bytes(pdf)
    (taken,) = workplace.run("documents", "add", "./brief.pdf", "--json").json["documents"]
    folder = workplace.archive / taken["record_id"]
    findings = json.loads((folder / "personal_data.json").read_text())["findings"]
    assert [each["kind"] for each in findings] == ["phone"]
    assert private in (folder / "text/text.txt").read_text()
    late = workplace.run_python(BARRING, taken["record_id"], "7")
    assert (late.status != 0, "document_changed" in late.err) == (True, True)
    barred = workplace.run_python(BARRING, taken["record_id"], "1")
    assert barred.status == 0, barred.err
    assert stored(workplace.archive, taken["record_id"]).is_barred
    text = DocumentText.model_validate_json((folder / "text/text.json").read_bytes())
    assert "Auskunft privat: mobil ████████████" in text.plain_text
    readable = {each.relative_to(folder).parts[0]: each for each in folder.rglob("*.*") if each.is_file()}
    assert {"original", "archival", "pages", "text"} <= set(readable)
    for each in folder.rglob("*"):
        if each.is_file() and each.parent.name != "original":
            assert private.encode() not in each.read_bytes(), each
    (made,) = (folder / "archival").iterdir()
    with pypdfium2.PdfDocument(made) as opened:
        words = "".join(page.get_textpage().get_text_range() for page in opened)
    assert "Losverfahren" in words
    assert "2345678" not in words
    assert workplace.run("verify").status == 0
