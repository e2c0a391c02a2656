"""What a run tells Prefect about itself: progress that nobody waits for, and words that must arrive.

Prefect's server may be away for a moment. Work does not wait for it: progress that it misses is
told a little later; words are told again for some minutes.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.exceptions import PrefectHTTPStatusError

from flows.prefect_names import MESSAGE_ARTIFACT
from transcripts.errors import StepError
from transcripts.wording import explain

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


def tell_trouble(error: StepError) -> None:
    """Leave with the run what went wrong, in German, and the error's code."""
    tell_words(explain(error), MESSAGE_ARTIFACT, error.code)


def tell_words(words: str, key: str, description: str) -> None:
    """Leave words with the run. Raises httpx.TransportError when the server stays away."""
    for pause in PAUSES_SECONDS:
        try:
            create_markdown_artifact(words, key=key, description=description)
            return
        except httpx.TransportError:
            time.sleep(pause)
    create_markdown_artifact(words, key=key, description=description)
