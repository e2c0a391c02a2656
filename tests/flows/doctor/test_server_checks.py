"""Every server that is named is asked, and what is wrong with it is told apart; none is sent anything."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from config.loading import read_settings
from flows.doctor.check import Finding, Kind, Verdict
from flows.doctor.examination import examine
from tasks.storage.storage_interface import open_storage
from tests.flows.operations import s3_settings
from tests.postgres_server import running_postgres_server
from tests.s3_server import S3Server, free_port

GROUP = "Z3J1cHBl"
SECRET = "whsec_c2VociBnZWhlaW0sIDI0IFplaWNoZW4hMTIz"


@contextmanager
def answering(status: int, answer: object, asked: list[str] | None = None) -> Iterator[str]:
    """A server that gives everybody the same answer; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            if asked is not None:
                asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        do_GET = do_POST  # noqa: N815 - as http.server wants it

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def base(tmp_path: Path) -> dict[str, str]:
    """Settings with which nothing is wrong, all in one folder."""
    model = tmp_path / "modell"
    model.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (model / name).touch()
    return {
        "MITSCHNITT_WORK__DIR": str(tmp_path / "work"),
        "MITSCHNITT_WORK__STATE_DIR": str(tmp_path / "state"),
        "MITSCHNITT_ARCHIVE__URL": str(tmp_path / "archive"),
        "MITSCHNITT_ANNOUNCEMENT__OUTBOX": str(tmp_path / "outbox"),
        "MITSCHNITT_TRANSCRIPTION__MODEL": str(model),
    }


def found(environment: dict[str, str], subject: str) -> list[Finding]:
    """What the doctor says of a subject and whoever answers for it now."""
    findings = examine(read_settings(environment))
    return [each for each in findings if each.subject == subject and each.kind is Kind.NOW]


def signal_at(url: str) -> dict[str, str]:
    named = {"URL": url, "ACCOUNT": "+491510000000", "GROUP": GROUP}
    return {f"MITSCHNITT_SIGNAL__{key}": value for key, value in named.items()}


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (200, {"result": [{"id": GROUP}]}, None),
        (200, {"result": [{"id": "andere"}]}, "nicht in der eingestellten Gruppe"),
        (200, {"error": {"code": -1, "message": "User is not registered"}}, "User is not registered"),
        (200, {"hallo": 1}, "keine Antwort von signal-cli"),
        (500, {}, "nicht erreichbar"),
    ],
)
def test_signal_is_asked_for_the_group_and_sent_nothing(
    status: int, answer: object, words: str | None, base: dict[str, str]
) -> None:
    asked: list[str] = []
    with answering(status, answer, asked) as url:
        (finding,) = found(base | signal_at(url), "Signal")
    assert finding.verdict is (Verdict.BAD if words else Verdict.GOOD)
    assert words is None or words in finding.text
    assert asked == ["/api/v1/rpc"]


def test_what_does_not_answer_is_bad_all_at_the_same_time(base: dict[str, str]) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    settings = {
        **base,
        **signal_at(nowhere),
        "MITSCHNITT_WEBHOOK__URL": f"{nowhere}/hook?token=streng-geheim",
        "MITSCHNITT_WEBHOOK__SECRET": SECRET,
        "MITSCHNITT_CHAPTERS__LLM_URL": f"{nowhere}/v1",
        "MITSCHNITT_PREFECT__API_URL": f"{nowhere}/api",
        "MITSCHNITT_PREFECT__DATABASE_URL": f"postgresql+asyncpg://a:streng-geheim@127.0.0.1:{free_port()}/c",
    }
    findings = examine(read_settings(settings))
    away = [each for each in findings if each.verdict is Verdict.BAD]
    assert {each.subject for each in away} == {"Signal", "Webhook", "Kapitel", "Prefect", "Datenbank"}
    assert {each.kind for each in away} == {Kind.NOW}, "a start goes on"
    assert "geheim" not in str(findings)


def test_offline_nobody_is_asked_and_the_report_says_so(base: dict[str, str]) -> None:
    asked: list[str] = []
    with answering(200, {}, asked) as url:
        findings = examine(read_settings(base | signal_at(url)), is_offline=True)
    assert asked == []
    assert [each.text for each in findings if each.subject == "Signal"] == ["nicht gefragt (--offline)"]


def test_who_is_named_by_a_wrong_setting_is_not_asked(base: dict[str, str]) -> None:
    asked: list[str] = []
    with answering(200, {}, asked) as url:
        settings = base | signal_at(url) | {"MITSCHNITT_SIGNAL__ACCOUNT": "0151"}
        (finding,) = found(settings, "Signal")
    assert (asked, finding.verdict) == ([], Verdict.UNASKED)


@pytest.mark.parametrize(
    ("status", "answer", "verdict", "words"),
    [
        (200, 3, Verdict.GOOD, "Server: http://127.0.0.1"),
        (401, {}, Verdict.BAD, "lehnt das Kennwort ab"),
        (503, {}, Verdict.BAD, "nicht erreichbar"),
        (404, {}, Verdict.BAD, "kein Prefect-Server"),
        (200, {"hallo": 1}, Verdict.BAD, "kein Prefect-Server"),
    ],
)
def test_a_prefect_server_that_is_away_is_told_from_one_that_refuses_and_one_that_is_none(
    status: int, answer: object, verdict: Verdict, words: str, base: dict[str, str]
) -> None:
    with answering(status, answer) as url:
        (finding,) = found(base | {"MITSCHNITT_PREFECT__API_URL": f"{url}/api"}, "Prefect")
    assert finding.verdict is verdict
    assert words in finding.text


