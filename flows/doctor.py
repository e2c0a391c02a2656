"""Looks whether everything Mitschnitt needs is there, and says what to do about what is not."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from config.settings import LoadedSettings, Settings, glossary_text
from flows.channels import OUTBOX_SENDER, channel_names, mailbox, mailing_list, organisers_address
from flows.coming_meetings import series_of
from flows.notices import render_notice
from flows.places import current_storage, models_folder
from flows.reading_room.members import read_roster
from tasks.ffmpeg_program import ffmpeg_path, ffmpeg_version
from tasks.mail import check_server, parse_smtp_url
from tasks.mail_handover import MAIL
from tasks.mailbox import check_mailbox
from tasks.mailman import posting_rights
from tasks.signal_messenger import SIGNAL
from tasks.webhook import WEBHOOK
from tasks.whisper_model import PACKAGED_MODEL, default_model_folder
from transcripts.announcement import Announcement, MailLink, render_announcement
from transcripts.errors import StepError
from transcripts.formats import format_size
from transcripts.glossary import MAX_TERMS, parse_glossary
from transcripts.invitation import render_meeting_mail
from transcripts.ledger import Reason
from transcripts.mail_message import Envelope, RenderedMail, compose_message, mail_address
from transcripts.meeting_mails import Due, told_of
from transcripts.meetings import Meeting, coming
from transcripts.model import Chapter
from transcripts.reading_room.sign_in_mail import SignInMail, render_sign_in_mail
from transcripts.wording import explain

FULL_EXAMPLE = Announcement(
    title="Netzwerktreffen: Bürgerräte in kleinen Gemeinden",
    recorded_on=date(2026, 11, 19),
    duration_seconds=5400.0,
    record_url="https://mitschnitt.example.org/recordings/beispiel/",
    chapters=(Chapter(start_seconds=0.0, title="Begrüßung"), Chapter(start_seconds=60.0, title="Das Los")),
    engine_model=PACKAGED_MODEL,
    network_name="Netzwerk Bürgerräte",
    has_speech=True,
    summary="Es ging um das Losverfahren.",
    documents=(MailLink("Ton", "12 MB", "https://mitschnitt.example.org/recordings/beispiel/audio.m4a"),),
    change="Der Ton ist jetzt besser.",
    next_meeting="Donnerstag, 17. Dezember 2026, 19:30 Uhr",
    shows_poster=True,
)
BARE_EXAMPLE = Announcement(
    title="Probe",
    recorded_on=date(2026, 11, 19),
    duration_seconds=60.0,
    record_url="https://mitschnitt.example.org/recordings/probe/",
    chapters=(),
    engine_model=None,
    network_name=None,
    has_speech=False,
)
EXAMPLE_MEETING = Meeting(
    id="2026-12-17",
    title="Netzwerktreffen Bürgerräte",
    starts_at=datetime(2026, 12, 17, 18, 30, tzinfo=UTC),
    ends_at=datetime(2026, 12, 17, 20, 0, tzinfo=UTC),
    link="https://konferenz.example.org/buergerraete",
    note="Alle sind willkommen.",
)
EXAMPLE_ENVELOPE = Envelope(
    sender="Netzwerk Bürgerräte <wir@example.org>",
    recipient="liste@example.org",
    message_id="<beispiel@example.org>",
    sent_at=datetime(2026, 11, 20, tzinfo=UTC),
)
LITTLE_SPACE_BYTES = 10_000_000_000


class Verdict(StrEnum):
    """How serious a finding is."""

    GOOD = "good"
    HINT = "hint"  # works, but could be better
    BAD = "bad"  # will fail


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report, in German."""

    subject: str
    verdict: Verdict
    text: str


