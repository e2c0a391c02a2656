"""Lines of the log: one for each thing, in text or JSON, from us, Prefect and uvicorn, and with no secret."""

import json
import logging
import re
import sys
from datetime import datetime

import pytest

from config.settings import Settings
from flows.reporting.log_lines import (
    ForeseenErrors,
    JsonLine,
    RunLabels,
    TextLine,
    WithoutSecrets,
    without_secrets,
)
from tests.flows.workplace import Workplace
from transcripts.errors.error_kinds import TemporaryError
from transcripts.errors.source_errors import NotFoundError, ServerFailureError

TEXT_LINE = re.compile(r"(?P<time>\S+) (?P<level>[A-Z]+) (?P<logger>\S+) (\[(?P<labels>.+?)\] )?(?P<said>.+)")
LOG_IN_RUNS = """
import logging
from flows.composition import resources
from flows.orchestration.prefect_environment import prepare_prefect
prepare_prefect(resources().settings, is_service=True)
from prefect import flow, task
logger = logging.getLogger("mitschnitt.steps")
@task
def fetch(number):
    logger.info("part %d of https://example.org/a?pwd=geheim for anna@example.org", number)
@flow(flow_run_name="{name}")
def recording(name):
    for future in [fetch.submit(number) for number in range(3)]:
        future.wait()
    logging.getLogger("uvicorn.error").error("a port is taken")
    try:
        raise ValueError("wrong\\nin two lines")
    except ValueError:
        logger.exception("went wrong")
recording("one")
"""


def record(message: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    made = logging.LogRecord("mitschnitt.steps", logging.WARNING, "", 0, message, arguments, None)
    if error is not None:
        try:
            raise error
        except type(error):
            made.exc_info = sys.exc_info()
    for each in (RunLabels(), WithoutSecrets()):
        assert each.filter(made)
    return made


def test_a_line_has_time_level_and_what_was_said() -> None:
    line = TextLine().format(record("%d bytes", 12))
    found = TEXT_LINE.fullmatch(line)
    assert found is not None
    assert datetime.fromisoformat(found["time"]).tzinfo is not None
    assert (found["level"], found["logger"], found["said"]) == ("WARNING", "mitschnitt.steps", "12 bytes")


@pytest.mark.parametrize("formatter", [TextLine(), JsonLine()])
def test_a_traceback_and_line_breaks_stay_in_one_line(formatter: logging.Formatter) -> None:
    line = formatter.format(record("a\nb", error=ValueError("c\nd")))
    assert len(line.splitlines()) == 1
    assert "ValueError: c" in line


def test_json_has_the_same_facts() -> None:
    facts = json.loads(JsonLine().format(record("Grüße")))
    assert facts["message"] == "Grüße"
    assert set(facts) == {"time", "level", "logger", "recording", "run", "step", "message"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET https://zoom.example/rec?pwd=abc&x=1 200", "GET https://zoom.example/rec?… 200"),
        ("https://zoom.example/rec#token", "https://zoom.example/rec?…"),
        ("smtp://robot:geheim@mail.example:587", "smtp://…@mail.example:587"),
        ("550 <anna.b+c@example.org> unknown", "550 <…@…> unknown"),
        ("https://example.org/a/b.mp4 is fine", "https://example.org/a/b.mp4 is fine"),
        ("12 @ 3, a/b?c", "12 @ 3, a/b?c"),
    ],
)
def test_no_passcode_password_or_address_of_a_person_is_logged(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


def test_an_exceptions_words_are_looked_through_too() -> None:
    line = TextLine().format(record("failed", error=ValueError("https://a.example/x?pwd=geheim")))
    assert "geheim" not in line


@pytest.mark.parametrize("kind", ["text", "json"])
def test_runs_log_with_recording_run_and_step_whatever_thread_says_it(
    workplace: Workplace, kind: str
) -> None:
    environment = workplace.environment | {"MITSCHNITT_LOGGING__FORMAT": kind}
    answer = Workplace(workplace.folder, environment).run_python(LOG_IN_RUNS)
    assert answer.status == 0, answer.err
    lines = answer.err.splitlines()
    assert "geheim" not in answer.err
    assert "anna@" not in answer.err
    if kind == "text":
        assert all(TEXT_LINE.fullmatch(each) for each in lines), answer.err
        parts = [each for each in lines if " part " in each]
        assert all(
            re.search(r" \[one [0-9a-f]{8} fetch\] part \d of https://example.org/a\?… ", each)
            for each in parts
        )
    else:
        facts = [json.loads(each) for each in lines]
        about = [each for each in facts if each["message"].startswith("part ")]
        assert {(each["recording"], each["step"]) for each in about} == {("one", "fetch")}
        parts = [each["message"] for each in about]
    assert len(parts) == 3
    assert any("a port is taken" in each for each in lines)
    assert any("went wrong" in each and "in two lines" in each for each in lines)


def test_a_command_of_a_person_shows_no_log(workplace: Workplace) -> None:
    answer = workplace.run_python(LOG_IN_RUNS.replace(", is_service=True", ""))
    assert (answer.status, answer.err) == (0, "")


def test_less_is_logged_where_the_settings_say_so(workplace: Workplace) -> None:
    environment = workplace.environment | {"MITSCHNITT_LOGGING__LEVEL": "error"}
    answer = Workplace(workplace.folder, environment).run_python(LOG_IN_RUNS)
    assert "part" not in answer.err
    assert "went wrong" in answer.err


def test_the_settings_name_what_there_is() -> None:
    assert Settings().logging.format == "text"
    with pytest.raises(ValueError, match="format"):
        Settings.model_validate({"logging": {"format": "xml"}})


def test_a_foreseen_error_is_a_line_with_what_led_to_it_and_no_traceback() -> None:
    try:
        try:
            raise OSError("https://a.example/x?pwd=geheim is away")
        except OSError as away:
            raise ServerFailureError(status=503) from away
    except TemporaryError:
        said = logging.LogRecord("prefect.task_runs", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    for each in (RunLabels(), ForeseenErrors(), WithoutSecrets()):
        assert each.filter(said)
    line = TextLine().format(said)
    assert line.endswith(
        "failed ⏎ ServerFailureError: server_error (status=503) ← OSError: https://a.example/x?… is away"
    )


def test_what_the_engine_adds_is_kept_back_for_a_foreseen_error_only() -> None:
    message = "Engine execution exited with unexpected exception"
    for error, is_said in ((NotFoundError(), False), (ValueError("a bug"), True)):
        made = logging.LogRecord("prefect.flow_runs", logging.ERROR, "", 0, message, (), None)
        made.exc_info = (type(error), error, None)
        of_both_handlers = [ForeseenErrors().filter(made), ForeseenErrors().filter(made)]
        assert of_both_handlers == [is_said, is_said]
