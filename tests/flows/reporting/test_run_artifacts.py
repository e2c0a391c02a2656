"""What a run leaves with Prefect: a server that has an error of its own costs words, never the run."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread

import httpx
import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.reporting.run_artifacts import leave_artifact

SHORT = (0.01, 0.01, 0.01)


@contextmanager
def faulty(server: str, faults: int) -> Iterator[str]:
    """In front of Prefect's server: the first artifacts are answered with 500, all else is passed on."""
    left = count(faults, -1)

    class Front(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.startswith("/api/artifacts") and next(left) > 0:
                self._reply(500, b"{}")
                return
            self._pass_on(body)

        def do_GET(self) -> None:
            self._pass_on(b"")

        def _pass_on(self, body: bytes) -> None:
            url = server.removesuffix("/api") + self.path
            kind = {"Content-Type": "application/json"}
            answer = httpx.request(self.command, url, content=body, headers=kind)
            self._reply(answer.status_code, answer.content)

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    front = ThreadingHTTPServer(("127.0.0.1", 0), Front)
    Thread(target=front.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{front.server_address[1]}/api"
    finally:
        front.shutdown()


@pytest.mark.parametrize(("faults", "left"), [(0, 1), (2, 1), (99, 0)])
def test_an_error_of_prefects_server_costs_at_most_the_words(
    prefect_server: str, faults: int, left: int
) -> None:
    key = f"meldung-{faults}"

    @flow(persist_result=False)
    def leaving() -> str:
        leave_artifact("Der Server ist gerade nicht da.", key, "server_error", SHORT)
        return "done"

    with faulty(prefect_server, faults) as address, temporary_settings({PREFECT_API_URL: address}):
        assert leaving() == "done"
    with temporary_settings({PREFECT_API_URL: prefect_server}), get_client(sync_client=True) as client:
        named = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
        assert len(client.read_artifacts(artifact_filter=named)) == left