def examine(loaded: LoadedSettings) -> list[Finding]:
    """All findings, in the order of the pipeline. Sends nothing and changes nothing in the archive."""
    settings = loaded.settings
    checks: list[Callable[[], Finding]] = [
        lambda: _settings_file(loaded),
        lambda: _work_folder(settings),
        _fetching,
        _ffmpeg,
        lambda: _model(settings),
        lambda: _glossary(settings),
        lambda: _archive(settings),
        lambda: _address(settings),
        lambda: _mail(settings),
        lambda: _reading_room(settings),
        lambda: _mailing_list(settings),
        lambda: _mailbox(settings),
        lambda: _channels(settings),
        lambda: _meetings(settings),
        lambda: _templates(settings),
        _prefect,
    ]
    return [check() for check in checks]


def _settings_file(loaded: LoadedSettings) -> Finding:
    if loaded.file is None:
        text = "Keine mitschnitt.toml gefunden: Es gelten die Voreinstellungen."
        return Finding("Einstellungen", Verdict.HINT, text)
    return Finding("Einstellungen", Verdict.GOOD, str(loaded.file.resolve()))


def _work_folder(settings: Settings) -> Finding:
    folder = settings.work.dir.resolve()
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(existing, os.W_OK):
        return Finding("Arbeitsordner", Verdict.BAD, f"In {folder} darf nicht geschrieben werden.")
    free = shutil.disk_usage(existing).free
    text = f"{folder}, frei: {format_size(free)}"
    if free < LITTLE_SPACE_BYTES:
        return Finding(
            "Arbeitsordner", Verdict.HINT, text + ". Für lange Aufzeichnungen kann das knapp werden."
        )
    return Finding("Arbeitsordner", Verdict.GOOD, text)


def _fetching() -> Finding:
    text = f"yt-dlp {version('yt-dlp')}"
    if importlib.util.find_spec("deno") is None and shutil.which("deno") is None:
        return Finding("Laden", Verdict.GOOD, text + " (für YouTube zusätzlich: make install EXTRA=youtube)")
    return Finding("Laden", Verdict.GOOD, text)


def _ffmpeg() -> Finding:
    encoders = subprocess.run(
        [ffmpeg_path(), "-hide_banner", "-encoders"], capture_output=True, text=True, check=False
    ).stdout
    if "libx264" not in encoders:
        text = f"{ffmpeg_path()} kann kein H.264. Bitte ein vollständiges ffmpeg einrichten."
        return Finding("ffmpeg", Verdict.BAD, text)
    return Finding("ffmpeg", Verdict.GOOD, f"{ffmpeg_version()} ({ffmpeg_path()})")


def _model(settings: Settings) -> Finding:
    model = settings.transcription.model
    if model == PACKAGED_MODEL:
        try:
            default_model_folder(models_folder(settings))
        except StepError as error:
            return Finding("Sprachmodell", Verdict.BAD, explain(error))
        return Finding("Sprachmodell", Verdict.GOOD, "Whisper base, mitgeliefert und geprüft")
    if Path(model).is_dir():
        return Finding("Sprachmodell", Verdict.GOOD, model)
    text = f"„{model}“ wird beim ersten Mal aus dem Netz geladen (Hugging Face)."
    return Finding("Sprachmodell", Verdict.HINT, text)


def _glossary(settings: Settings) -> Finding:
    terms = parse_glossary(glossary_text(settings))
    text = f"{len(terms)} Begriffe"
    if len(terms) > MAX_TERMS:
        text += f"; je Aufnahme die {MAX_TERMS}, die am besten zu Titel und Tagesordnung passen"
    return Finding("Glossar", Verdict.GOOD, text)


def _archive(settings: Settings) -> Finding:
    try:
        storage = current_storage()
        count = sum(1 for _ in storage.list_folders("recordings"))
    except StepError as error:
        return Finding("Archiv", Verdict.BAD, explain(error))
    folder = Path(settings.archive.url).resolve()
    existing = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    if "://" not in settings.archive.url and not os.access(existing, os.W_OK):
        return Finding("Archiv", Verdict.BAD, f"In {folder} darf nicht geschrieben werden.")
    return Finding("Archiv", Verdict.GOOD, f"{storage.location('')}, Aufzeichnungen: {count}")


