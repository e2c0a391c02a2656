"""Republishes a record after corrections were stored, also while others are being made.

A correction counts when it is stored; the published forms follow within seconds. If this
process dies in between, the next look at the record, the next correction or `rebuild` does it.
"""

import logging
from threading import Lock

from flows.reading_room.library import Library
from tasks.archive.publishing import publish_corrections
from transcripts.archive.catalogue import Imprint
from transcripts.errors.error_kinds import StepError

logger = logging.getLogger("mitschnitt.reading_room")


class Republisher:
    """One a room. However many corrections come in, a record is published by one thread at a time."""

    def __init__(self, library: Library, imprint: Imprint) -> None:
        self._library, self._imprint = library, imprint
        self._waiting: set[str] = set()
        self._guard, self._publishing = Lock(), Lock()

    def follow(self, record_id: str) -> None:
        """Publish what is not published yet; whoever waits for their turn does it for all who come."""
        with self._guard:
            if record_id in self._waiting:
                return
            self._waiting.add(record_id)
        try:
            with self._publishing:
                with self._guard:
                    self._waiting.discard(record_id)
                self.publish(record_id)
        except StepError as error:
            logger.warning("%s: the corrections are not published yet: %s", record_id, error)

    def publish(self, record_id: str) -> None:
        """Publish now. Raises what `publish_corrections` raises."""
        publish_corrections(self._library.storage, record_id, self._imprint)
        self._library.catch_up()
