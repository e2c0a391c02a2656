"""Looks whether everything Mitschnitt needs is there, and says what to do about what is not.

One list of checks for all: `mitschnitt doctor` tells everything, a start refuses what only a person can mend.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from threading import Thread

from config.loading import LoadedSettings, SettingsError
from flows.delivery.configured_channels import channel_names
from flows.doctor import file_checks, machine_checks, server_checks
from flows.doctor.check import (
    EVERY_PROGRAM,
    PROCESSING,
    WITH_ARCHIVE,
    Check,
    Finding,
    Kind,
    Program,
    Remark,
    Verdict,
    bad,
    good,
    unasked,
)
from flows.doctor.duty_checks import duties_in_time
from tasks.channels.mail_channel import MAIL
from tasks.channels.signal_messenger import SIGNAL
from tasks.channels.webhook import WEBHOOK
from transcripts.errors.error_kinds import StepError
from transcripts.wording.error_wording import explain

LONGEST_WAIT_SECONDS = 30.0
# What Prefect's server has to do with; all else is nothing to it.
SERVERS_SECTIONS = frozenset({"work", "prefect"})
READING = frozenset({Program.SERVE, Program.ROOM})
HANDING_OUT = frozenset({Program.SERVE, Program.SERVER})
NOBODY: frozenset[Program] = frozenset()
OFFLINE = "nicht gefragt (--offline)"
UNCLEAR = "nicht gefragt, solange die Einstellungen dazu nicht stimmen"


Look = Callable[[LoadedSettings], Iterable[Remark]]


def _channels(loaded: LoadedSettings) -> Iterator[Remark]:
    """Who is told, and when."""
    settings, names = loaded.settings, {MAIL: "Mail", SIGNAL: "Signal", WEBHOOK: "Webhook"}
    text = ", ".join(names[each] for each in channel_names(settings))
    is_held = settings.announcement.release == "held"
    yield good(f"{text}; erst nach Freigabe" if is_held else f"{text}; von selbst nach dem Ablegen")


def _values(subject: str, section: str) -> Check:
    """What the rules say of a table of the settings."""
    needed_by = EVERY_PROGRAM if section in SERVERS_SECTIONS else WITH_ARCHIVE
    return Check(subject, Kind.SETTINGS, partial(file_checks.values_of, section=section), section, needed_by)


def _now(subject: str, look: Look, section: str, needed_by: frozenset[Program], key: str = "") -> Check:
    return Check(subject, Kind.NOW, look, section, needed_by, key)


def _lasting(
    subject: str, look: Look, section: str = "", needed_by: frozenset[Program] = EVERY_PROGRAM
) -> Check:
    return Check(subject, Kind.SETTINGS, look, section, needed_by)


CHECKS: Sequence[Check] = (
    # In the order of the pipeline.
    _lasting("Einstellungen", file_checks.settings_file),
    _lasting("Listen", file_checks.lists),
    _lasting("Arbeitsordner", machine_checks.work_folder, "work"),
    _lasting("Bleibendes", machine_checks.kept_folder, "work"),
    _lasting("Rechte", machine_checks.open_folders, "work"),
    _now("Speicherplatz", machine_checks.free_space, "work", EVERY_PROGRAM),
    _values("Laden", "fetch"),
    _lasting("Laden", machine_checks.fetching, "fetch", PROCESSING),
    _lasting("Eingang", machine_checks.inbox, "inbox", PROCESSING),
    _now("Eingang", server_checks.inbox_bucket, "inbox", PROCESSING, "bucket"),
    _lasting("ffmpeg", machine_checks.ffmpeg, "media", PROCESSING),
    _lasting("Dokumente", machine_checks.documents, "", PROCESSING),
    _lasting("Abschottung", machine_checks.sandbox, "", PROCESSING),
    _values("Sprachmodell", "transcription"),
    _lasting("Sprachmodell", machine_checks.model, "transcription", PROCESSING),
    _lasting("Sprachmodell", machine_checks.computing, "transcription", PROCESSING),
    _lasting("Glossar", file_checks.glossary, "transcription", WITH_ARCHIVE),
    _values("Kapitel", "chapters"),
    _now("Kapitel", server_checks.language_model, "chapters", PROCESSING, "llm_url"),
    _values("Archiv", "archive"),
    _lasting("Archiv", file_checks.archive_keys, "archive", WITH_ARCHIVE),
    _lasting("Archiv", machine_checks.archive_folder, "archive", PROCESSING),
    _now("Archiv", server_checks.archive, "archive", WITH_ARCHIVE, "url"),
    _values("Adresse", "network"),
    _now("Adresse", server_checks.public_address, "network", READING),
    _values("Mail", "announcement"),
    _lasting("Mail", machine_checks.outbox, "announcement", WITH_ARCHIVE),
    _now("Mail", server_checks.mail, "announcement", WITH_ARCHIVE, "smtp_url"),
    _values("Lesesaal", "reading_room"),
    _lasting("Lesesaal", file_checks.members_file, "reading_room", READING),
    _now("Lesesaal", file_checks.members_lines, "reading_room", READING),
    _now("Lesesaal", server_checks.reading_room, "reading_room", READING),
    _values("Mailingliste", "mailman"),
    _now("Mailingliste", server_checks.mailman, "mailman", PROCESSING, "url"),
    _values("Postfach", "mailbox"),
    _now("Postfach", server_checks.list_mailbox, "mailbox", PROCESSING, "url"),
    _values("Signal", "signal"),
    _now("Signal", server_checks.signal, "signal", PROCESSING, "url"),
    _values("Webhook", "webhook"),
    _now("Webhook", server_checks.webhook, "webhook", PROCESSING, "url"),
    _lasting("Ankündigung", _channels, "announcement", PROCESSING),
    _lasting("Nachrichten", file_checks.organisers, "announcement", PROCESSING),
    _lasting("Treffen", file_checks.meetings, "meetings", PROCESSING),
    _lasting("Neues", file_checks.news, "digest", PROCESSING),
    _lasting("Vorlagen", file_checks.own_templates, "announcement", WITH_ARCHIVE),
    _lasting("Vorlagen", file_checks.shipped_templates, "announcement", NOBODY),
    _values("Prefect", "prefect"),
    _now("Prefect", server_checks.prefect, "prefect", WITH_ARCHIVE, "api_url"),
    _now("Von selbst", duties_in_time, "reading_room", NOBODY),
    _now("Datenbank", server_checks.database, "prefect", HANDING_OUT, "database_url"),
)


def examine(
    loaded: LoadedSettings,
    program: Program | None = None,
    *,
    is_offline: bool = False,
    wait_seconds: float = LONGEST_WAIT_SECONDS,
) -> list[Finding]:
    """All findings, or those that matter to one program. Sends nothing, and leaves nothing behind.

    Servers are asked side by side; with `is_offline` they are not, and their findings say so.
    """
    checks = [each for each in CHECKS if program is None or program in each.needed_by]
    looked = {each: looked_at(each, loaded) for each in checks if each.kind is Kind.SETTINGS}
    wrong = {each.section for each in loaded.complaints}
    wrong |= {check.section for check, found in looked.items() if _is_bad(found)}
    asked = [each for each in checks if each.kind is Kind.NOW]
    if is_offline:
        looked |= {each: [unasked(OFFLINE)] for each in asked}
    else:
        looked |= {each: [unasked(UNCLEAR)] for each in asked if each.section in wrong}
        looked |= _asked([each for each in asked if each.section not in wrong], loaded, wait_seconds)
    findings = (
        Finding(check.subject, remark.verdict, remark.text, check.kind)
        for check in checks
        for remark in looked[check]
    )
    return list(dict.fromkeys(findings))


def faults(findings: Iterable[Finding], kind: Kind) -> list[Finding]:
    """What is bad, of one kind."""
    return [each for each in findings if each.verdict is Verdict.BAD and each.kind is kind]


def looked_at(check: Check, loaded: LoadedSettings) -> list[Remark]:
    """What the check says; what it raises is said, too."""
    place = f"{loaded.place_of(check.section, check.key)}: " if check.key else ""
    try:
        return list(check.look(loaded))
    except StepError as error:
        return [bad(place + explain(error))]
    except SettingsError as error:
        return [bad(place + str(error))]


def _asked(checks: Sequence[Check], loaded: LoadedSettings, wait_seconds: float) -> dict[Check, list[Remark]]:
    """All at the same time; who has not answered after so long is not waited for."""
    asked = {each: _begun(partial(looked_at, each, loaded)) for each in checks}
    deadline = time.monotonic() + wait_seconds
    return {check: _answer(of, deadline, wait_seconds) for check, of in asked.items()}


def _begun(ask: Callable[[], list[Remark]]) -> "Future[list[Remark]]":
    """Ask in a thread that keeps no program from ending."""
    answer: Future[list[Remark]] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:  # raised where the answer is read
            answer.set_exception(error)

    Thread(target=run, daemon=True).start()
    return answer


def _answer(of: "Future[list[Remark]]", deadline: float, wait_seconds: float) -> list[Remark]:
    try:
        return of.result(max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        return [bad(f"hat in {wait_seconds:.0f} Sekunden nicht geantwortet.")]


def _is_bad(remarks: Iterable[Remark]) -> bool:
    return any(each.verdict is Verdict.BAD for each in remarks)
