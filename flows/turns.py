"""Who may transcribe: so many recordings at once on a machine, while others are fetched and converted.

Prefect keeps the turns; a process that dies loses its own within a minute.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import httpx
from prefect.concurrency.sync import concurrency

from flows.places import current_settings, machine_name
from flows.prefect_names import transcription_limit
from flows.telling import ProgressArtifact
from transcripts.model import Stage

LEASE_SECONDS = 60
WAITING = "Warten, bis dieser Rechner für die Spracherkennung frei ist"


@contextmanager
def transcription_turn() -> Iterator[None]:
    """Wait for this machine's turn and keep it; where no worker has set a limit, go on at once."""
    with closing(ProgressArtifact(Stage.TRANSCRIBED)) as artifact:
        artifact.finish(0.0, WAITING)
        limit = transcription_limit(machine_name(current_settings()))
        turn = concurrency(limit, lease_duration=LEASE_SECONDS, raise_on_lease_renewal_failure=False)
        with ExitStack() as stack:
            stack.enter_context(turn)
            yield
            with suppress(httpx.TransportError):  # a turn that cannot be given back ends by itself
                stack.close()
