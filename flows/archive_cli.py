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
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from flows.archive_text import history_line, mended_lines, restored_lines, verdict_lines, waste_lines
from flows.places import current_imprint, current_settings, current_storage, end_of_grace, storage_at
from tasks.catalogue import listing, update_catalogue
from tasks.composing import Replacement
from tasks.copying import copy_record
from tasks.ledgers import copy_meetings
from tasks.mending import Mended, rebuild, stock_of
from tasks.pruning import earlier_versions, removable, remove
from tasks.publishing import replace_content, restore, versions
from tasks.storage import Storage
from tasks.stored import Advance
from tasks.verification import folders, verify_archive, verify_record
from transcripts.errors import PermanentError
from transcripts.findings import Finding
from transcripts.formats import format_size
from transcripts.layout import AUDIO, POSTER, VIDEO
from transcripts.media import LocalFile
from transcripts.model import Transcript
from transcripts.record import chapters_of
from transcripts.wording import explain

archive_app = typer.Typer(
    name="archive",
    help="Das Archiv pflegen: kopieren, Fassungen zeigen und wiederherstellen, aufräumen.",
    no_args_is_help=True,
)
output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

Document = TypeVar("Document")
JsonOption = Annotated[bool, typer.Option("--json", help="Ausgabe für Programme.")]
RecordArgument = Annotated[str, typer.Argument(metavar="KENNUNG", help="Kennung des Mitschnitts.")]
OptionalRecord = Annotated[
    str | None, typer.Argument(metavar="[KENNUNG]", help="Kennung eines Mitschnitts; sonst alle.")
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

    Vergleicht, was gespeichert ist, mit dem Verzeichnis jedes Mitschnitts. Endet
    mit 1, wenn etwas fehlt, verändert oder überzählig ist. Was ein eben erst
    abgebrochener Lauf hinterließ, wird genannt, ist aber kein Schaden.
    """
    storage, before = current_storage(), end_of_grace(current_settings())
    if record_id is not None:
        _expect_known(record_id)
        found, count = verify_record(storage, record_id, deep=deep, before=before), 1
    else:
        count = len(folders(storage))
        with _progress("Prüfen") as advance:
            imprint = current_imprint()
            found = list(verify_archive(storage, imprint, deep=deep, before=before, advance=advance))
    facts = {"records": count, "findings": [_as_json(each) for each in found]}
    _show(facts, verdict_lines(count, found), as_json=as_json)
    if any(each.is_damage for each in found):
        raise typer.Exit(1)


def rebuild_command(record_id: OptionalRecord = None, as_json: JsonOption = False) -> None:
    """Einen Mitschnitt in Ordnung bringen: alles, was sich zurückholen oder neu erzeugen lässt.

    Seite, Untertitel und Texte entstehen neu aus der Mitschrift, Ton und Standbild
    aus dem Video; beschädigte Dateien werden aus ihrer zweiten Kopie ersetzt. Ohne
    Kennung: nur Katalog, Übersicht und Feed. Endet mit 1, wenn der gültigen Fassung
    etwas fehlt.
    """
    storage, imprint = current_storage(), current_imprint()
    if record_id is None:
        count = len(update_catalogue(storage, imprint, anew=folders(storage)).records)
        _show({"records": count}, [f"Katalog mit {count} Mitschnitten neu erzeugt."], as_json=as_json)
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
    _show(facts, mended_lines(mended), as_json=as_json)
    if mended.left:
        raise typer.Exit(1)


@archive_app.command("history")
def history_command(record_id: RecordArgument, as_json: JsonOption = False) -> None:
    """Alle Fassungen eines Mitschnitts zeigen."""
    found = versions(current_storage(), record_id)
    present = found[-1].version
    facts = [json.loads(each.to_json()) for each in found]
    lines = [history_line(each, present) for each in found]
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
    storage = current_storage()
    wanted = version if version is not None else versions(storage, record_id)[-1].version - 1
    manifest = restore(storage, record_id, wanted, current_imprint())
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
        made_by=current_imprint().writer,
        transcript=_read(transcript, Transcript.model_validate_json),
        chapters=_read(chapters, chapters_of),
        media=media,
        duration_seconds=_duration_seconds(audio or video),
    )
    with _progress("Ablegen") as advance:
        manifest = replace_content(current_storage(), record_id, new, current_imprint(), advance)
    line = f"Es gilt Fassung {manifest.version}."
    _show({"record": record_id, "present": manifest.version}, [line], as_json=as_json)


@archive_app.command("copy")
def copy_command(
    origin: Annotated[str, typer.Argument(metavar="VON", help="Ordner oder s3://bucket/prefix.")],
    target: Annotated[str, typer.Argument(metavar="NACH", help="Ordner oder s3://bucket/prefix.")],
    as_json: JsonOption = False,
) -> None:
    """Alle Mitschnitte in ein anderes Archiv kopieren, mit allen Fassungen, geprüft.

    Bricht es ab, setzt derselbe Aufruf es fort: Was schon am Ziel liegt, wird nicht
    noch einmal geschickt. Zugang zu beiden Buckets nach den Einstellungen.
    """
    source, goal = storage_at(origin), storage_at(target)
    entries, copied, failed = listing(source), [], {}
    with _progress("Kopieren") as advance:
        for number, entry in enumerate(entries, start=1):
            try:
                copied.append(copy_record(source, goal, entry.recording.id))
            except PermanentError as error:
                failed[entry.recording.id] = explain(error)
            advance(number, len(entries))
    copy_meetings(source, goal)
    update_catalogue(goal, current_imprint(), anew=folders(goal))
    size = sum(each.size_bytes for each in copied)
    lines = [
        *(f"{record_id}: {text}" for record_id, text in failed.items()),
        f"Am Ziel: {len(copied)} von {len(entries)} Mitschnitten; jetzt gesendet: {format_size(size)}.",
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
        bool, typer.Option("--versions", help="Auch die früheren Fassungen dieses Mitschnitts entfernen.")
    ] = False,
    grace_hours: Annotated[
        float | None, typer.Option(min=0, help="Nur, was älter ist; sonst „archive.grace_hours“.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Entfernen, was zu keinem Mitschnitt gehört. Zeigt zuerst nur, was es wäre."""
    if with_versions and record_id is None:
        raise typer.BadParameter("--versions braucht die Kennung eines Mitschnitts.")
    storage = current_storage()
    with _progress("Suchen"):
        waste = list(removable(storage, end_of_grace(current_settings(), grace_hours), record_id))
    if with_versions and record_id is not None:
        waste += earlier_versions(storage, record_id)
    if yes:
        remove(storage, waste)
    rows = [asdict(each) | {"since": each.since.isoformat()} for each in waste]
    _show({"removed": yes, "objects": rows}, waste_lines(waste, removed=yes), as_json=as_json)


@archive_app.command("nightly")
def nightly_command(
    once: Annotated[bool, typer.Option("--once", help="Einmal jetzt, statt jede Nacht.")] = False,
) -> None:
    """Jede Nacht einen Teil des Archivs ganz lesen und Schäden an die Technik melden.

    Läuft, bis es beendet wird; gedacht für einen Dienst neben Prefect.
    """
    from flows.runtime import prepare_prefect

    prepare_prefect(current_settings())
    from flows.nightly import serve_nightly, verify_nightly

    if not once:
        serve_nightly()
    elif verify_nightly():
        raise typer.Exit(1)


def _remade(storage: Storage, mended: Mended) -> Mended:
    """What the video gives back of the lost media; unchanged if ffmpeg can make nothing of it."""
    from tasks.remaking import remake

    settings = current_settings()
    try:
        with _progress("Aus dem Video neu erzeugen") as advance:
            remake(
                storage,
                mended.record_id,
                mended.remakeable,
                settings.media.loudness_lufs,
                settings.work.dir.resolve(),
                current_imprint(),
                lambda seconds: advance(seconds, None),
            )
    except PermanentError:
        return mended
    return stock_of(storage, mended.record_id, mended.renewed, remade=mended.remakeable)


def _read(path: Path | None, parse: Callable[[bytes], Document]) -> Document | None:
    if path is None:
        return None
    try:
        return parse(path.read_bytes())
    except ValueError as error:
        raise PermanentError("transcript_unreadable", path=str(path)) from error


def _duration_seconds(path: Path | None) -> float | None:
    if path is None:
        return None
    from tasks.inspection import inspect_media

    limit_seconds = current_settings().fetch.max_duration_hours * 3600
    return inspect_media([path], limit_seconds).duration_seconds or None


def _expect_known(record_id: str) -> None:
    if record_id not in folders(current_storage()):
        raise PermanentError("record_unknown", record=record_id)


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
