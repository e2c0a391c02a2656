"""The command that shows, previews, tries, releases and settles announcements."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from config.settings import load_settings
from flows.places import current_storage
from flows.runtime import prepare_prefect
from transcripts.errors import PermanentError
from transcripts.ledger import FIRST, Delivery, Ledger, LedgerEntry, Reason
from transcripts.meetings import is_meeting
from transcripts.wording import delivery_text

if TYPE_CHECKING:
    from tasks.ledgers import LedgerHome

output = Console(highlight=False, soft_wrap=True)


class Resolution(StrEnum):
    """What a person found out about an unknown outcome."""

    SENT = "sent"
    NOT_SENT = "not-sent"


def add_announce_commands(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("announce")(announce_command)


def announce_command(
    record_id: Annotated[
        str,
        typer.Argument(
            metavar="KENNUNG", help="Kennung des Mitschnitts; bei Treffen der Tag, wie 2026-12-17."
        ),
    ],
    preview: Annotated[
        bool, typer.Option("--preview", help="Die Mail zeigen und als Text, HTML und .eml ablegen.")
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help="Jetzt verschicken, was noch nicht verschickt ist.")
    ] = False,
    test: Annotated[
        str | None, typer.Option("--test", metavar="ADRESSE", help="Zur Probe nur an diese Adresse schicken.")
    ] = None,
    changed: Annotated[
        str | None,
        typer.Option("--changed", metavar="TEXT", help="Eine weitere Ankündigung: Das hat sich geändert."),
    ] = None,
    resolution: Annotated[
        Resolution | None,
        typer.Option("--resolve", help="Klären, was ungewiss ist: Es wurde verschickt, oder eben nicht."),
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="Nur diesen Weg klären: mail, signal oder webhook.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Ausgabe für Programme.")] = False,
) -> None:
    """Zeigen, was angekündigt wurde; eine Ankündigung ansehen, erproben, freigeben, klären.

    Ohne weitere Angaben ändert sich nichts. Was schon verschickt ist, wird nie noch
    einmal verschickt; mit --changed entsteht eine neue Ankündigung mit eigenem Anlass.
    """
    prepare_prefect(load_settings().settings)
    if is_meeting(record_id) and changed is not None:
        raise typer.BadParameter("Was sich an einem Treffen ändert, steht in der Liste der Treffen.")
    _expect_known(record_id)
    if resolution is not None:
        _resolve(record_id, channel, was_sent=resolution is Resolution.SENT)
    number = _chosen(record_id, changed)
    facts: dict[str, Any] = {}
    if preview:
        facts["preview"] = _preview(record_id, number, changed or "", as_json=as_json)
    if test is not None:
        facts["test"] = _try_out(record_id, number, changed or "", test, as_json=as_json)
    if send and is_meeting(record_id):
        _send_of_meeting(record_id)
    elif send:
        _send(record_id, number, changed)
    elif changed is not None and not (preview or test):
        from flows.announcing import hold
        from flows.delivering import Occasion

        hold(record_id, Occasion(number, Reason.CHANGED, changed))
    _show(record_id, facts, as_json=as_json)


def _chosen(record_id: str, changed: str | None) -> int:
    """The number of the announcement meant: the newest, or the next where something has changed."""
    ledger = _ledger(record_id)
    newest = ledger.last_number
    if changed is None:
        return max(newest, FIRST)
    is_waiting = newest > FIRST and all(each.state is Delivery.PREPARED for each in ledger.of(newest))
    return newest if is_waiting else max(newest, FIRST) + 1


def _send(record_id: str, number: int, changed: str | None) -> None:
    from flows.announcing import announce, hold
    from flows.delivering import Occasion

    if changed is not None:
        hold(record_id, Occasion(number, Reason.CHANGED, changed))
    announce(record_id, number)


def _send_of_meeting(meeting_id: str) -> None:
    from flows.announce_meeting import send_again

    for problem in send_again(current_storage(), meeting_id):
        output.print(f"[bold red]Fehler:[/] {escape(problem)}")


def _resolve(record_id: str, channel: str | None, *, was_sent: bool) -> None:
    """Settle every unknown entry, or those of one channel. Raises PermanentError `nothing_to_resolve`."""
    from flows.announcing import finish
    from flows.delivering import resolve
    from tasks.mail_handover import MAIL
    from transcripts.model import Stage

    home = _home(record_id)
    open_ones = [
        each
        for each in home.read().entries
        if each.state in (Delivery.SENDING, Delivery.UNKNOWN) and channel in (None, each.channel)
    ]
    if not open_ones:
        raise PermanentError("nothing_to_resolve", record=record_id)
    for entry in open_ones:
        resolve(home, entry, was_sent=was_sent)
        if was_sent and entry.channel == MAIL and not is_meeting(record_id):
            finish(record_id, Stage.ANNOUNCED)


def _preview(record_id: str, number: int, change: str, *, as_json: bool) -> dict[str, str]:
    """Write text, HTML and message; show the text. Returns where they lie."""
    from flows.announcing import preview_folder
    from flows.channels import handover
    from tasks.mail_handover import MAIL

    settings = load_settings().settings
    content = _content(record_id, number, change)
    folder = preview_folder(settings, record_id)
    written = {
        "text": _write(folder / "body.txt", content.rendered.text.encode()),
        "html": _write(folder / "body.html", content.rendered.html.encode()),
        "message": _write(folder / "message.eml", handover(settings, MAIL, content).stored or b""),
    }
    if not as_json:
        output.print(f"[bold]Betreff:[/] {escape(content.rendered.subject)}\n")
        output.print(escape(content.rendered.text))
        output.print(f"Im Browser: {escape(Path(written['html']).as_uri())}")
        output.print(f"Im Mailprogramm: {escape(written['message'])}\n")
    return written


def _content(record_id: str, number: int, change: str) -> Any:
    from flows.announce_meeting import next_content
    from flows.announcing import content_of
    from flows.delivering import Occasion

    if is_meeting(record_id):
        return next_content(load_settings().settings, current_storage(), record_id)
    entry = _ledger(record_id).entry(number, "mail")
    known = change or (entry.change if entry else "")
    return content_of(load_settings().settings, current_storage(), record_id, Occasion(number, change=known))


def _try_out(record_id: str, number: int, change: str, address: str, *, as_json: bool) -> str:
    """Send the mail to one address, outside of the ledger and with a Message-ID of its own."""
    from flows.channels import send_test

    content = _content(record_id, number, change)
    place = send_test(load_settings().settings, content, address, datetime.now(UTC))
    if not as_json:
        output.print(f"Zur Probe an {escape(address)}: {escape(place)}")
    return place


def _show(record_id: str, facts: dict[str, Any], *, as_json: bool) -> None:
    ledger = _ledger(record_id)
    if as_json:
        entries = [each.model_dump(mode="json", exclude={"owner"}) for each in ledger.entries]
        print(json.dumps({"record": record_id, "entries": entries, **facts}, ensure_ascii=False))
        return
    for line in ledger_lines(record_id, ledger):
        output.print(escape(line))


def ledger_lines(record_id: str, ledger: Ledger) -> Iterator[str]:
    """What was told on which channel, and what to do next."""
    if not ledger.entries:
        yield f"Noch nichts angekündigt. Ansehen: mitschnitt announce {record_id} --preview"
        return
    for entry in ledger.entries:
        yield f"Ankündigung {entry.number}, {entry.channel} an {entry.recipient}: {delivery_text(entry)}"
        yield f"    {entry.changed_at.astimezone():%d.%m.%Y %H:%M}{_remark(entry)}"
    states = {each.state for each in ledger.entries if each.reason is not Reason.NOTICE}
    if Delivery.UNKNOWN in states or Delivery.SENDING in states:
        yield f"Klären: mitschnitt announce {record_id} --resolve sent (oder not-sent)"
    if Delivery.PREPARED in states or Delivery.FAILED in states:
        yield f"Verschicken: mitschnitt announce {record_id} --send"


def _remark(entry: LedgerEntry) -> str:
    parts = [entry.detail, entry.link, f"Änderung: {entry.change}" if entry.change else ""]
    return "".join(f", {part}" for part in parts if part)


def _ledger(record_id: str) -> Ledger:
    return _home(record_id).read()


def _home(record_id: str) -> "LedgerHome":
    """The ledger of a record, or of a meeting."""
    from flows.announcing import home_of
    from tasks.ledgers import MeetingLedger

    return MeetingLedger(current_storage(), record_id) if is_meeting(record_id) else home_of(record_id)


def _expect_known(record_id: str) -> None:
    from tasks.verification import folders

    if not is_meeting(record_id) and record_id not in folders(current_storage()):
        raise PermanentError("record_unknown", record=record_id)


def _write(path: Path, content: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)