def _address(settings: Settings) -> Finding:
    if settings.network.base_url is None:
        text = "[network] base_url fehlt: Links in Mails zeigen auf Dateien dieses Rechners."
        return Finding("Adresse", Verdict.HINT, text)
    return Finding("Adresse", Verdict.GOOD, settings.network.base_url)


def _mail(settings: Settings) -> Finding:
    mail = settings.announcement
    if mail.smtp_url is None:
        text = f"Kein smtp_url: Mails werden nur in {mail.outbox.resolve()} abgelegt."
        return Finding("Mail", Verdict.HINT, text)
    try:
        for address in (mail.to, mail.from_):
            mail_address(address or "")
        server = parse_smtp_url(mail.smtp_url.get_secret_value(), mail.ca_file)
        check_server(server)
    except StepError as error:
        return Finding("Mail", Verdict.BAD, explain(error))
    return Finding("Mail", Verdict.GOOD, f"{server.host}:{server.port}, an {mail.to}")


def _reading_room(settings: Settings) -> Finding:
    """Who may come in. Asks Mailman, if it is configured."""
    if settings.reading_room.access == "open":
        return Finding("Lesesaal", Verdict.GOOD, "Offen für alle")
    try:
        count = len(read_roster(settings, lambda address: address).addresses)
    except StepError as error:
        return Finding("Lesesaal", Verdict.BAD, explain(error))
    if not count:
        text = "Niemand kann sich anmelden: [reading_room] members_file oder [mailman] fehlt."
        return Finding("Lesesaal", Verdict.HINT, text)
    return Finding("Lesesaal", Verdict.GOOD, f"Mitglieder: {count}")


def _mailing_list(settings: Settings) -> Finding:
    """Whether the list's server can be asked, and what it does with our mails."""
    named = mailing_list(settings)
    if named is None and settings.mailbox.url is not None:
        return Finding("Mailingliste", Verdict.GOOD, "[mailman] fehlt: Es wird nur im Postfach nachgesehen.")
    if named is None:
        text = "[mailman] fehlt: Ob eine Mail bei den Mitgliedern ankam, lässt sich nicht feststellen."
        return Finding("Mailingliste", Verdict.HINT, text)
    sender = mail_address(settings.announcement.from_ or OUTBOX_SENDER)
    try:
        rights = posting_rights(named, f"{sender.username}@{sender.domain}")
    except StepError as error:
        return Finding("Mailingliste", Verdict.BAD, explain(error))
    if not rights.is_let_through:
        text = f"Mails von {sender.addr_spec} gehen nicht durch ({rights.setting}: {rights.action})."
        verdict = Verdict.HINT if rights.action == "hold" else Verdict.BAD
        return Finding("Mailingliste", verdict, text)
    return Finding(
        "Mailingliste", Verdict.GOOD, f"{named.list_id}: Mails von {sender.addr_spec} gehen durch."
    )


def _mailbox(settings: Settings) -> Finding:
    """Whether the mailbox that the list writes to can be read."""
    try:
        named = mailbox(settings)
        if named is None:
            return Finding("Postfach", Verdict.GOOD, "[mailbox] fehlt: In keinem wird nachgesehen.")
        check_mailbox(named)
    except StepError as error:
        return Finding("Postfach", Verdict.BAD, explain(error))
    return Finding("Postfach", Verdict.GOOD, f"{named.host}, Ordner {named.folder}: lesbar")


def _channels(settings: Settings) -> Finding:
    """Who else is told. Nothing is sent, so nothing can be said of their servers."""
    names = {MAIL: "Mail", SIGNAL: "Signal", WEBHOOK: "Webhook"}
    text = ", ".join(names[each] for each in channel_names(settings))
    if settings.announcement.release == "held":
        return Finding("Ankündigung", Verdict.GOOD, f"{text}; erst nach Freigabe")
    return Finding("Ankündigung", Verdict.GOOD, f"{text}; von selbst nach dem Ablegen")


