"""Results of steps in the archive's bucket: what one worker finished, another does not do again."""

import subprocess
import sys
from pathlib import Path

from tests.flows.operations import Machine, s3_settings
from tests.s3_server import S3Server

ONCE = """
import sys
from config.settings import load_settings
from flows.runtime import prepare_prefect
settings = load_settings().settings
prepare_prefect(settings)
import os
from flows.shared_results import ArchiveResults, forget_results, result_environment
os.environ.update(result_environment(settings))
from prefect import flow, task

@task(persist_result=True, result_serializer="json", cache_key_fn=lambda *_: "window-abc")
def expensive():
    print("worked")
    return {"text": "Bürgerräte"}

@flow
def both():
    assert expensive() == {"text": "Bürgerräte"}

both()
if "forget" in sys.argv:
    from datetime import UTC, datetime, timedelta
    forget_results(settings, datetime.now(UTC) - timedelta(days=1))
    both()
    forget_results(settings, datetime.now(UTC) + timedelta(days=1))
    both()
"""


def test_another_machine_takes_the_result_and_does_not_work_again_until_it_is_forgotten(
    tmp_path: Path, prefect_server: str, s3_server: S3Server
) -> None:
    settings = {"MITSCHNITT_PREFECT__API_URL": prefect_server, **s3_settings(s3_server, tmp_path.name)}
    worked = []
    for name, more in (("one", []), ("two", []), ("three", ["forget"])):
        machine = Machine(tmp_path / name, settings)
        machine.folder.mkdir()
        command = [sys.executable, "-c", ONCE, *more]
        ran = subprocess.run(
            command,
            cwd=machine.folder,
            env=machine.full_environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        worked.append(ran.stdout.count("worked"))
    assert worked == [1, 0, 1]
