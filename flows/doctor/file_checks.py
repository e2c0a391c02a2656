"""Whether the files that people write can be read: settings, glossary, meetings, members, words of mails."""

from collections.abc import Iterator

from config.loading import LoadedSettings, SettingsError, glossary_text, is_named, meetings_text
from flows.announcing.digest_round import rhythm_of
from flows.announcing.upcoming_meetings import series_of
from flows.delivery.configured_channels import organisers_address
from flows.doctor.check import Remark, bad, good, hint
from flows.doctor.example_mails import EXAMPLE_ENVELOPE, example_mails
from flows.doctor.setting_rules import RULES
from flows.reading_room.member_address import member_address
from tasks.access.members_file import member_lines
from tasks.clock import utc_now
from transcripts.errors.error_kinds import StepError
from transcripts.mail.archive_news import WEEK
from transcripts.mail.meeting_schedule import coming
from transcripts.mail.mime_message import compose_message
from transcripts.speech.glossary import MAX_TERMS, parse_glossary
from transcripts.wording.error_wording import explain
from transcripts.wording.german_formats import format_number
from transcripts.wording.local_time import format_moment

LINES_NAMED = 10


def settings_file(loaded: LoadedSettings) -> Iterator[Remark]:
    """Where the settings come from, and what in them is not understood."""
    if loaded.complaints:
        yield from (bad(each.text) for each in loaded.complaints)
    elif loaded.file is not None:
        yield good(str(loaded.file.resolve()))
    elif not loaded.overrides:
        yield hint("Keine mitschnitt.toml gefunden: Es gelten die Voreinstellungen.")
    else:
        yield good("aus der Umgebung, sonst die Voreinstellungen")


def lists(loaded: LoadedSettings) -> Iterator[Remark]:
    """What was understood of every setting that holds several entries."""
    settings = loaded.settings
    entries = {
        "[fetch] allow_hosts": settings.fetch.allow_hosts,
        "[reading_room] organisers": settings.reading_room.organisers,
        "[reading_room] trusted_proxies": settings.reading_room.trusted_proxies,
        "[worker] retry_pauses_minutes": tuple(map(format_number, settings.worker.retry_pauses_minutes)),
    }
    texts = (
        f"{name}: {', '.join(each)} ({len(each)})" if each else f"{name}: –" for name, each in entries.items()
    )
    yield good("; ".join(texts))


def values_of(loaded: LoadedSettings, section: str) -> Iterator[Remark]:
    """What the rules say of one table of the settings."""
    table = getattr(loaded.settings, section)
    names = {field.alias or name: name for name, field in type(table).model_fields.items()}
    for (of_section, key), rule in RULES.items():
        value = getattr(table, names[key]) if of_section == section else None
        if value is not None:
            yield from (bad(f"{loaded.place_of(section, key)}: {what}") for what in rule(value))


def archive_keys(loaded: LoadedSettings) -> Iterator[Remark]:
    """The two halves of a key belong together."""
    archive = loaded.settings.archive
    if (archive.access_key_id is None) != (archive.secret_access_key is None):
        key = "secret_access_key" if archive.secret_access_key is None else "access_key_id"
        yield bad(f"{loaded.place_of('archive', key)}: fehlt. Bitte beide Hälften des Schlüssels eintragen.")


def glossary(loaded: LoadedSettings) -> Iterator[Remark]:
    """How many terms there are, and whose."""
    try:
        terms = parse_glossary(glossary_text(loaded.settings))
    except SettingsError as error:
        yield bad(f"{loaded.place_of('transcription', 'glossary')}: {error}")
        return
    text = f"{len(terms)} Begriffe"
    if not _is_there(loaded, "transcription", "glossary"):
        text += f", mitgeliefert ({loaded.settings.transcription.glossary} gibt es nicht)"
    if len(terms) > MAX_TERMS:
        text += f"; je Aufnahme die {MAX_TERMS}, die am besten zu Titel und Tagesordnung passen"
    yield good(text)


