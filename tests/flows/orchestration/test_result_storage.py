"""Results of steps in the archive's bucket: what one worker finished, another does not do again."""

import subprocess
import sys
from pathlib import Path

from tests.flows.operations import Machine, s3_settings
from tests.s3_server import S3Server

# As a worker does it: the first process makes the storage known, the second is a run of its.
WORKER = """
import os, sys
from config.loading import load_settings
from flows.composition import Resources
from flows.orchestration.prefect_environment import prepare_prefect
settings = load_settings().settings
prepare_prefect(settings)
from flows.orchestration.result_storage import result_environment
os.environ.update(result_environment(settings))
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[1:]])
"""
RUN = """
import sys
from datetime import UTC, datetime, timedelta
from prefect import flow, task
from config.loading import load_settings
from flows.composition import Resources
from flows.orchestration.result_storage import ArchiveResults, forget_results

@task(persist_result=True, result_serializer="json", cache_key_fn=lambda *_: "window-abc")
def expensive():
    print("worked")
    return {"text": "Bürgerräte"}

@flow
def once():
    assert expensive() == {"text": "Bürgerräte"}

once()
for days in map(int, sys.argv[1:]):
    forget_results(Resources(load_settings().settings), datetime.now(UTC) + timedelta(days=days))
    once()
"""


def test_another_machine_takes_the_result_and_does_not_work_again_until_it_is_forgotten(
    tmp_path: Path, prefect_server: str, s3_server: S3Server
) -> None:
    settings = {"MITSCHNITT_PREFECT__API_URL": prefect_server, **s3_settings(s3_server, tmp_path.name)}
    worked = []
    for name, more in (("one", []), ("two", []), ("three", ["-1", "1"])):
        machine = Machine(tmp_path / name, settings)
        machine.folder.mkdir()
        command = [sys.executable, "-c", WORKER, RUN, *more]
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
