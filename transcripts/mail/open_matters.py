"""What waits for a person, whatever it is about: recordings, mails, damage, duties. Values only."""

from enum import StrEnum

from transcripts.model import Line, StoredModel, Text


class OpenKind(StrEnum):
    """What an open matter is about, the most urgent first."""

    DUTY = "duty"  # what is to happen by itself, and has not
    DAMAGE = "damage"  # something in the archive is lost or changed
    FAILED = "failed"  # a recording that does not go on by itself
    MAIL = "mail"  # a mail that waits, was refused, or may not have arrived
    HELD = "held"  # a record that waits for its release


HEADINGS = {
    OpenKind.DUTY: "Überfällig",
    OpenKind.DAMAGE: "Im Archiv beschädigt",
    OpenKind.FAILED: "Aufzeichnungen, die nicht von selbst weitergehen",
    OpenKind.MAIL: "Mails, die noch nicht sicher angekommen sind",
    OpenKind.HELD: "Aufzeichnungen, die auf die Freigabe warten",
}


class OpenMatter(StoredModel):
    """One of them, in German; `link` and `command` say where to go on, empty where nowhere."""

    kind: OpenKind
    title: Line
    text: Text
    link: Line = ""
    command: Line = ""
