"""Who is a member now: read from where it is known, kept for some minutes, read again by a thread.

While the list's server is away, those who are in stay in, and nobody new is let in.
"""

import logging
import time
from collections.abc import Callable
from threading import Event, Lock, Thread

from transcripts.errors import StepError, TemporaryError
from transcripts.reading_room.roster import Roster

logger = logging.getLogger("mitschnitt.reading_room")


class Membership:
    """The roster that `read` gives, at most `keep_seconds` old for those who want to come in."""

    def __init__(self, read: Callable[[], Roster], keep_seconds: float) -> None:
        self._read, self._keep_seconds = read, keep_seconds
        self._known: Roster | None = None
        self._read_at = float("-inf")
        self._reading, self._stopping = Lock(), Event()
        self._thread = Thread(target=self._follow, name="membership", daemon=True)

    @property
    def last_known(self) -> Roster | None:
        """The roster as it was last read; None if it could not be read since the start. Asks nobody."""
        return self._known

    def current(self) -> Roster:
        """The roster as it is now. Raises TemporaryError `members_away`, the same for every address."""
        try:
            return self._fresh(self._keep_seconds)
        except StepError as error:
            raise TemporaryError("members_away") from error

    def start(self) -> None:
        """Read it, and again and again from now on.

        Raises PermanentError for settings that cannot work. A server that is away is no reason not to start.
        """
        try:
            self._fresh(0)
        except TemporaryError as error:
            logger.warning("the members are not known yet: %s", error.code)
        self._thread.start()

    def stop(self) -> None:
        """Read it no more."""
        self._stopping.set()

    def _fresh(self, oldest_seconds: float) -> Roster:
        """The roster, read again if it is older than that."""
        with self._reading:
            if self._known is None or time.monotonic() - self._read_at > oldest_seconds:
                self._known = self._read()
                self._read_at = time.monotonic()
            return self._known

    def _follow(self) -> None:
        while not self._stopping.wait(self._keep_seconds / 2):
            try:
                self._fresh(0)
            except StepError as error:
                logger.warning("the members cannot be read now: %s", error.code)
