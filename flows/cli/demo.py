"""Shows the whole way once: serves the bundled sample over HTTP, processes it, prints what came out.

`python -m flows.cli.demo [URL]`. Everything lies below `demo/`; nothing is sent.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rich.console import Console

from tasks.processes.child_process import running
from transcripts.archive.layout import CHAPTERS, MESSAGE, PAGE, TEXT
from transcripts.wording.german_formats import format_clock

DEMO = Path("demo").resolve()
SAMPLES = Path(__file__).parents[2] / "tests" / "samples"
SAMPLE_TITLE = "Netzwerktreffen Bürgerräte: Losverfahren in kleinen Gemeinden"
SAMPLE_DAY = "2026-11-19"
SHOWN_LINES = 14

console = Console(highlight=False, soft_wrap=True, markup=False)


def main() -> None:
    """Process the sample, or the address that was given."""
    if sys.argv[1:]:
        show(process(sys.argv[1]))
        return
    with served(SAMPLES) as address:
        agenda = str(SAMPLES / "netzwerktreffen.tagesordnung.txt")
        known = ("--title", SAMPLE_TITLE, "--date", SAMPLE_DAY, "--agenda", agenda)
        show(process(f"{address}/netzwerktreffen.mp4", *known))


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder without a log line a request."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on the loopback at a free port; yields the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def process(url: str, *options: str) -> Path:
    """Run `mitschnitt process` as a user would; returns the record's folder."""
    command = [sys.executable, "-m", "flows.cli.main", "process", url, *options, "--json"]
    environment = os.environ | demo_settings()
    with running(
        command, timeout_seconds=None, environment=environment, stdout=subprocess.PIPE, stderr=None
    ) as program:
        said, _ = program.communicate()
    answer = json.loads(said or b"{}")
    if program.returncode != 0:
        sys.exit(answer.get("error", {}).get("message", "Der Lauf ist gescheitert."))
    return Path(answer["location"])


def demo_settings() -> dict[str, str]:
    """All data below `demo/`; the sample's server on the loopback may be fetched from."""
    return {
        "MITSCHNITT_ARCHIVE__URL": str(DEMO / "archive"),
        "MITSCHNITT_WORK__DIR": str(DEMO / "work"),
        "MITSCHNITT_WORK__STATE_DIR": str(DEMO / "state"),
        "MITSCHNITT_ANNOUNCEMENT__OUTBOX": str(DEMO / "outbox"),
        "MITSCHNITT_FETCH__ALLOW_HOSTS": "127.0.0.1:*",
        "MITSCHNITT_NETWORK__NAME": "Netzwerk Bürgerräte",
    }


def show(record: Path) -> None:
    """Print where the record lies, its chapters, the first lines of the text and the mail."""
    heading("Die Aufzeichnung")
    console.print(f"{record}\nim Browser: {(record / PAGE).as_uri()}")
    heading("Kapitel")
    for chapter in json.loads((record / CHAPTERS).read_text(encoding="utf-8")):
        console.print(f"{format_clock(chapter['start_seconds'])}  {chapter['title']}")
    heading("Der Anfang des Textes")
    console.print("\n".join((record / TEXT).read_text(encoding="utf-8").splitlines()[:SHOWN_LINES]))
    heading(f"Die Mail ({record / MESSAGE})")
    console.print(mail_text(record / MESSAGE))


def mail_text(file: Path) -> str:
    """Subject and plain text of a stored mail."""
    from email import message_from_bytes
    from email.policy import default

    message = message_from_bytes(file.read_bytes(), policy=default)
    body = message.get_body(("plain",))
    return f"Betreff: {message['Subject']}\n\n{body.get_content() if body else ''}"


def heading(text: str) -> None:
    """A line that sets a part apart."""
    console.print(f"\n── {text} " + "─" * max(3, 68 - len(text)))


if __name__ == "__main__":
    main()
