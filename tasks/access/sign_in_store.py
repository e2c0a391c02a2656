"""Stores what the reading rooms of one archive share: used links, renewed feed addresses.

Both are small objects below `sign-in/` in the archive, named by hashes and keys, never by addresses. A room
whose key may only read keeps them on its own machine; then a link counts once a machine.
"""

import re
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

from tasks.clock import utc_now
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import damage_of
from transcripts.errors.error_kinds import DamagedError, PermanentError, StepError
from transcripts.errors.storage_errors import StorageReadOnlyError

USED = "sign-in/used"
GENERATIONS = "sign-in/feeds"
KEPT = timedelta(days=1)  # much longer than any link lives
_GENERATION = re.compile(rb"[0-9]{1,12}")
TEXT = "text/plain; charset=utf-8"


class SignInStore:
    """Notes in the archive, or in `own` where the archive may not be written to."""

    def __init__(self, archive: Storage, own: Storage) -> None:
        self.archive, self.own = archive, own

    def use_up(self, nonce: str) -> bool:
        """Note that a link was used; False if it was before, in whichever room.

        Safe against two rooms at the same instant, since the note is created only if there is none.
        Raises what storages raise: then it is not known to be used.
        """
        key = f"{USED}/{sha256(nonce.encode()).hexdigest()}"
        return self._put_if(key, utc_now().isoformat().encode(), None) is not None

    def generation(self, member_key: str) -> int:
        """The generation of a member's feed addresses, 0 until they are first renewed.

        Raises DamagedError where that cannot be read: addresses that were given up must not be good again.
        """
        return max(self._held(each, member_key) for each in (self.archive, self.own))

    def renew(self, member_key: str) -> int:
        """Make all feed addresses of a member invalid; returns the new generation.

        Two renewals at the same instant count as one.
        """
        key, generation = f"{GENERATIONS}/{member_key}", self._following(member_key)
        with suppress(PermanentError):
            self.archive.put_if(key, str(generation).encode(), TEXT, self._tag(self.archive, member_key))
            return generation
        self.own.put_if(key, str(generation).encode(), TEXT, self._tag(self.own, member_key))
        return generation

    def forget_old(self) -> None:
        """Remove notes on links that are long out of date, as far as the keys allow."""
        before = utc_now() - KEPT
        for storage in (self.archive, self.own):
            with suppress(StepError):
                for each in list(storage.list_objects(USED)):
                    if each.modified_at < before:
                        storage.delete(each.key)

    def _put_if(self, key: str, content: bytes, tag: str | None) -> str | None:
        try:
            return self.archive.put_if(key, content, TEXT, tag)
        except StorageReadOnlyError:
            return self.own.put_if(key, content, TEXT, tag)

    def _following(self, member_key: str) -> int:
        """The next generation; after one that cannot be read, the time in seconds: no count goes so far."""
        try:
            return self.generation(member_key) + 1
        except DamagedError:
            return int(utc_now().timestamp())

    def _held(self, storage: Storage, member_key: str) -> int:
        key = f"{GENERATIONS}/{member_key}"
        try:
            content = storage.get_bytes(key)
        except KeyError:
            return 0
        if not _GENERATION.fullmatch(content):
            raise damage_of(key)
        return int(content)

    def _tag(self, storage: Storage, member_key: str) -> str | None:
        try:
            return storage.get_tagged(f"{GENERATIONS}/{member_key}").tag
        except KeyError:
            return None
