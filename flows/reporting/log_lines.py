"""One line for each thing that is logged: when, how serious, on which recording, in which step.

The same for all processes that run for long, and for what Prefect and uvicorn say; also for Prefect's runs,
whose own log gets what `mitschnitt.*` says. Loads no Prefect, which loads this module itself.
"""

import json
import logging
import logging.config
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.settings import Settings
from flows.state_folder import state_folder
from transcripts.errors.error_kinds import StepError

OURS = "mitschnitt"
# Where Prefect reads its part, in the folder that nobody deletes.
PREFECT_FILE = "prefect/logging.json"
RUN_ID_LETTERS = 8
LONGEST_CHAIN = 10
_SAID_BY_ENGINE = "Engine execution exited with unexpected exception"
_LABELS = ("recording", "run", "step")
_SECRETS = (
    (re.compile(r"(?<=://)[^\s/@]{1,200}@"), "…@"),  # user and password
    (re.compile(r"(https?://[^\s?#\"'<>]{1,2000}+)[?#][^\s\"'<>]+"), r"\1?…"),  # passcodes
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,200}"), "…@…"),  # addresses of people
)


def log_to_stderr(settings: Settings) -> None:
    """Let this process log, before it has loaded Prefect or without it."""
    logging.config.dictConfig(_config(settings))


def write_prefect_config(settings: Settings) -> Path:
    """What makes Prefect log the same way in this process and in its runs; returns the file."""
    file = state_folder(settings) / PREFECT_FILE
    content = json.dumps(_config(settings) | _of_prefect(settings), indent=1)
    if not file.exists() or file.read_bytes() != content.encode():
        draft = file.with_suffix(".part")
        draft.write_text(content, encoding="utf-8")
        draft.replace(file)
    return file


class RunLabels(logging.Filter):
    """Gives each record the recording, the run and the step that it is about, empty where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets all through."""
        recording, run, step = _labels()
        # Of what it says outside of a run, Prefect tells which one it is about.
        record.run = run or str(getattr(record, "flow_run_id", ""))[:RUN_ID_LETTERS]
        record.recording, record.step = recording, step or str(getattr(record, "task_name", ""))
        return True


class WithoutSecrets(logging.Filter):
    """Takes passcodes, passwords and mail addresses out of what is said, whoever says it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets all through."""
        record.msg, record.args = without_secrets(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = without_secrets(logging.Formatter().formatException(record.exc_info))
        return True


class ForeseenErrors(logging.Filter):
    """Says in a line what was foreseen: an error of ours needs no traceback, only what led to it.

    Prefect's engine speaks of an unexpected exception whenever a run has failed, also as it was to.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keeps back what the engine says of an error of ours."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, StepError):
            record.exc_info, record.exc_text = None, without_secrets(" ← ".join(_chain(error)))
            record.is_foreseen = True  # for the other handlers, which get the same record
        return not (getattr(record, "is_foreseen", False) and record.getMessage().startswith(_SAID_BY_ENGINE))


class TextLine(logging.Formatter):
    """`2026-11-20T07:00:00.123+01:00 INFO mitschnitt.steps [https://… 1a2b3c4d fetch] 12 MB in 3 s`."""

    def format(self, record: logging.LogRecord) -> str:
        """In one line, also with a traceback."""
        facts = _facts(record)
        labels = " ".join(filter(None, (facts[name] for name in _LABELS)))
        where = f"[{labels}] " if labels else ""
        said = " ⏎ ".join(filter(None, (facts["message"], facts.get("exception"))))
        line = f"{facts['time']} {facts['level']} {facts['logger']} {where}{said}"
        return " ⏎ ".join(each for each in line.splitlines() if each.strip())


class JsonLine(logging.Formatter):
    """The same as an object of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """In one line."""
        return json.dumps(_facts(record), ensure_ascii=False)


def without_secrets(text: str) -> str:
    """A text that may be logged: addresses without user, password and query; nobody's mail address."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def _chain(error: BaseException | None) -> Iterator[str]:
    """An error and what it was raised from, each in a few words."""
    for _ in range(LONGEST_CHAIN):
        if error is None:
            return
        yield f"{type(error).__name__}: {error}"
        error = error.__cause__


def _facts(record: logging.LogRecord) -> dict[str, str]:
    moment = datetime.fromtimestamp(record.created, UTC)
    facts = {
        "time": moment.isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        **{name: str(getattr(record, name, "")) for name in _LABELS},
        "message": record.getMessage(),
    }
    if record.exc_text:
        facts["exception"] = record.exc_text
    return facts


def _labels() -> tuple[str, str, str]:
    """Recording, run and step of the code that is running: Prefect knows, if it is loaded at all."""
    context = sys.modules.get("prefect.context")
    if context is None or not hasattr(context, "TaskRunContext"):  # still being loaded
        return "", "", ""
    of_flow, of_task = context.FlowRunContext.get(), context.TaskRunContext.get()
    step = of_task.task.name if of_task else ""
    run = of_flow.flow_run if of_flow else None
    if run is None:
        return "", "", step
    request = (of_flow.parameters or {}).get("request")
    # How an uploaded file is called may tell who somebody is.
    recording = getattr(request, "url", None) or getattr(request, "upload", None) or run.name
    return recording, str(run.id)[:RUN_ID_LETTERS], step


def _config(settings: Settings) -> dict[str, Any]:
    """For logging.config; `$` would be Prefect's."""
    level = settings.logging.level.upper()
    here = f"{__name__}."
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "labels": {"()": f"{here}RunLabels"},
            "foreseen": {"()": f"{here}ForeseenErrors"},
            "secrets": {"()": f"{here}WithoutSecrets"},
        },
        "formatters": {"text": {"()": f"{here}TextLine"}, "json": {"()": f"{here}JsonLine"}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "level": level,
                "formatter": settings.logging.format,
                "filters": ["labels", "foreseen", "secrets"],
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {OURS: {"level": level}},
        "root": {"level": "WARNING", "handlers": ["console"]},
    }


def _of_prefect(settings: Settings) -> dict[str, Any]:
    """Prefect's own handlers and loggers, as its logging.yml has them; what they say goes to ours, too."""
    base, to_api = _config(settings), {"filters": ["foreseen", "secrets"]}
    own = {"level": "${PREFECT_LOGGING_LEVEL}"}
    return {
        "handlers": {
            **base["handlers"],
            "api": {"class": "prefect.logging.handlers.APILogHandler", **to_api},
            "worker_api": {"class": "prefect.logging.handlers.WorkerAPILogHandler", **to_api},
        },
        "loggers": {
            OURS: base["loggers"][OURS],
            "prefect": own,
            "prefect.extra": {**own, "handlers": ["api"], "propagate": False},
            "prefect.flow_runs": {"level": "NOTSET", "handlers": ["api"]},
            "prefect.task_runs": {"level": "NOTSET", "handlers": ["api"]},
            "prefect.workers": {"level": "NOTSET", "handlers": ["worker_api"]},
            "prefect.server": {"level": "${PREFECT_SERVER_LOGGING_LEVEL}"},
            "prefect._internal": {"level": "${PREFECT_INTERNAL_LOGGING_LEVEL}"},
            "uvicorn": {"level": "${PREFECT_SERVER_LOGGING_LEVEL}"},
            "fastapi": {"level": "${PREFECT_SERVER_LOGGING_LEVEL}"},
        },
    }
