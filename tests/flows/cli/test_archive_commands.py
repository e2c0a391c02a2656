"""The archive's commands as people use them: German lines, JSON for programs, exit status."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tasks.archive.document_publishing import publish_document
from tasks.archive.publishing import publish
from tasks.storage.folder_storage import FolderStorage
from tests.archive_documents import CONVERTER, DOCUMENT_ID, small_document
from tests.archive_records import IMPRINT, RECORD_ID, small_record, small_transcript
from tests.flows.workplace import Workplace
from tests.s3_server import S3Server


@pytest.fixture
def kept(tmp_path: Path) -> Workplace:
    """A workplace with one record in its archive."""
    settings = {
        "MITSCHNITT_NETWORK__NAME": str(IMPRINT.network_name),
        "MITSCHNITT_NETWORK__BASE_URL": str(IMPRINT.base_url),
    }
    workplace = Workplace(tmp_path / "place", settings)
    publish(FolderStorage(workplace.archive), small_record(tmp_path / "work"), IMPRINT)
    return workplace


def record_of(workplace: Workplace) -> Path:
    return workplace.archive / "recordings" / RECORD_ID


def test_an_archive_in_order_is_said_to_be_and_ends_with_0(kept: Workplace) -> None:
    answer = kept.run("verify")
    assert (answer.status, answer.err) == (0, "")
    assert answer.out == "1 Aufzeichnung geprüft: alles vollständig und unverändert.\n"
    assert kept.run("verify", RECORD_ID, "--deep", "--json").json == {"records": 1, "findings": []}


def test_damage_is_named_mended_and_what_is_lost_is_said(kept: Workplace) -> None:
    record = record_of(kept)
    (record / "transcript/transcript.json").unlink()
    (record / "index.html").write_bytes((record / "index.html").read_bytes()[:100])
    audio = bytearray((record / "media/audio.m4a").read_bytes())
    audio[50] ^= 1
    (record / "media/audio.m4a").write_bytes(audio)
    (record / "notiz.txt").write_text("vergessen")
    answer = kept.run("verify")
    assert answer.status == 1
    below = f"recordings/{RECORD_ID}"
    for line in (
        f"{below}/transcript/transcript.json: fehlt",
        f"{below}/index.html: ist verändert oder beschädigt",
        f"{below}/media/audio.m4a: ist verändert oder beschädigt",
        f"{below}/notiz.txt: gehört zu keiner Aufzeichnung",
        f"mitschnitt rebuild {RECORD_ID}",
    ):
        assert line in answer.out
    mended = kept.run("rebuild", RECORD_ID)
    assert mended.status == 1
    assert f"wiederhergestellt: {below}/index.html" in mended.out
    assert f"  {below}/media/audio.m4a: ist verändert" in mended.out
    assert "Auch aus dem Video ließ es sich nicht" in mended.out, "this one is no film"
    assert "aus einer Sicherung" in mended.out
    left = kept.run("verify", "--json").json["findings"]
    assert [each["object"] for each in left] == ["media/audio.m4a", "notiz.txt"]


def test_pruning_shows_first_and_removes_only_when_told(kept: Workplace) -> None:
    stray = record_of(kept) / "notiz.txt"
    stray.write_text("vergessen")
    assert "nichts zu entfernen" in kept.run("archive", "prune").out, "it is younger than the grace time"
    shown = kept.run("archive", "prune", "--grace-hours", "0")
    assert "notiz.txt" in shown.out
    assert "Noch ist nichts geschehen" in shown.out
    assert stray.exists()
    assert "Entfernt: 1" in kept.run("archive", "prune", "--grace-hours", "0", "--yes").out
    assert not stray.exists()
    assert kept.run("verify").status == 0


def test_versions_are_replaced_listed_and_restored(kept: Workplace) -> None:
    (kept.folder / "neu.json").write_text(small_transcript("Ein besserer Satz.").to_json())
    answer = kept.run("archive", "replace", RECORD_ID, "--transcript", "neu.json")
    assert answer.out == "Es gilt Fassung 2.\n"
    page = record_of(kept) / "index.html"
    assert "Ein besserer Satz." in page.read_text(encoding="utf-8")
    listed = kept.run("archive", "history", RECORD_ID).out.splitlines()
    assert [line.split(",")[0] for line in listed] == ["Fassung 1", "Fassung 2"]
    assert listed[1].endswith("– gültig")
    assert kept.run("archive", "restore", RECORD_ID).out == "Fassung 1 gilt wieder, als Fassung 3.\n"
    assert "Melderegister" in page.read_text(encoding="utf-8")
    assert kept.run("archive", "history", RECORD_ID, "--json").json["present"] == 3
    assert kept.run("verify").status == 0


def test_who_goes_back_to_a_version_that_has_lost_something_is_told(kept: Workplace) -> None:
    (kept.folder / "neu.json").write_text(small_transcript("Ein besserer Satz.").to_json())
    kept.run("archive", "replace", RECORD_ID, "--transcript", "neu.json")
    (record_of(kept) / "media/audio.m4a").unlink()
    answer = kept.run("archive", "restore", RECORD_ID)
    assert answer.status == 1
    first, second, lost, cure = answer.out.splitlines()
    assert first == "Fassung 1 gilt wieder, als Fassung 3."
    assert second == "Ihr fehlt inzwischen:"
    assert lost.endswith("media/audio.m4a: fehlt")
    assert cure == f"Beheben: mitschnitt rebuild {RECORD_ID}"


def test_an_archive_is_copied_to_a_bucket_and_back(
    kept: Workplace, s3_server: S3Server, tmp_path: Path
) -> None:
    access = {
        "MITSCHNITT_ARCHIVE__ENDPOINT_URL": str(s3_server.access.endpoint_url),
        "MITSCHNITT_ARCHIVE__ACCESS_KEY_ID": str(s3_server.access.access_key_id),
        "MITSCHNITT_ARCHIVE__SECRET_ACCESS_KEY": str(s3_server.access.secret_access_key),
        "MITSCHNITT_ARCHIVE__CA_FILE": str(s3_server.access.ca_file),
    }
    there = Workplace(kept.folder, kept.environment | access)
    bucket = f"s3://{s3_server.bucket}/{tmp_path.name}"
    assert "1 von 1 Aufzeichnungen" in there.run("archive", "copy", "archive", bucket).out
    assert there.run("archive", "copy", "archive", bucket, "--json").json["records"][0]["objects"] == 0
    assert there.run("archive", "copy", bucket, "zurueck").status == 0
    back = {file.relative_to(kept.folder / "zurueck") for file in (kept.folder / "zurueck").rglob("*.*")}
    here = {file.relative_to(kept.archive) for file in kept.archive.rglob("*.*")}
    assert back == here
    for file in here:
        assert (kept.folder / "zurueck" / file).read_bytes() == (kept.archive / file).read_bytes()
    in_bucket = Workplace(kept.folder, there.environment | {"MITSCHNITT_ARCHIVE__URL": bucket})
    assert in_bucket.run("verify", "--deep").status == 0


def test_the_catalogue_is_made_again(kept: Workplace) -> None:
    for name in ("catalogue.json", "index.html", "feed.xml"):
        (kept.archive / name).unlink()
    assert kept.run("verify").status == 1
    assert "Katalog mit 1" in kept.run("rebuild").out
    assert kept.run("verify").status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "nichts"),
        ("rebuild", "nichts"),
        ("archive", "history", "nichts"),
        ("archive", "restore", "nichts"),
        ("archive", "restore", RECORD_ID, "9"),
        ("archive", "prune", "nichts", "--versions"),
    ],
)
def test_what_does_not_exist_is_named(arguments: tuple[str, ...], kept: Workplace) -> None:
    answer = kept.run(*arguments)
    assert answer.status == 1
    assert "Fehler: " in answer.err
    assert "gibt es" in answer.err
    assert "Traceback" not in answer.err


def by_berlins_clock(server: str) -> Any:
    """The nightly check's deployment; one of another zone's clock was left by whoever asked before."""
    deployment = asked(f"{server}/deployments/name/verify-archive/nightly")
    zones = [each["schedule"]["timezone"] for each in deployment["schedules"]] if deployment else []
    return deployment if zones == ["Europe/Berlin"] else None


def test_the_nightly_check_is_scheduled_and_mails_the_administrators_what_is_wrong(
    kept: Workplace, prefect_server: str
) -> None:
    settings = {
        "PREFECT_API_URL": prefect_server,
        "MITSCHNITT_NETWORK__ADMIN_ADDRESS": "technik@example.org",
        "MITSCHNITT_ARCHIVE__VERIFY_NIGHTS": "1",
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    }
    nightly = Workplace(kept.folder, kept.environment | settings)
    assert nightly.run("archive", "nightly").status == 0
    assert nightly.mails == [], "nothing is wrong, nobody is bothered"
    (record_of(kept) / "media/poster.jpg").unlink()
    quiet = Workplace(kept.folder, nightly.environment | {"MITSCHNITT_NETWORK__ADMIN_ADDRESS": ""})
    assert quiet.run("archive", "nightly").status == 1
    assert nightly.mails == []
    with served(nightly, "worker"):
        deployment = patiently(lambda: by_berlins_clock(prefect_server))
        (schedule,) = deployment["schedules"]
        assert schedule["schedule"]["cron"] == "17 3 * * *"
        assert schedule["schedule"]["timezone"] == "Europe/Berlin"
        assert schedule["active"]
        assert not deployment["paused"]
        patiently(lambda: asked(f"{prefect_server}/deployments/{deployment['id']}/create_flow_run", {}))
        (mail,) = patiently(lambda: nightly.mails)
    assert mail["To"] == "technik@example.org"
    text = mail.get_body(("plain",))
    assert text is not None
    assert f"recordings/{RECORD_ID}/media/poster.jpg: fehlt" in text.get_content()
    assert f"mitschnitt rebuild {RECORD_ID}" in text.get_content()


def test_the_same_damage_is_mailed_once_and_other_damage_anew(kept: Workplace, prefect_server: str) -> None:
    settings = {
        "PREFECT_API_URL": prefect_server,
        "MITSCHNITT_NETWORK__ADMIN_ADDRESS": "technik@example.org",
        "MITSCHNITT_ANNOUNCEMENT__ORGANISERS": "orga@example.org",
        "MITSCHNITT_ARCHIVE__VERIFY_NIGHTS": "1",
    }
    nightly = Workplace(kept.folder, kept.environment | settings)
    (record_of(kept) / "media/poster.jpg").unlink()
    for mails in (1, 1):
        assert nightly.run("archive", "nightly").status == 1
        assert len(nightly.mails) == mails
    (record_of(kept) / "media/audio.m4a").unlink()
    assert nightly.run("archive", "nightly").status == 1
    assert [mail["To"] for mail in nightly.mails] == ["technik@example.org"] * 2
    opened = nightly.run("status", "--json").json["open"]
    (damage,) = (each for each in opened if each["kind"] == "damage")
    assert "media/audio.m4a: fehlt" in damage["text"]


@contextmanager
def served(workplace: Workplace, *arguments: str) -> Iterator[None]:
    """A command that runs until it is ended."""
    process = workplace.start(*arguments)
    try:
        yield
    finally:
        process.terminate()
        process.communicate(timeout=60)


def asked(url: str, body: dict[str, str] | None = None) -> Any:
    """What Prefect's API answers; None while it knows nothing of it, or its database is busy."""
    content = None if body is None else json.dumps(body).encode()
    request = Request(url, content, {"Content-Type": "application/json"})  # noqa: S310 - the loopback
    try:
        with urlopen(request) as answer:  # noqa: S310
            return json.load(answer)
    except HTTPError as error:
        if error.code not in (HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE):
            raise
    return None


