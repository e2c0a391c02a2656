"""Who is a member now: read from where it is known, kept for some minutes, read again by a loop.

While the list's server is away, those who are in stay in, and nobody new is let in.
"""

from collections.abc import Callable

from flows.duties import MEMBERS
from flows.reading_room.roster import Roster
from tasks.processes.supervised_loop import LOOP_CLOCK, LoopClock, SupervisedLoop
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.mail_errors import MembersAwayError

LONGEST_PAUSE_SECONDS = 15.0


class Membership:
    """The roster that `read` gives, at most `keep_seconds` old for those who want to come in.

    Only the loop reads: nobody who asks waits for another server, so it can hold up nobody.
    """

    def __init__(
        self, read: Callable[[], Roster], keep_seconds: float, clock: LoopClock = LOOP_CLOCK
    ) -> None:
        self.loop = SupervisedLoop(
            MEMBERS.key,
            self._read_again,
            lambda: keep_seconds / 2,
            grace=MEMBERS.tolerance,
            longest_pause_seconds=LONGEST_PAUSE_SECONDS,
            clock=clock,
        )
        self._read, self._keep_seconds, self._clock = read, keep_seconds, clock
        self._known: Roster | None = None
        self._read_at = float("-inf")

    @property
    def last_known(self) -> Roster | None:
        """The roster as it was last read; None if it could not be read since the start."""
        return self._known

    def current(self) -> Roster:
        """The roster as it is now. Raises MembersAwayError, the same for every address."""
        if self._known is None or self._clock.monotonic() - self._read_at > self._keep_seconds:
            raise MembersAwayError()
        return self._known

    def start(self) -> None:
        """Read it, and again and again from now on.

        Raises PermanentError for settings that cannot work. Anything else is no reason not to start.
        """
        self.loop.attempt()
        if isinstance(self.loop.error, PermanentError):
            raise self.loop.error
        self.loop.start()

    def stop(self) -> None:
        """Read it no more."""
        self.loop.stop()

    def _read_again(self) -> bool:
        self._known = self._read()
        self._read_at = self._clock.monotonic()
        return True
