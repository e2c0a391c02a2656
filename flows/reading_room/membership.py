"""Who is a member now: read from where it is known, kept for some minutes, read again by a thread.

While the list's server is away, those who are in stay in, and nobody new is let in.
"""

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from transcripts.errors import StepError, TemporaryError
from transcripts.reading_room.roster import Roster

RETRY_SECONDS = 5.0

logger = logging.getLogger("mitschnitt.reading_room")


class Membership:
    """The roster that `read` gives, at most `keep_seconds` old for those who want to come in.

    Only the thread reads: nobody who asks waits for another server, so it can hold up nobody.
    """

    def __init__(self, read: Callable[[], Roster], keep_seconds: float) -> None:
        self._read, self._keep_seconds = read, keep_seconds
        self._known: Roster | None = None
        self._read_at = float("-inf")
        self._stopping = Event()
        self._thread = Thread(target=self._follow, name="membership", daemon=True)

    @property
    def last_known(self) -> Roster | None:
        """The roster as it was last read; None if it could not be read since the start."""
        return self._known

    def current(self) -> Roster:
        """The roster as it is now. Raises TemporaryError `members_away`, the same for every address."""
        if self._known is None or time.monotonic() - self._read_at > self._keep_seconds:
            raise TemporaryError("members_away")
        return self._known

    def start(self) -> None:
        """Read it, and again and again from now on.

        Raises PermanentError for settings that cannot work. A server that is away is no reason not to start.
        """
        try:
            self._read_again()
        except TemporaryError as error:
            logger.warning("the members are not known yet: %s", error.code)
        self._thread.start()

    def stop(self) -> None:
        """Read it no more."""
        self._stopping.set()

    def _read_again(self) -> None:
        self._known = self._read()
        self._read_at = time.monotonic()

    def _follow(self) -> None:
        usual = pause = self._keep_seconds / 2
        if self._known is None:
            pause = min(usual, RETRY_SECONDS)
        while not self._stopping.wait(pause):
            try:
                self._read_again()
                pause = usual
            except StepError as error:
                logger.warning("the members cannot be read now: %s", error.code)
                pause = min(usual, RETRY_SECONDS)
