"""Caches for some seconds which sessions are valid, so that not every page asks the archive.

A sign-out counts at once in the room where it was made, in others after `FRESH_SECONDS`. While the archive is
away, who was known here stays in; of others nobody can say whether they signed out.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from tasks.access.session_store import SessionStore
from tasks.access.signed_tokens import Session
from tasks.clock import utc_now
from transcripts.access.sessions import SessionName, Sessions, SignedIn
from transcripts.errors.error_kinds import StepError

FRESH_SECONDS = 15.0
YOUNG_SECONDS = 60
MOST_MEMBERS = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    sessions: Sessions
    tried_at: float


class SessionCache:
    """One a room. All methods may be called from any thread."""

    def __init__(self, notes: SessionStore, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._notes, self._monotonic = notes, monotonic
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._changing, self._changes = Lock(), 0

    def knows(self, session: Session) -> bool:
        """Whether nobody needs to be asked about this one."""
        known = self._known.get(session.member_key)
        if known is None or self._monotonic() - known.tried_at >= FRESH_SECONDS:
            return False
        # It may have been begun in another room just now.
        return session.age_seconds > YOUNG_SECONDS or known.sessions.holds(session.name, utc_now())

    def holds(self, session: Session) -> bool:
        """Whether a session goes on. Raises what storages raise, of a member who is not known here yet."""
        known = self._known.get(session.member_key)
        if known is not None and self.knows(session):
            sessions = known.sessions
        else:
            sessions = self._asked(session.member_key)
        return sessions.holds(session.name, utc_now())

    def lasting(self, member_key: str) -> tuple[SignedIn, ...]:
        """Where a member is signed in now. Raises as `holds`."""
        return self._asked(member_key).lasting(utc_now())

    def _asked(self, member_key: str) -> Sessions:
        known, changes = self._known.get(member_key), self._changes
        if known is not None:  # until that is answered, others go by what was known
            self._keep(member_key, known.sessions)
        try:
            sessions = self._notes.current(member_key)
        except StepError:
            if known is None:
                raise
            return known.sessions
        if changes == self._changes:  # else this may be what was before
            self._keep(member_key, sessions)
        return sessions

    def begin(self, member_key: str, device: str) -> SessionName:
        """Sign a browser in. Raises what storages raise."""
        name = self._notes.begin(member_key, device)
        self._forget(member_key)
        return name

    def end(self, member_key: str, note: str) -> None:
        """Sign one browser out; here at once, also where that cannot be noted. Raises what storages raise."""
        known = self._known.get(member_key)
        if known is not None:
            self._keep(member_key, known.sessions.without(note))
        self._notes.end(member_key, note)
        self._forget(member_key)

    def end_all(self, member_key: str) -> None:
        """Sign a member out everywhere. Raises what storages raise."""
        known = self._known.get(member_key)
        if known is not None:
            self._keep(member_key, known.sessions.ended())
        self._notes.end_all(member_key)
        self._forget(member_key)

    def forget_old(self) -> None:
        """Tidy up notes that nobody needs any more. Raises what storages raise."""
        self._notes.forget_old()

    def _keep(self, member_key: str, sessions: Sessions) -> None:
        with self._changing:
            self._known[member_key] = _Known(sessions, self._monotonic())
            self._known.move_to_end(member_key)
            while len(self._known) > MOST_MEMBERS:
                self._known.popitem(last=False)

    def _forget(self, member_key: str) -> None:
        with self._changing:
            self._changes += 1
            self._known.pop(member_key, None)
