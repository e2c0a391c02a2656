"""Notices to the organisers in the archive, below `notices/`: what waits to be mailed, and what was.

A notice is there before any of it is sent, and goes when it needs no sending any more; its ledger stays, so
that nobody says it again.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from tasks.archive.ledger_store import NoticeLedger
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from transcripts.archive import layout
from transcripts.archive.layout import content_type
from transcripts.errors.error_kinds import DamagedError
from transcripts.mail.organiser_notice import Notice

KEPT = timedelta(days=365)
"""So long it is remembered that something was told."""

logger = logging.getLogger("mitschnitt.notices")


class Notices:
    """The notices of an archive, by their `layout.notice_id`. All methods raise what storages raise."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def ledger(self, notice_id: str) -> NoticeLedger:
        """Where it is noted what became of its mail."""
        return NoticeLedger(self._storage, notice_id)

    def keep(self, notice_id: str, notice: Notice) -> None:
        """Let it wait for its mail. The words of whoever came first stay."""
        key = layout.notice_key(notice_id, layout.WAITING_NOTICE)
        self._storage.put_if(key, notice.to_json().encode(), content_type(key), None)

    def done(self, notice_id: str) -> None:
        """It waits no longer."""
        self._storage.delete(layout.notice_key(notice_id, layout.WAITING_NOTICE))

    def waiting(self) -> Iterator[tuple[str, Notice]]:
        """What nobody has got yet, oldest first. One that cannot be read is passed over, and stays."""
        kept = [each for each in self._storage.list_objects(layout.NOTICES) if _is_waiting(each.key)]
        for each in sorted(kept, key=lambda one: one.modified_at):
            try:
                notice = read_stored(Notice, self._storage.get_bytes(each.key), each.key)
            except KeyError:
                continue  # mailed meanwhile
            except DamagedError:
                logger.warning("skipping %s, which cannot be read", each.key)
            else:
                yield each.key.split("/")[1], notice

    def forget_old(self, now: datetime) -> None:
        """Remove what was told long ago."""
        for notice_id in list(self._storage.list_folders(layout.NOTICES)):
            stored = list(self._storage.list_objects(f"{layout.NOTICES}/{notice_id}"))
            if stored and max(each.modified_at for each in stored) < now - KEPT:
                for each in stored:
                    self._storage.delete(each.key)


def _is_waiting(key: str) -> bool:
    return key.endswith(f"/{layout.WAITING_NOTICE}")
