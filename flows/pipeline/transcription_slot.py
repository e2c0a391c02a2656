"""Limits how many recordings a machine transcribes at once, while others are fetched and converted.

Prefect keeps the turns; a process that dies loses its own within a minute.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

from prefect.concurrency.sync import concurrency

from config.settings import Settings
from flows.composition import machine_name
from flows.orchestration.prefect_errors import prefect_translated
from flows.prefect_names import transcription_limit
from flows.reporting.run_artifacts import ProgressArtifact
from transcripts.errors.error_kinds import TemporaryError
from transcripts.model import Stage

logger = logging.getLogger("mitschnitt.steps")

LEASE_SECONDS = 60
WAITING = "Warten, bis dieser Rechner für die Spracherkennung frei ist"


@contextmanager
def transcription_slot(settings: Settings) -> Iterator[None]:
    """Wait for this machine's turn and keep it; where no worker has set a limit, go on at once."""
    with closing(ProgressArtifact(Stage.TRANSCRIBED)) as artifact:
        artifact.finish(0.0, WAITING)
        limit = transcription_limit(machine_name(settings))
        turn = concurrency(limit, lease_duration=LEASE_SECONDS, raise_on_lease_renewal_failure=False)
        with ExitStack() as stack:
            logger.info("Waiting for a free transcription slot.")
            stack.enter_context(turn)
            logger.info("Transcription slot acquired.")
            yield
            with suppress(TemporaryError), prefect_translated():  # not given back, it ends by itself
                stack.close()
