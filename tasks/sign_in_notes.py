"""What the reading rooms of one archive must know of each other: used links, renewed feed addresses.

Both are small objects below `sign-in/` in the archive, named by hashes and keys, never by addresses. A room
whose key may only read keeps them on its own machine; then a link counts once a machine.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from tasks.storage import Storage
from transcripts.errors import PermanentError, StepError

USED = "sign-in/used"
GENERATIONS = "sign-in/feeds"
KEPT = timedelta(days=1)  # much longer than any link lives
TEXT = "text/plain; charset=utf-8"


class SignInNotes:
    """Notes in the archive, or in `own` where the archive may not be written to."""

    def __init__(self, archive: Storage, own: Storage) -> None:
        self.archive, self.own = archive, own

    def use_up(self, nonce: str) -> bool:
        """Note that a link was used; False if it was before, in whichever room.

        Safe against two rooms at the same instant, since the note is created only if there is none.
        Raises what storages raise: then it is not known to be used.
        """
        key = f"{USED}/{sha256(nonce.encode()).hexdigest()}"
        return self._put_if(key, datetime.now(UTC).isoformat().encode(), None) is not None

    def generation(self, member_key: str) -> int:
        """The generation of a member's feed addresses, 0 until they are first renewed."""
        return max(self._held(each, member_key)[0] for each in (self.archive, self.own))

    def renew(self, member_key: str) -> int:
        """Make all feed addresses of a member invalid; returns the new generation.

        Two renewals at the same instant count as one.
        """
        key, generation = f"{GENERATIONS}/{member_key}", self.generation(member_key) + 1
        with suppress(PermanentError):
            self.archive.put_if(key, str(generation).encode(), TEXT, self._held(self.archive, member_key)[1])
            return generation
        self.own.put_if(key, str(generation).encode(), TEXT, self._held(self.own, member_key)[1])
        return generation

    def forget_old(self) -> None:
        """Remove notes on links that are long out of date, as far as the keys allow."""
        before = datetime.now(UTC) - KEPT
        for storage in (self.archive, self.own):
            with suppress(StepError):
                for each in list(storage.list_objects(USED)):
                    if each.modified_at < before:
                        storage.delete(each.key)

    def _put_if(self, key: str, content: bytes, tag: str | None) -> str | None:
        try:
            return self.archive.put_if(key, content, TEXT, tag)
        except PermanentError as error:
            if error.code != "storage_read_only":
                raise
        return self.own.put_if(key, content, TEXT, tag)

    def _held(self, storage: Storage, member_key: str) -> tuple[int, str | None]:
        try:
            tagged = storage.get_tagged(f"{GENERATIONS}/{member_key}")
        except KeyError:
            return 0, None
        return int(tagged.content), tagged.tag
