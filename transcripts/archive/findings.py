"""What a look through the archive found: damage, leftovers, and what may be removed. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from transcripts.model import StoredModel


class Damage(StrEnum):
    """What is wrong with an object."""

    MISSING = "missing"  # a manifest names it, and it is not there
    CHANGED = "changed"  # its size or SHA-256 is not what the manifest says
    UNREADABLE = "unreadable"  # the disk does not give it, or it makes no sense though its SHA-256 is right
    STRAY = "stray"  # it is there, and no manifest names it
    OUTDATED = "outdated"  # whole, but of an earlier version: a writer died before it renewed it
    UNFINISHED = "unfinished"  # a folder that never became a record, and nobody works on it
    LEFTOVER = "leftover"  # what an interrupted writer stored and nobody named yet: it does no harm


@dataclass(frozen=True, slots=True)
class Finding:
    """One object with something wrong; `record_id` is empty for what lies at the archive's root."""

    record_id: str
    place: str
    damage: Damage

    @property
    def is_damage(self) -> bool:
        """Whether somebody should do something about it now."""
        return self.damage is not Damage.LEFTOVER


class KnownDamage(StoredModel):
    """`notices/damage.json`: what earlier nights found and nobody was seen to mend."""

    findings: tuple[Finding, ...] = ()


class Waste(StrEnum):
    """Why something may be removed."""

    STRAY = "stray"  # no manifest names it
    UNFINISHED = "unfinished"  # it belongs to a folder that never became a record
    LEFTOVER = "leftover"  # a draft, an open upload, a claim whose writer is dead
    EARLIER_VERSION = "earlier_version"  # only versions that were given up name it


@dataclass(frozen=True, slots=True)
class Removable:
    """One object that pruning would remove; `token` is given for leftovers that only the storage sees."""

    key: str
    waste: Waste
    size_bytes: int
    since: datetime
    token: str | None = None
