"""What is known to be damaged in the archive, kept from night to night, since each looks at a part of it."""

from collections.abc import Collection, Iterable

from tasks.archive.verification import verify_record, verify_root
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from transcripts.archive import layout
from transcripts.archive.catalogue import Imprint
from transcripts.archive.findings import Finding, KnownDamage
from transcripts.archive.layout import content_type
from transcripts.errors.error_kinds import DamagedError


def note_damage(storage: Storage, looked_at: Collection[str], damages: Iterable[Finding]) -> None:
    """Keep what was found; what was known of the records `looked_at`, and of the root, is over."""
    over = {*looked_at, ""}
    kept = [each for each in _known(storage).findings if each.record_id not in over]
    known = KnownDamage(findings=(*kept, *damages))
    storage.put_bytes(layout.KNOWN_DAMAGE, known.to_json().encode(), content_type(layout.KNOWN_DAMAGE))


def present_damage(storage: Storage, imprint: Imprint) -> list[Finding]:
    """What is known and still so: only the records that were damaged are read again."""
    record_ids = list(dict.fromkeys(each.record_id for each in _known(storage).findings))
    found: list[Finding] = []
    for record_id in record_ids:
        found += verify_record(storage, record_id, deep=True) if record_id else verify_root(storage, imprint)
    return [each for each in found if each.is_damage]


def _known(storage: Storage) -> KnownDamage:
    """As kept; nothing where that cannot be read: the nights to come find it again."""
    try:
        return read_stored(KnownDamage, storage.get_bytes(layout.KNOWN_DAMAGE), layout.KNOWN_DAMAGE)
    except (KeyError, DamagedError):
        return KnownDamage()
