"""The commands that look after the archive: copy, history, restore, prune, verify, rebuild.

They need no Prefect: each is done at once, and can be called again when it broke off.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from flows.cli.input_files import given_document
from flows.cli.terminal import JsonOption, errors, output
from flows.composition import end_of_grace, resources
from flows.reporting.archive_report import (
    counted_records,
    history_line,
    rebuild_lines,
    restored_lines,
    verdict_lines,
    waste_lines,
)
from tasks.archive.archive_copy import copy_record
from tasks.archive.catalogue_store import listed, update_catalogue
from tasks.archive.ledger_store import copy_folder_ledgers
from tasks.archive.next_version import Replacement
from tasks.archive.pruning import earlier_versions, removable, remove
from tasks.archive.publishing import replace_content, restore, versions
from tasks.archive.rebuilding import RebuildResult, rebuild, stock_of
from tasks.archive.verification import folders, verify_archive, verify_record
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import damage_of
from tasks.storage.stored_objects import Advance
from transcripts.archive.findings import Finding
from transcripts.archive.layout import AUDIO, MANIFEST, POSTER, VIDEO, object_key
from transcripts.errors.archive_errors import RecordUnknownError
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.input_errors import ChaptersUnreadableError, TranscriptUnreadableError
from transcripts.media.media_values import LocalFile
from transcripts.model import Transcript
from transcripts.records.record import chapters_of
from transcripts.wording.error_wording import explain
from transcripts.wording.german_formats import format_size

archive_app = typer.Typer(
    name="archive",
    help="Das Archiv pflegen: kopieren, Fassungen zeigen und wiederherstellen, aufräumen.",
    no_args_is_help=True,
)

Document = TypeVar("Document")
RecordArgument = Annotated[
    str, typer.Argument(metavar="KENNUNG", help="Kennung der Aufzeichnung oder des Dokuments.")
]
OptionalRecord = Annotated[
    str | None,
    typer.Argument(metavar="[KENNUNG]", help="Kennung einer Aufzeichnung oder eines Dokuments; sonst alle."),
]
FileOption = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, metavar="DATEI")]


def add_archive_commands(app: typer.Typer) -> None:
    """Hang the archive's commands into the command line."""
    app.add_typer(archive_app)
    app.command("verify")(verify_command)
    app.command("rebuild")(rebuild_command)


