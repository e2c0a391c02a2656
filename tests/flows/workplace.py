"""A folder in which `mitschnitt` is used as a person would: its own settings, archive and outbox."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from transcripts.archive.manifest import Manifest
from transcripts.model import Recording, Transcript

NAMED = ("--title", "Treffen der Bürgerräte", "--date", "2026-11-19")


@dataclass(frozen=True)
class Answer:
    """What a finished command said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Workplace:
    """The folder and the environment that its commands get."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def mails(self) -> list[EmailMessage]:
        files = sorted((self.folder / "outbox").glob("*.eml"))
        parsed = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [mail for mail in parsed if isinstance(mail, EmailMessage)]

    def records(self) -> list[Path]:
        return sorted(self.archive.glob("recordings/*"))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return self._start("-m", "flows.cli.main", *arguments)

    def run_python(self, code: str, *arguments: str) -> Answer:
        """Run a few lines of Python as a process of Mitschnitt would."""
        process = self._start("-c", code, *arguments)
        out, err = process.communicate(timeout=800)
        return Answer(process.returncode, out, err)

    def _start(self, *arguments: str, typed: str | None = None) -> subprocess.Popen[str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MITSCHNITT_", "PREFECT_"))
        }
        settings = {"MITSCHNITT_FETCH__ALLOW_HOSTS": "127.0.0.1:*"}
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=inherited | settings | self.environment,
            stdin=None if typed is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def process(self, url: str, *options: str) -> Answer:
        """`mitschnitt process` for a meeting whose title and day are known, so that neither is a guess."""
        return self.run("process", url, *NAMED, *options)

    def run(self, *arguments: str, typed: str | None = None) -> Answer:
        """Run a command to its end; `typed` is what its standard input says."""
        process = self._start("-m", "flows.cli.main", *arguments, typed=typed)
        out, err = process.communicate(typed, timeout=800)
        return Answer(process.returncode, out, err)


def recording_of(record: Path) -> Recording:
    return Recording.model_validate_json((record / "recording.json").read_bytes())


def transcript_of(record: Path) -> Transcript:
    return Transcript.model_validate_json((record / "transcript/transcript.json").read_bytes())


def manifest_of(record: Path) -> Manifest:
    return Manifest.model_validate_json((record / "manifest.json").read_bytes())


def files_of(record: Path) -> dict[str, bytes]:
    """Every file of a record by its name."""
    return {str(file.relative_to(record)): file.read_bytes() for file in record.rglob("*") if file.is_file()}


def plain_files_of(record: Path) -> dict[str, bytes]:
    """The files that people and other programs read: all but those that versions are kept in."""
    kept = ("versions/", "history/")
    return {name: content for name, content in files_of(record).items() if not name.startswith(kept)}
