"""Artifacts of a run in Prefect: progress, sent in the background, and messages that must arrive.

Prefect's server may be away for a moment. Work does not wait for it: progress that it misses is
told a little later; words are told again for some minutes.
"""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.exceptions import PrefectHTTPStatusError

from flows.prefect_names import CHOICES_ARTIFACT, MESSAGE_ARTIFACT
from transcripts.errors.error_kinds import StepError
from transcripts.wording.error_wording import Again, explain

logger = logging.getLogger("mitschnitt.flows")

AWAY = (httpx.TransportError, PrefectHTTPStatusError)
# About four minutes, in which an administrator, or a supervisor, starts a server again.
PAUSES_SECONDS = (1, 2, 4, 8, 16, 32, 60, 120)


@dataclass(slots=True)
class ProgressArtifact:
    """How far a step is, under the name `key`."""

    key: str
    _id: UUID | None = None
    _teller: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _telling: "Future[None] | None" = None

    def tell(self, percent: float, text: str) -> None:
        """Tell it meanwhile; left out while the last is still on its way."""
        if self._telling is None or self._telling.done():
            self._telling = self._teller.submit(copy_context().run, self._tell, percent, text)

    def finish(self, percent: float, text: str) -> None:
        """Tell the last there is to say."""
        self._teller.submit(copy_context().run, self._tell, percent, text).result()

    def close(self) -> None:
        """Nothing more will be told."""
        self._teller.shutdown()

    def _tell(self, percent: float, text: str) -> None:
        try:
            if self._id is None:
                made = create_progress_artifact(percent, key=self.key, description=text)
                self._id = made if isinstance(made, UUID) else UUID(str(made))
            else:
                update_progress_artifact(self._id, progress=percent, description=text)
        except AWAY:
            return  # the next one says more


def leave_error(error: StepError, again: Again | None = None) -> None:
    """Leave with the run what went wrong and how it goes on, in German, and the error's code."""
    if "choices" in error.details:
        leave_artifact(str(error.details["choices"]), CHOICES_ARTIFACT, error.code)
    leave_artifact(explain(error, again), MESSAGE_ARTIFACT, error.code)


def leave_artifact(
    words: str, key: str, description: str, pauses_seconds: Sequence[float] = PAUSES_SECONDS
) -> None:
    """Leave words with the run. A server that stays away costs the words, never the run."""
    for pause in (*pauses_seconds, None):
        try:
            create_markdown_artifact(words, key=key, description=description)
            return
        except AWAY as error:
            if pause is None:
                logger.error("could not create the artifact %s in Prefect: %s", key, type(error).__name__)
                return
            time.sleep(pause)