def patiently(ask: Callable[[], Any]) -> Any:
    """Ask until there is an answer."""
    for _ in range(480):
        if answer := ask():
            return answer
        time.sleep(0.25)
    raise AssertionError("no answer")


def test_json_of_history_is_made_for_programs(kept: Workplace) -> None:
    facts = json.loads(kept.run("archive", "history", RECORD_ID, "--json").out)
    assert facts["versions"][0]["version"] == 1
    assert {each["name"] for each in facts["versions"][0]["objects"]} >= {"recording.json", "media/video.mp4"}


@pytest.mark.parametrize(
    ("segment", "reason"),
    [
        ('"start_seconds": -3.0, "end_seconds": 1.0', "segments 0 start_seconds: erwartet wird mindestens 0"),
        ('"start_seconds": NaN, "end_seconds": 1.0', "segments 0 start_seconds: erwartet wird eine Zahl"),
        ('"start_seconds": 3.0, "end_seconds": 1.0', "segments 0: das Ende liegt vor dem Anfang"),
        ('"start_seconds": 3.0', "segments 0 end_seconds: fehlt"),
        ("", "das ist kein gültiges JSON"),
    ],
)
def test_a_transcript_that_cannot_be_is_refused_with_its_reason(
    kept: Workplace, tmp_path: Path, segment: str, reason: str
) -> None:
    given = tmp_path / "transcript.json"
    given.write_text(f'{{"segments": [{{"text": "Hallo", {segment}}}]}}', encoding="utf-8")
    answer = kept.run("archive", "replace", RECORD_ID, "--transcript", str(given))
    assert answer.status == 1
    assert reason in answer.err.replace("\n", " ")
    assert kept.run("verify").status == 0


