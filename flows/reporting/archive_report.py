"""What the archive's commands and its nightly report say, in German."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from tasks.archive.rebuilding import RebuildResult
from transcripts.archive.findings import Damage, Finding, Removable, Waste
from transcripts.archive.layout import is_document, object_key
from transcripts.archive.manifest import Manifest
from transcripts.wording.german_formats import format_size
from transcripts.wording.local_time import format_moment

DAMAGES = {
    Damage.MISSING: "fehlt",
    Damage.CHANGED: "ist verändert oder beschädigt",
    Damage.UNREADABLE: "lässt sich nicht lesen",
    Damage.STRAY: "gehört zu keiner Aufzeichnung",
    Damage.OUTDATED: "ist nicht auf dem neuesten Stand",
    Damage.UNFINISHED: "wurde nie fertig",
    Damage.LEFTOVER: "Rest eines abgebrochenen Laufs",
}
WASTES = {
    Waste.STRAY: "gehört zu keiner Aufzeichnung",
    Waste.UNFINISHED: "wurde nie fertig",
    Waste.LEFTOVER: "Rest eines abgebrochenen Laufs",
    Waste.EARLIER_VERSION: "frühere Fassung",
}
REASONS = {
    "first": "erste Fassung",
    "replaced": "ersetzt",
    "corrected": "berichtigt",
    "rebuilt": "aus der Mitschrift neu erzeugt",
    "edited": "Angaben geändert",
    "released": "freigegeben",
    "taken_back": "Freigabe zurückgenommen",
    "barred": "geschwärzt",
    "restored": "wiederhergestellt aus Fassung",
    "": "erste Fassung",
}
WHAT_TO_DO = {
    Damage.STRAY: "Überzähliges entfernen: mitschnitt archive prune",
    Damage.UNFINISHED: "Unfertiges: die Aufzeichnung noch einmal verarbeiten oder mitschnitt archive prune",
}


def finding_line(finding: Finding) -> str:
    """`recordings/…/media/video.mp4: fehlt`."""
    key = object_key(finding.record_id, finding.place) if finding.record_id else finding.place
    return f"{key}: {DAMAGES[finding.damage]}"


def verdict_lines(record_ids: Collection[str], findings: Sequence[Finding]) -> Iterator[str]:
    """The findings, a line each, then what was looked at and what to do."""
    yield from map(finding_line, findings)
    counted = counted_records(record_ids)
    damages = [each for each in findings if each.is_damage]
    if damages:
        yield f"{counted} geprüft, Auffälligkeiten: {len(damages)}."
        yield from what_to_do(damages)
    else:
        yield f"{counted} geprüft: alles vollständig und unverändert."
    if len(damages) < len(findings):
        yield "Reste abgebrochener Läufe schaden nicht; nach der Frist entfernen: mitschnitt archive prune"


def counted_records(record_ids: Collection[str]) -> str:
    """How many there are of each kind: "2 Aufzeichnungen", "2 Aufzeichnungen und 1 Dokument"."""
    documents = sum(map(is_document, record_ids))
    recordings = len(record_ids) - documents
    parts = [
        *(["1 Aufzeichnung" if recordings == 1 else f"{recordings} Aufzeichnungen"] * bool(recordings)),
        *(["1 Dokument" if documents == 1 else f"{documents} Dokumente"] * bool(documents)),
    ]
    return " und ".join(parts) or "0 Aufzeichnungen"


def what_to_do(findings: Sequence[Finding]) -> Iterator[str]:
    """The commands that mend what was found."""
    mendable = [each for each in findings if each.damage not in WHAT_TO_DO]
    for record_id in dict.fromkeys(each.record_id for each in mendable):
        yield f"Beheben: mitschnitt rebuild {record_id}".rstrip()
    for damage in dict.fromkeys(each.damage for each in findings if each.damage in WHAT_TO_DO):
        yield WHAT_TO_DO[damage]


def restored_lines(record_id: str, wanted: int, version: int, left: Sequence[Finding]) -> Iterator[str]:
    """That an earlier version is the present one again, and what it has lost since."""
    yield f"Fassung {wanted} gilt wieder, als Fassung {version}."
    if left:
        yield "Ihr fehlt inzwischen:"
        yield from (f"  {finding_line(each)}" for each in left)
        yield f"Beheben: mitschnitt rebuild {record_id}"


def rebuild_lines(mended: RebuildResult) -> Iterator[str]:
    """What was put right, and what nothing is left to mend from."""
    for place in mended.renewed:
        yield f"wiederhergestellt: {object_key(mended.record_id, place)}"
    for name in mended.remade:
        yield f"aus dem Video neu erzeugt: {object_key(mended.record_id, name)}"
    yield from _lost_lines(mended)
    if mended.left_earlier:
        yield "Nur früheren Fassungen fehlt:"
        yield from (f"  {finding_line(each)}" for each in mended.left_earlier)
        yield f"Frühere Fassungen aufgeben: mitschnitt archive prune {mended.record_id} --versions --yes"


def _lost_lines(mended: RebuildResult) -> Iterator[str]:
    """What is wrong with the present version, and the ways out."""
    if not mended.left:
        what = "Das Dokument" if is_document(mended.record_id) else "Die Aufzeichnung"
        yield f"{what} ist vollständig, es gilt Fassung {mended.version}."
        return
    yield f"In der gültigen Fassung {mended.version} ließ sich nicht beheben:"
    yield from (f"  {finding_line(each)}" for each in mended.left)
    if mended.remakeable and not mended.remade:
        yield "Auch aus dem Video ließ es sich nicht neu erzeugen."
    yield "Bitte aus einer Sicherung an denselben Ort zurücklegen."
    if mended.whole_versions:
        newest = mended.whole_versions[-1]
        yield f"Oder zu Fassung {newest} zurück: mitschnitt archive restore {mended.record_id} {newest}"
    for kind in sorted({Path(each.place).name.split(".")[0] for each in mended.left if _is_medium(each)}):
        yield f"Oder ersetzen: mitschnitt archive replace {mended.record_id} --{kind} DATEI"


def _is_medium(finding: Finding) -> bool:
    return finding.place.startswith("media/")


def history_line(version: Manifest, present: int, zone: ZoneInfo) -> str:
    """`Fassung 2, 22.11.2026, 19:40 Uhr: ersetzt (gültig)`."""
    reason, _, number = version.reason.partition(" ")
    words = f"{REASONS.get(reason, reason)} {number}".strip()
    made = f", {format_moment(version.made_at, zone)}" if version.made_at else ""
    size = format_size(sum(each.size_bytes for each in version.objects))
    valid = " – gültig" if version.version == present else ""
    return f"Fassung {version.version}{made}: {words} ({size}){valid}"


def waste_lines(waste: Sequence[Removable], zone: ZoneInfo, *, removed: bool) -> Iterator[str]:
    """What would be removed, or was."""
    for each in waste:
        size = f", {format_size(each.size_bytes)}" if each.token is None else ""
        yield f"{each.key}: {WASTES[each.waste]} (seit {format_moment(each.since, zone)}{size})"
    size = format_size(sum(each.size_bytes for each in waste))
    if not waste:
        yield "Es gibt nichts zu entfernen."
    elif removed:
        yield f"Entfernt: {len(waste)} ({size})."
    else:
        yield f"Zu entfernen: {len(waste)} ({size}). Noch ist nichts geschehen; entfernen mit --yes."
