"""The command that shows, previews, tries, releases and settles announcements."""

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape

from flows.cli.terminal import output
from flows.composition import resources
from flows.orchestration.prefect_environment import prepare_prefect
from flows.orchestration.temporary_server import ensure_server
from tasks.clock import utc_now
from transcripts.archive.layout import DIGEST
from transcripts.errors.archive_errors import RecordUnknownError
from transcripts.errors.mail_errors import DigestNotDueError, NothingToResolveError
from transcripts.mail.delivery_wording import delivery_text
from transcripts.mail.ledger import FIRST, Delivery, Ledger, LedgerEntry, Reason
from transcripts.mail.meeting_schedule import is_meeting
from transcripts.wording.local_time import format_moment

if TYPE_CHECKING:
    from tasks.archive.ledger_store import LedgerHome


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
            metavar="KENNUNG",
            help="Kennung der Aufzeichnung; bei Treffen der Tag, wie 2026-12-17; oder neues-im-archiv.",
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
    prepare_prefect(resources().settings)
    if is_meeting(record_id) and changed is not None:
        raise typer.BadParameter("Was sich an einem Treffen ändert, steht in der Liste der Treffen.")
    if record_id == DIGEST and changed is not None:
        raise typer.BadParameter("Was neu ist, steht im Archiv.")
    _expect_known(record_id)
    if send:
        ensure_server().wait_until_ready()
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
    elif send and record_id == DIGEST:
        _send_news()
    elif send:
        _send(record_id, number, changed)
    elif changed is not None and not (preview or test):
        from flows.announcing.recording_announcements import hold
        from flows.delivery.deliver_once import Occasion

        hold(resources(), record_id, Occasion(number, Reason.CHANGED, changed))
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
    from flows.announcing.recording_announcements import announce, hold
    from flows.delivery.deliver_once import Occasion

    if changed is not None:
        hold(resources(), record_id, Occasion(number, Reason.CHANGED, changed))
    announce(record_id, number)


def _send_of_meeting(meeting_id: str) -> None:
    from flows.cli.announce_meeting_command import send_again

    for problem in send_again(resources().storage, meeting_id):
        output.print(f"[bold red]Fehler:[/] {escape(problem)}")


def _send_news() -> None:
    """Raises DigestNotDueError where there was nothing to send."""
    from flows.announcing.archive_digest import send_digest

    before = _ledger(DIGEST)
    send_digest(is_released=True)
    if _ledger(DIGEST) == before:
        raise DigestNotDueError


def _resolve(record_id: str, channel: str | None, *, was_sent: bool) -> None:
    """Settle every unknown entry, or those of one channel. Raises NothingToResolveError."""
    from flows.announcing.recording_announcements import finish
    from flows.delivery.deliver_once import resolve
    from tasks.channels.mail_channel import MAIL
    from transcripts.model import Stage

    home = _home(record_id)
    open_ones = [
        each
        for each in home.read().entries
        if each.state in (Delivery.SENDING, Delivery.UNKNOWN) and channel in (None, each.channel)
    ]
    if not open_ones:
        raise NothingToResolveError(record=record_id)
    for entry in open_ones:
        resolve(home, entry, was_sent=was_sent)
        if was_sent and entry.channel == MAIL and not _has_no_record(record_id):
            finish(resources(), record_id, Stage.ANNOUNCED)


def _preview(record_id: str, number: int, change: str, *, as_json: bool) -> dict[str, str]:
    """Write text, HTML and message; show the text. Returns where they lie."""
    from flows.announcing.recording_announcements import preview_folder
    from flows.delivery.configured_channels import handover
    from tasks.channels.mail_channel import MAIL

    settings = resources().settings
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
    from flows.announcing.recording_announcements import content_of
    from flows.cli.announce_meeting_command import next_content
    from flows.delivery.deliver_once import Occasion

    if is_meeting(record_id):
        return next_content(resources().settings, resources().storage, record_id)
    if record_id == DIGEST:
        from flows.announcing.digest_round import DigestRound

        return DigestRound(resources().settings, resources().storage, utc_now()).content()
    entry = _ledger(record_id).entry(number, "mail")
    known = change or (entry.change if entry else "")
    occasion = Occasion(number, change=known)
    return content_of(resources().settings, resources().storage, record_id, occasion)


def _try_out(record_id: str, number: int, change: str, address: str, *, as_json: bool) -> str:
    """Send the mail to one address, outside of the ledger and with a Message-ID of its own."""
    from flows.delivery.configured_channels import send_test

    content = _content(record_id, number, change)
    place = send_test(resources().settings, content, address, utc_now())
    if not as_json:
        output.print(f"Zur Probe an {escape(address)}: {escape(place)}")
    return place


def _show(record_id: str, facts: dict[str, Any], *, as_json: bool) -> None:
    ledger = _ledger(record_id)
    if as_json:
        entries = [each.model_dump(mode="json", exclude={"owner"}) for each in ledger.entries]
        print(json.dumps({"record": record_id, "entries": entries, **facts}, ensure_ascii=False))
        return
    for line in ledger_lines(record_id, ledger, resources().settings.network.zone):
        output.print(escape(line))


def ledger_lines(record_id: str, ledger: Ledger, zone: ZoneInfo) -> Iterator[str]:
    """What was told on which channel, and what to do next."""
    if not ledger.entries:
        yield f"Noch nichts angekündigt. Ansehen: mitschnitt announce {record_id} --preview"
        return
    for entry in ledger.entries:
        yield f"Ankündigung {entry.number}, {entry.channel} an {entry.recipient}: {delivery_text(entry)}"
        yield f"    {format_moment(entry.changed_at, zone)}{_remark(entry)}"
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
    """The ledger of a record, of a meeting, or of the news."""
    from flows.announcing.recording_announcements import home_of
    from tasks.archive.ledger_store import MeetingLedger, digest_ledger

    storage = resources().storage
    if record_id == DIGEST:
        return digest_ledger(storage)
    return MeetingLedger(storage, record_id) if is_meeting(record_id) else home_of(storage, record_id)


def _expect_known(record_id: str) -> None:
    from tasks.archive.verification import folders

    if not _has_no_record(record_id) and record_id not in folders(resources().storage):
        raise RecordUnknownError(record=record_id)


def _has_no_record(name: str) -> bool:
    """Whether this is a meeting, or the news."""
    return is_meeting(name) or name == DIGEST


def _write(path: Path, content: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)