def test_a_damaged_record_and_ledger_keep_no_other_from_being_copied(kept: Workplace, tmp_path: Path) -> None:
    archive = FolderStorage(kept.archive)
    other = small_record(tmp_path / "zwei", "zwei", "Zweite")
    publish(archive, other, IMPRINT)
    (record_of(kept) / "manifest.json").write_text("{")
    archive.put_bytes("meetings/2025-11-20/ledger.json", b"{", "application/json")
    answer = kept.run("archive", "copy", str(kept.archive), str(tmp_path / "copy"), "--json")
    assert answer.status == 1
    assert [each["record_id"] for each in answer.json["records"]] == [other.recording.id]
    assert set(answer.json["failed"]) == {RECORD_ID, "meetings/2025-11-20/ledger.json"}


def test_a_document_is_looked_after_by_the_same_commands(kept: Workplace, tmp_path: Path) -> None:
    document = small_document(tmp_path / "document")
    publish_document(FolderStorage(kept.archive), document, CONVERTER, IMPRINT)
    assert kept.run("verify").out.startswith("1 Aufzeichnung und 1 Dokument geprüft: alles")
    (kept.archive / DOCUMENT_ID / "text/text.txt").unlink()
    damaged = kept.run("verify", DOCUMENT_ID)
    assert f"{DOCUMENT_ID}/text/text.txt: fehlt" in damaged.out
    assert f"Beheben: mitschnitt rebuild {DOCUMENT_ID}" in damaged.out
    assert "Das Dokument ist vollständig, es gilt Fassung 1." in kept.run("rebuild", DOCUMENT_ID).out
    copied = kept.run("archive", "copy", "archive", str(tmp_path / "copy")).out
    assert "Am Ziel: 2 von 2 Aufzeichnungen und Dokumenten" in copied
    refused = kept.run(
        "archive", "replace", DOCUMENT_ID, "--poster", str(record_of(kept) / "media/poster.jpg")
    )
    assert (refused.status, "gibt es im Archiv nicht" in refused.err) == (1, True)