def _meetings(settings: Settings) -> Finding:
    """Whether the list of meetings can be read, and what it says of the next one."""
    try:
        series = series_of(settings)
    except StepError as error:
        return Finding("Treffen", Verdict.BAD, explain(error))
    if series is None:
        text = f"{settings.meetings.file} gibt es nicht: Zu Treffen wird nicht eingeladen."
        return Finding("Treffen", Verdict.GOOD, text)
    following = next(coming(series, datetime.now(UTC)), None)
    text = f"das nächste: {following.when}" if following else "Es ist keines mehr eingetragen."
    is_held = settings.meetings.release == "held"
    if is_held:
        text += "; Mails gehen erst nach Freigabe hinaus"
    if organisers_address(settings) is None:
        text += ". [announcement] organisers fehlt: Niemand wird um den Link der Aufzeichnung gebeten"
        text += " oder erfährt, dass eine Mail auf die Freigabe wartet." if is_held else "."
        return Finding("Treffen", Verdict.HINT, text)
    return Finding("Treffen", Verdict.GOOD, text)


def _templates(settings: Settings) -> Finding:
    """Every kind of mail, written with everything and with the least that there can be."""
    folder = settings.announcement.templates
    if folder is not None and not folder.is_dir():
        return Finding("Vorlagen", Verdict.BAD, f"Den Ordner {folder} gibt es nicht.")
    try:
        for example in example_mails(settings):
            compose_message(example, EXAMPLE_ENVELOPE)
    except StepError as error:
        return Finding("Vorlagen", Verdict.BAD, explain(error))
    place = f" (eigene in {folder})" if folder else ""
    return Finding("Vorlagen", Verdict.GOOD, f"Alle Mails lassen sich schreiben{place}.")


def example_mails(settings: Settings) -> Iterator[RenderedMail]:
    """Each kind of mail, as the templates word it. Raises PermanentError `template_broken`."""
    folder = settings.announcement.templates
    for announcement in (FULL_EXAMPLE, BARE_EXAMPLE):
        yield render_announcement(announcement, folder)
    for link in ("", "https://lists.example.org/"):
        yield render_notice(settings, FULL_EXAMPLE.title, "Ein Beispiel.", "mitschnitt announce x", link)
    for meeting in (EXAMPLE_MEETING, replace(EXAMPLE_MEETING, link="", note="")):
        for each in example_occasions(meeting):
            yield render_meeting_mail(each, settings.network.name, EXAMPLE_MEETING.when, folder)
            yield render_meeting_mail(each, None, template_folder=folder)
    yield render_sign_in_mail(SignInMail("Netzwerk", "https://mitschnitt.example.org/", 15), folder)


def example_occasions(meeting: Meeting) -> Iterator[Due]:
    """A meeting on every occasion: moved, at another place, and after all, too."""
    as_it_was = told_of(meeting)
    earlier = as_it_was.model_copy(update={"starts_at": meeting.starts_at - timedelta(days=7)})
    elsewhere = as_it_was.model_copy(update={"link": "https://konferenz.example.org/anderswo"})
    for before in (earlier, elsewhere, as_it_was, as_it_was.model_copy(update={"is_cancelled": True})):
        yield Due(meeting, Reason.MOVED, 1, before)
    yield Due(replace(meeting, is_cancelled=True), Reason.CANCELLED, 1, as_it_was)
    for reason in (Reason.INVITATION, Reason.REMINDER, Reason.REQUEST):
        yield Due(meeting, reason)


def _prefect() -> Finding:
    server = os.environ.get("PREFECT_API_URL", "eigener, nur während eines Laufs")
    return Finding("Prefect", Verdict.GOOD, f"{version('prefect')}, Server: {server}")
