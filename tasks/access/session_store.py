"""Stores where members are signed in, for all rooms of an archive, below `sign-in/sessions/`.

Named by the member's key, never by an address. A room whose key may only read keeps its own notes on its
machine, beside those of the archive: a sign-out there counts on that machine.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_urlsafe

from tasks.clock import utc_now
from tasks.storage.contested import tries
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from transcripts.access.sessions import SESSION_LENGTH, SessionName, Sessions, SignedIn, merged
from transcripts.errors.error_kinds import DamagedError
from transcripts.errors.storage_errors import StorageReadOnlyError, StorageUnreachableError

SESSIONS = "sign-in/sessions"
KEPT = SESSION_LENGTH + timedelta(days=1)
"""After its last change; by then every cookie that it says anything about is out of date."""

_TYPE = "application/json"


class SessionStore:
    """Notes in the archive, and in `own` where that may not be written to. Raises what storages raise."""

    def __init__(self, archive: Storage, own: Storage, now: Callable[[], datetime] = utc_now) -> None:
        self._archive, self._own, self._now = archive, own, now

    def current(self, member_key: str) -> Sessions:
        """All sessions of a member. Where a note is damaged, all are over: nobody knows which were ended."""
        return merged(self._held(self._archive, member_key)[0], self._held(self._own, member_key)[0])

    def begin(self, member_key: str, device: str) -> SessionName:
        """Note a new session."""
        name = token_urlsafe(18)

        def begun(here: Sessions) -> Sessions:
            note = SessionName(name, here.generation).note
            return here.with_begun(SignedIn(note=note, begun_at=self._now(), device=device))

        return SessionName(name, self._change(member_key, begun).generation)

    def end(self, member_key: str, note: str) -> None:
        """End one session; all of them, where the one is noted in a place that may not be written to."""

        def without(here: Sessions) -> Sessions:
            less = here.without(note)
            is_elsewhere = less == here and any(
                each.note == note for each in self.current(member_key).signed_in
            )
            return here.ended() if is_elsewhere else less

        self._change(member_key, without)

    def end_all(self, member_key: str) -> None:
        """End every session of a member."""
        self._change(member_key, Sessions.ended)

    def forget_old(self) -> None:
        """Remove notes on sessions that are long over."""
        before = self._now() - KEPT
        for storage in (self._archive, self._own):
            for each in list(storage.list_objects(SESSIONS)):
                if each.modified_at < before:
                    storage.delete(each.key)

    def _change(self, member_key: str, change: Callable[[Sessions], Sessions]) -> Sessions:
        try:
            return self._changed(self._archive, member_key, change)
        except StorageReadOnlyError:
            return self._changed(self._own, member_key, change)

    def _changed(self, storage: Storage, member_key: str, change: Callable[[Sessions], Sessions]) -> Sessions:
        """Safe against another room that changes the same: then what that one made is changed."""
        for _ in tries():
            here, tag = self._held(storage, member_key)
            generation = self.current(member_key).generation
            if here.generation != generation:
                here = Sessions(generation=generation)
            new = change(here)
            if storage.put_if(_key(member_key), new.to_json().encode(), _TYPE, tag) is not None:
                return new
        raise StorageUnreachableError(place=SESSIONS)

    def _held(self, storage: Storage, member_key: str) -> tuple[Sessions, str | None]:
        try:
            tagged = storage.get_tagged(_key(member_key))
        except KeyError:
            return Sessions(), None
        try:
            return read_stored(Sessions, tagged.content, _key(member_key)), tagged.tag
        except DamagedError:  # no generation goes as far as the time does
            return Sessions(generation=int(self._now().timestamp())), tagged.tag


def _key(member_key: str) -> str:
    return f"{SESSIONS}/{member_key}"