def test_prefects_own_server_takes_the_question(base: dict[str, str], prefect_server: str) -> None:
    (finding,) = found(base | {"MITSCHNITT_PREFECT__API_URL": prefect_server}, "Prefect")
    assert finding.verdict is Verdict.GOOD, finding.text


def test_a_database_is_connected_to(base: dict[str, str]) -> None:
    with running_postgres_server() as port:
        address = f"postgresql+asyncpg://app@127.0.0.1:{port}"
        for name, verdict in (("postgres", Verdict.GOOD), ("gibt_es_nicht", Verdict.BAD)):
            settings = base | {"MITSCHNITT_PREFECT__DATABASE_URL": f"{address}/{name}"}
            (finding,) = found(settings, "Datenbank")
            assert finding.verdict is verdict, finding.text


def test_a_database_in_a_file_is_not_made_by_looking(base: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "neu/prefect.db"
    settings = base | {"MITSCHNITT_PREFECT__DATABASE_URL": f"sqlite+aiosqlite:///{file}"}
    (finding,) = found(settings, "Datenbank")
    assert (finding.verdict, file.parent.exists()) == (Verdict.GOOD, False)
    file.parent.mkdir()
    file.write_bytes(b"keine Datenbank" * 100)
    (finding,) = found(settings, "Datenbank")
    assert finding.verdict is Verdict.BAD


def test_a_receiver_of_the_webhook_is_connected_to_and_called_nothing(base: dict[str, str]) -> None:
    asked: list[str] = []
    with answering(200, {}, asked) as url:
        settings = {"MITSCHNITT_WEBHOOK__URL": f"{url}/hook", "MITSCHNITT_WEBHOOK__SECRET": SECRET}
        (finding,) = found(base | settings, "Webhook")
    assert (finding.verdict, asked) == (Verdict.GOOD, [])


def test_who_never_answers_is_not_waited_for(base: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        findings = examine(read_settings(base | signal_at(url)), wait_seconds=0.3)
    (finding,) = [each for each in findings if each.subject == "Signal"]
    assert "nicht geantwortet" in finding.text


def test_certificates_that_are_missing_are_not_taken_for_a_server_that_is_away(
    base: dict[str, str], tmp_path: Path
) -> None:
    settings = {
        **base,
        "MITSCHNITT_ANNOUNCEMENT__SMTP_URL": f"smtps://127.0.0.1:{free_port()}",
        "MITSCHNITT_ANNOUNCEMENT__TO": "liste@example.org",
        "MITSCHNITT_ANNOUNCEMENT__FROM": "wir@example.org",
        "MITSCHNITT_ANNOUNCEMENT__CA_FILE": str(tmp_path / "nirgends.pem"),
    }
    mail = [each for each in examine(read_settings(settings)) if each.subject == "Mail"]
    assert [each.verdict for each in mail] == [Verdict.BAD, Verdict.UNASKED]
    assert "[announcement] ca_file" in mail[0].text


def test_a_bucket_is_written_to_and_nothing_stays_there(base: dict[str, str], s3_server: S3Server) -> None:
    settings = base | s3_settings(s3_server, "pruefung")
    (finding,) = found(settings, "Archiv")
    assert finding.verdict is Verdict.GOOD, finding.text
    storage = open_storage(f"s3://{s3_server.bucket}/pruefung", s3_server.access)
    assert list(storage.list_objects("probe")) == []


@pytest.mark.parametrize(("is_reader", "verdict"), [(False, Verdict.GOOD), (True, Verdict.BAD)])
def test_an_inbox_in_a_bucket_must_be_readable_and_writable(
    base: dict[str, str], s3_server: S3Server, is_reader: bool, verdict: Verdict
) -> None:
    access = s3_server.reader if is_reader else s3_server.access
    settings = (
        base
        | s3_settings(s3_server, "pruefung")
        | {
            "MITSCHNITT_INBOX__BUCKET": f"s3://{s3_server.bucket}/pruefung/inbox",
            "MITSCHNITT_ARCHIVE__ACCESS_KEY_ID": str(access.access_key_id),
            "MITSCHNITT_ARCHIVE__SECRET_ACCESS_KEY": str(access.secret_access_key),
        }
    )
    (finding,) = found(settings, "Eingang")
    assert finding.verdict is verdict, finding.text
    storage = open_storage(f"s3://{s3_server.bucket}/pruefung/inbox", s3_server.access)
    assert list(storage.list_objects("")) == []


def test_a_key_that_may_only_read_is_said_to_be_one(base: dict[str, str], s3_server: S3Server) -> None:
    reader = {
        "MITSCHNITT_ARCHIVE__ACCESS_KEY_ID": str(s3_server.reader.access_key_id),
        "MITSCHNITT_ARCHIVE__SECRET_ACCESS_KEY": str(s3_server.reader.secret_access_key),
    }
    (finding,) = found(base | s3_settings(s3_server, "pruefung") | reader, "Archiv")
    assert finding.verdict is Verdict.HINT
    assert "nur zu lesen" in finding.text