def organisers(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether anybody hears when something needs a person."""
    address = organisers_address(loaded.settings)
    if address is None:
        yield hint("[announcement] organisers fehlt: Niemand erfährt, wenn etwas scheitert oder offen ist.")
    else:
        yield good(f"Was jemanden braucht, geht an {address}.")


def meetings(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether the list of meetings can be read, and what it says of the next one."""
    settings = loaded.settings
    try:
        meetings_text(settings)
        series = series_of(settings)
    except SettingsError as error:
        yield bad(f"{loaded.place_of('meetings', 'file')}: {error}")
        return
    except StepError as error:
        yield bad(f"{loaded.place_of('meetings', 'file')}: {explain(error)}")
        return
    if series is None:
        yield good(f"{settings.meetings.file} gibt es nicht: Zu Treffen wird nicht eingeladen.")
        return
    following = next(coming(series, utc_now()), None)
    text = f"das nächste: {following.when}" if following else "Es ist keines mehr eingetragen."
    is_held = settings.meetings.release == "held"
    if is_held:
        text += "; Mails gehen erst nach Freigabe hinaus"
    if organisers_address(settings) is not None:
        yield good(text)
        return
    text += ". [announcement] organisers fehlt: Niemand wird um den Link der Aufzeichnung gebeten"
    yield hint(text + (" oder erfährt, dass eine Mail auf die Freigabe wartet." if is_held else "."))


def news(loaded: LoadedSettings) -> Iterator[Remark]:
    """When members are told next what is new in the archive, and whether somebody hears that it waits."""
    settings, now = loaded.settings, utc_now()
    if not settings.digest.enabled:
        yield good("Die Mail „Neues im Archiv“ ist ausgeschaltet ([digest] enabled).")
        return
    following = rhythm_of(settings.digest, settings).latest(now + WEEK)
    text = f"Neues im Archiv: wieder {format_moment(following, settings.network.zone)}"
    if settings.digest.release == "automatic":
        yield good(text)
    elif organisers_address(settings) is not None:
        yield good(f"{text}; die Mail geht erst nach Freigabe hinaus")
    else:
        yield hint(
            f"{text}. [announcement] organisers fehlt: Niemand bekommt die Vorschau, um sie freizugeben."
        )


def members_file(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether the file with the members can be read."""
    file = loaded.settings.reading_room.members_file
    if file is not None:
        try:
            member_lines(file)
        except StepError as error:
            yield bad(f"{loaded.place_of('reading_room', 'members_file')}: {explain(error)}")


def members_lines(loaded: LoadedSettings) -> Iterator[Remark]:
    """Lines of that file that are no addresses: one keeps its member out, but nobody else."""
    file = loaded.settings.reading_room.members_file
    if file is None:
        return
    numbered = enumerate(member_lines(file), start=1)
    numbers = [number for number, line in numbered if line and member_address(line) is None]
    if numbers:
        shown = ", ".join(str(each) for each in numbers[:LINES_NAMED])
        rest = f" und {len(numbers) - LINES_NAMED} weitere" if len(numbers) > LINES_NAMED else ""
        place = loaded.place_of("reading_room", "members_file")
        yield bad(
            f"{place}: Keine E-Mail-Adresse steht in {file}, Zeile {shown}{rest}. "
            "Bitte eine Adresse je Zeile schreiben; Anmerkungen beginnen mit „#“."
        )


def own_templates(loaded: LoadedSettings) -> Iterator[Remark]:
    """Every kind of mail, as people have worded it."""
    folder = loaded.settings.announcement.templates
    if folder is not None and folder.is_dir():  # else a rule has said so
        _write_each_mail(loaded)
        yield good(f"Alle Mails lassen sich schreiben (eigene in {folder}).")


def shipped_templates(loaded: LoadedSettings) -> Iterator[Remark]:
    """Every kind of mail, as it ships."""
    if loaded.settings.announcement.templates is None:
        _write_each_mail(loaded)
        yield good("Alle Mails lassen sich schreiben.")


def _write_each_mail(loaded: LoadedSettings) -> None:
    """With everything, and with the least that there can be. Raises TemplateBrokenError."""
    for example in example_mails(loaded.settings):
        compose_message(example, EXAMPLE_ENVELOPE)


def _is_there(loaded: LoadedSettings, section: str, key: str) -> bool:
    file = getattr(getattr(loaded.settings, section), key)
    return is_named(loaded.settings, section, key) or bool(file.exists())
