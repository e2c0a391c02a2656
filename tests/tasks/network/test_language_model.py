"""The language model's endpoint: a small real HTTP server that answers, or answers badly."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from config.settings import Chapters, Settings
from flows.pipeline.language_model_titles import worded_by_model
from tasks.network.language_model import MAX_ANSWER_BYTES, LanguageModel, ask, summarise, word_titles
from transcripts.errors.error_kinds import TemporaryError
from transcripts.model import Chapter, Segment, Transcript

KEY = "geheimer-schluessel"
SEGMENTS = (
    Segment(start_seconds=0, end_seconds=9, text="Wir reden über die Kosten der Moderation."),
    Segment(start_seconds=10, end_seconds=19, text="Die Gemeinde bezahlt 500 Euro."),
    Segment(start_seconds=20, end_seconds=29, text="Danach geht es um die Werbung im Dorf."),
)
CHAPTERS = (
    Chapter(start_seconds=0, title="Moderation und Kosten", origin="speech"),
    Chapter(start_seconds=20, title="Öffentlichkeitsarbeit", origin="agenda"),
)


class Endpoint(ThreadingHTTPServer):
    """Answers each chat completion with `content`, or with `raw` and `status` as they are."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content: str = ""
        self.raw: bytes | None = None
        self.status = 200
        self.requests: list[tuple[str, str | None, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        endpoint = self.server
        assert isinstance(endpoint, Endpoint)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        endpoint.requests.append((self.path, self.headers["Authorization"], body))
        reply = {"choices": [{"message": {"role": "assistant", "content": endpoint.content}}]}
        answer = json.dumps(reply).encode() if endpoint.raw is None else endpoint.raw
        self.send_response(endpoint.status)
        if endpoint.status == 302:
            self.send_header("Location", endpoint.url + "/elsewhere")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read no access log."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def model_at(url: str) -> LanguageModel:
    return LanguageModel(url, "probe", KEY, answer_seconds=5.0)


def test_titles_from_speech_are_worded_and_marked_and_the_agendas_stay(endpoint: Endpoint) -> None:
    endpoint.content = "Kosten der Moderation"
    first, second = word_titles(CHAPTERS, SEGMENTS, model_at(endpoint.url))
    assert (first.title, first.origin, first.model_dump()["made_by"]) == (
        "Kosten der Moderation",
        "speech",
        "probe",
    )
    assert second == CHAPTERS[1]
    ((path, key, body),) = endpoint.requests
    assert path == "/v1/chat/completions"
    assert key == f"Bearer {KEY}"
    assert body["model"] == "probe"
    assert SEGMENTS[1].text in body["messages"][1]["content"]
    assert SEGMENTS[2].text not in body["messages"][1]["content"]


def test_a_title_that_was_not_said_is_dropped(endpoint: Endpoint) -> None:
    endpoint.content = "Die Kosten in Berlin"
    assert word_titles(CHAPTERS, SEGMENTS, model_at(endpoint.url)) == CHAPTERS


def test_a_summary_is_marked_with_the_model(endpoint: Endpoint) -> None:
    endpoint.content = "Die Gemeinde bezahlt 500 Euro. Es geht um die Kosten. Es geht um die Werbung im Dorf."
    summary = summarise(SEGMENTS, model_at(endpoint.url))
    assert summary is not None
    assert (summary.text, summary.made_by) == (endpoint.content, "probe")


@pytest.mark.parametrize(
    ("status", "raw"),
    [
        (500, b""),
        (401, b"{}"),
        (302, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"choices": []}'),
        (200, b'{"choices": [{"message": {"content": null}}]}'),
        (200, b'{"choices": "' + b"x" * MAX_ANSWER_BYTES + b'"}'),
    ],
)
def test_whatever_is_wrong_with_the_answer_is_one_error_without_secrets(
    endpoint: Endpoint, status: int, raw: bytes
) -> None:
    endpoint.status, endpoint.raw = status, raw
    with pytest.raises(TemporaryError) as caught:
        ask(model_at(endpoint.url), "Regeln", "Aufgabe")
    assert caught.value.code == "language_model_failed"
    assert KEY not in str(caught.value)
    assert len(endpoint.requests) == 1, "redirects are not followed"


def settings_for(url: str | None) -> Settings:
    return Settings(chapters=Chapters(llm_url=url, llm_model="probe", llm_timeout_seconds=5))


def test_an_endpoint_that_fails_changes_nothing(endpoint: Endpoint) -> None:
    endpoint.status = 503
    transcript = Transcript(segments=SEGMENTS)
    assert worded_by_model(CHAPTERS, transcript, settings_for(endpoint.url)) == (CHAPTERS, None)
    assert worded_by_model(CHAPTERS, transcript, settings_for("http://127.0.0.1:9/v1")) == (CHAPTERS, None)


def test_nothing_is_sent_where_no_endpoint_is_configured(endpoint: Endpoint) -> None:
    assert worded_by_model(CHAPTERS, Transcript(segments=SEGMENTS), settings_for(None)) == (CHAPTERS, None)
    assert endpoint.requests == []
    assert Settings().chapters.llm_url is None