def verify_command(
    record_id: OptionalRecord = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Auch in einem Bucket jedes Byte lesen (dauert, kostet Verkehr).")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Prüfen, ob im Archiv alles da und unverändert ist. Ändert nichts.

    Vergleicht, was gespeichert ist, mit dem Verzeichnis jeder Aufzeichnung. Endet
    mit 1, wenn etwas fehlt, verändert oder überzählig ist. Was ein eben erst
    abgebrochener Lauf hinterließ, wird genannt, ist aber kein Schaden.
    """
    storage, before = resources().storage, end_of_grace(resources().settings)
    if record_id is not None:
        _expect_known(record_id)
        found, looked_at = verify_record(storage, record_id, deep=deep, before=before), [record_id]
    else:
        looked_at = folders(storage)
        with _progress("Prüfen") as advance:
            imprint = resources().imprint
            found = list(verify_archive(storage, imprint, deep=deep, before=before, advance=advance))
    facts = {"records": len(looked_at), "findings": [_as_json(each) for each in found]}
    _show(facts, verdict_lines(looked_at, found), as_json=as_json)
    if any(each.is_damage for each in found):
        raise typer.Exit(1)


def rebuild_command(record_id: OptionalRecord = None, as_json: JsonOption = False) -> None:
    """Eine Aufzeichnung in Ordnung bringen: alles, was sich zurückholen oder neu erzeugen lässt.

    Seite, Untertitel und Texte entstehen neu aus der Mitschrift, Ton und Standbild
    aus dem Video; beschädigte Dateien werden aus ihrer zweiten Kopie ersetzt. Ohne
    Kennung: nur Katalog, Übersicht und Feed. Endet mit 1, wenn der gültigen Fassung
    etwas fehlt.
    """
    storage, imprint = resources().storage, resources().imprint
    if record_id is None:
        ids = update_catalogue(storage, imprint, anew=folders(storage)).ids
        _show({"records": len(ids)}, [f"Katalog mit {counted_records(ids)} neu erzeugt."], as_json=as_json)
        return
    mended = rebuild(storage, record_id, imprint)
    if mended.remakeable:
        mended = _remade(storage, mended)
    facts = {
        "record": record_id,
        "renewed": mended.renewed,
        "remade": mended.remade,
        "version": mended.version,
        "whole_versions": mended.whole_versions,
        "findings": [_as_json(each) for each in mended.left],
        "findings_earlier": [_as_json(each) for each in mended.left_earlier],
    }
    _show(facts, rebuild_lines(mended), as_json=as_json)
    if mended.left:
        raise typer.Exit(1)


@archive_app.command("history")
def history_command(record_id: RecordArgument, as_json: JsonOption = False) -> None:
    """Alle Fassungen einer Aufzeichnung zeigen."""
    found = versions(resources().storage, record_id)
    present = found[-1].version
    facts = [json.loads(each.to_json()) for each in found]
    lines = [history_line(each, present, resources().settings.network.zone) for each in found]
    _show({"record": record_id, "present": present, "versions": facts}, lines, as_json=as_json)


@archive_app.command("restore")
def restore_command(
    record_id: RecordArgument,
    version: Annotated[
        int | None, typer.Argument(metavar="[FASSUNG]", help="Nummer der Fassung; sonst die vorige.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Eine frühere Fassung wieder gültig machen. Die jetzige bleibt erhalten.

    Endet mit 1, wenn der früheren inzwischen etwas fehlt.
    """
    storage = resources().storage
    wanted = version if version is not None else versions(storage, record_id)[-1].version - 1
    manifest = restore(storage, record_id, wanted, resources().imprint)
    found = verify_record(storage, record_id, deep=False)
    left = [each for each in found if each.is_damage and each.place in manifest.places]
    facts = {
        "record": record_id,
        "restored": wanted,
        "present": manifest.version,
        "findings": [_as_json(each) for each in left],
    }
    _show(facts, restored_lines(record_id, wanted, manifest.version, left), as_json=as_json)
    if left:
        raise typer.Exit(1)


@archive_app.command("replace")
def replace_command(
    record_id: RecordArgument,
    video: FileOption = None,
    audio: FileOption = None,
    poster: FileOption = None,
    transcript: FileOption = None,
    chapters: FileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Video, Ton, Standbild, Mitschrift oder Kapitel ersetzen; alle Adressen bleiben.

    Dateien werden abgelegt, wie sie sind (MP4, M4A, JPG, transcript.json,
    chapters.json). Die jetzige Fassung bleibt erhalten.
    """
    given = {VIDEO: video, AUDIO: audio, POSTER: poster}
    media = {name: LocalFile.of(path) for name, path in given.items() if path}
    new = Replacement(
        made_by=resources().imprint.writer,
        transcript=_given(transcript, Transcript.model_validate_json, TranscriptUnreadableError),
        chapters=_given(chapters, chapters_of, ChaptersUnreadableError),
        media=media,
        duration_seconds=_duration_seconds(audio or video),
    )
    with _progress("Ablegen") as advance:
        manifest = replace_content(resources().storage, record_id, new, resources().imprint, advance)
    line = f"Es gilt Fassung {manifest.version}."
    _show({"record": record_id, "present": manifest.version}, [line], as_json=as_json)


@archive_app.command("copy")
def copy_command(
    origin: Annotated[str, typer.Argument(metavar="VON", help="Ordner oder s3://bucket/prefix.")],
    target: Annotated[str, typer.Argument(metavar="NACH", help="Ordner oder s3://bucket/prefix.")],
    as_json: JsonOption = False,
) -> None:
    """Alle Aufzeichnungen und Dokumente in ein anderes Archiv kopieren, mit allen Fassungen, geprüft.

    Bricht es ab, setzt derselbe Aufruf es fort: Was schon am Ziel liegt, wird nicht
    noch einmal geschickt. Zugang zu beiden Buckets nach den Einstellungen.
    """
    source, goal = resources().storage_at(origin), resources().storage_at(target)
    found = listed(source)
    record_ids = [*(each.record_id for each in found.entries), *(each.record_id for each in found.documents)]
    copied = []
    failed = {record_id: explain(error) for record_id, error in found.damaged.items()}
    with _progress("Kopieren") as advance:
        for number, record_id in enumerate(record_ids, start=1):
            try:
                copied.append(copy_record(source, goal, record_id))
            except KeyError:
                failed[record_id] = explain(damage_of(object_key(record_id, MANIFEST)))
            except PermanentError as error:
                failed[record_id] = explain(error)
            advance(number, len(record_ids))
    for damage in copy_folder_ledgers(source, goal):
        failed[str(damage.details["place"])] = explain(damage)
    update_catalogue(goal, resources().imprint, anew=folders(goal))
    size, whole = sum(each.size_bytes for each in copied), {*record_ids, *found.damaged}
    kinds = "Aufzeichnungen und Dokumenten" if found.documents else "Aufzeichnungen"
    lines = [
        *(f"{record_id}: {text}" for record_id, text in failed.items()),
        f"Am Ziel: {len(copied)} von {len(whole)} {kinds}; jetzt gesendet: {format_size(size)}.",
    ]
    facts = {"records": [asdict(each) for each in copied], "failed": failed}
    _show(facts, lines, as_json=as_json)
    if failed:
        raise typer.Exit(1)


@archive_app.command("prune")
def prune_command(
    record_id: OptionalRecord = None,
    yes: Annotated[bool, typer.Option("--yes", help="Wirklich entfernen; sonst nur zeigen.")] = False,
    with_versions: Annotated[
        bool, typer.Option("--versions", help="Auch die früheren Fassungen dieser Aufzeichnung entfernen.")
    ] = False,
    grace_hours: Annotated[
        float | None, typer.Option(min=0, help="Nur, was älter ist; sonst „archive.grace_hours“.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Entfernen, was zu keiner Aufzeichnung gehört. Zeigt zuerst nur, was es wäre."""
    if with_versions and record_id is None:
        raise typer.BadParameter("--versions braucht die Kennung einer Aufzeichnung.")
    storage = resources().storage
    with _progress("Suchen"):
        waste = list(removable(storage, end_of_grace(resources().settings, grace_hours), record_id))
    if with_versions and record_id is not None:
        waste += earlier_versions(storage, record_id)
    if yes:
        remove(storage, waste)
    rows = [asdict(each) | {"since": each.since.isoformat()} for each in waste]
    lines = waste_lines(waste, resources().settings.network.zone, removed=yes)
    _show({"removed": yes, "objects": rows}, lines, as_json=as_json)


@archive_app.command("nightly")
def nightly_command() -> None:
    """Jetzt prüfen, was heute Nacht an der Reihe ist: ein Teil des Archivs. Die Technik erfährt Schäden."""
    from flows.orchestration.prefect_environment import prepare_prefect
    from flows.orchestration.temporary_server import ensure_server

    prepare_prefect(resources().settings)
    ensure_server().wait_until_ready()
    from flows.upkeep.nightly_check import verify_nightly

    if verify_nightly():
        raise typer.Exit(1)


def _remade(storage: Storage, mended: RebuildResult) -> RebuildResult:
    """What the video gives back of the lost media; unchanged if ffmpeg can make nothing of it."""
    from tasks.archive.media_regeneration import remake

    settings = resources().settings
    try:
        with _progress("Aus dem Video neu erzeugen") as advance:
            remake(
                storage,
                mended.record_id,
                mended.remakeable,
                settings.media.loudness_lufs,
                settings.work.dir.resolve(),
                resources().imprint,
                lambda seconds: advance(seconds, None),
            )
    except PermanentError:
        return mended
    return stock_of(storage, mended.record_id, mended.renewed, remade=mended.remakeable)


def _given(
    path: Path | None, parse: Callable[[bytes], Document], refusal: type[PermanentError]
) -> Document | None:
    return given_document(path, parse, refusal) if path else None


def _duration_seconds(path: Path | None) -> float | None:
    if path is None:
        return None
    from tasks.media.sandboxed_media import inspect_media

    limit_seconds = resources().settings.fetch.max_duration_hours * 3600
    return inspect_media([path], limit_seconds).duration_seconds or None


def _expect_known(record_id: str) -> None:
    if record_id not in folders(resources().storage):
        raise RecordUnknownError(record=record_id)


def _as_json(finding: Finding) -> dict[str, str]:
    return {"record": finding.record_id, "object": finding.place, "damage": finding.damage.value}


def _show(facts: dict[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    for line in lines:
        output.print(escape(line))


@contextmanager
def _progress(label: str) -> Iterator[Advance]:
    """A bar on a terminal, nothing elsewhere."""
    columns = (TextColumn("  {task.description}"), BarColumn(bar_width=24), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=errors, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
