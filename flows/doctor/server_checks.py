"""Whether the servers that are named answer. Nothing is sent to anybody, nothing stays behind."""

import asyncio
import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import httpx

from config.loading import LoadedSettings
from flows.composition import storage_of
from flows.delivery.configured_channels import OUTBOX_SENDER, mail_server, mailbox, mailing_list
from flows.doctor.check import Remark, bad, good, hint, unasked
from flows.orchestration.prefect_environment import prefect_access
from flows.pipeline.language_model_titles import language_model_of
from flows.reading_room.member_source import read_roster
from tasks.channels.imap import check_mailbox
from tasks.channels.mailman import posting_rights
from tasks.channels.signal_messenger import check_group
from tasks.channels.smtp import check_server
from tasks.channels.webhook import check_receiver
from tasks.network.language_model import check_endpoint
from tasks.storage.trial_write import expect_writable
from transcripts.archive.layout import DOCUMENTS, RECORDINGS
from transcripts.errors.job_errors import (
    DatabaseAwayError,
    PrefectLoginError,
    PrefectNoneError,
    PrefectSilentError,
)
from transcripts.errors.storage_errors import StorageReadOnlyError
from transcripts.mail.mime_message import mail_address

PROBES = "probe"
ANSWER_SECONDS = 10.0


def archive(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether the archive can be read; a bucket is written to, too, with an object that is removed again."""
    settings = loaded.settings
    storage = storage_of(settings.archive)
    recordings, documents = (sum(1 for _ in storage.list_folders(kind)) for kind in (RECORDINGS, DOCUMENTS))
    text = f"{storage.location('')}, Aufzeichnungen: {recordings}"
    text += f", Dokumente: {documents}" if documents else ""
    if "://" in settings.archive.url:
        key = f"{PROBES}/{uuid4().hex}"
        try:
            storage.put_bytes(key, b"", "text/plain")
            storage.delete(key)
        except StorageReadOnlyError:
            yield hint(f"{text}; mit diesem Schlüssel nur zu lesen, was allein einem Lesesaal genügt")
            return
    yield good(text)


def inbox_bucket(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether the inbox in a bucket can be read and tidied; a probe is written and removed again."""
    url = loaded.settings.inbox.bucket
    if url is None:
        return
    storage = storage_of(loaded.settings.archive, url)
    key = f"{PROBES}/{uuid4().hex}"
    any(True for _ in storage.list_objects(""))
    try:
        storage.put_bytes(key, b"", "text/plain")
        storage.delete(key)
    except StorageReadOnlyError:
        yield bad(f"{url}: mit diesem Schlüssel nur zu lesen; was fertig ist, ließe sich nicht wegräumen")
        return
    yield good(f"{url}: lesbar und beschreibbar")


def mail(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether the mail server lets us in."""
    server = mail_server(loaded.settings)
    if server is None:
        outbox = loaded.settings.announcement.outbox.resolve()
        yield hint(f"Kein smtp_url: Mails werden nur in {outbox} abgelegt.")
        return
    check_server(server)
    yield good(f"{server.host}:{server.port}, an {loaded.settings.announcement.to}")


def reading_room(loaded: LoadedSettings) -> Iterator[Remark]:
    """Who may come in. Asks Mailman, if it is configured."""
    if loaded.settings.reading_room.access == "open":
        yield good("Offen für alle")
        return
    count = len(read_roster(loaded.settings, lambda address: address).addresses)
    if count:
        yield good(f"Mitglieder: {count}")
    else:
        yield hint("Niemand kann sich anmelden: [reading_room] members_file oder [mailman] fehlt.")


def mailman(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether the list's server can be asked, and what it does with our mails."""
    named = mailing_list(loaded.settings)
    if named is None and loaded.settings.mailbox.url is not None:
        yield good("[mailman] fehlt: Es wird nur im Postfach nachgesehen.")
        return
    if named is None:
        yield hint("[mailman] fehlt: Ob eine Mail bei den Mitgliedern ankam, lässt sich nicht feststellen.")
        return
    sender = mail_address(loaded.settings.announcement.from_ or OUTBOX_SENDER)
    rights = posting_rights(named, f"{sender.username}@{sender.domain}")
    if rights.is_let_through:
        yield good(f"{named.list_id}: Mails von {sender.addr_spec} gehen durch.")
        return
    text = f"Mails von {sender.addr_spec} gehen nicht durch ({rights.setting}: {rights.action})."
    yield hint(text) if rights.action == "hold" else bad(text)


def list_mailbox(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether the mailbox that the list writes to can be read."""
    named = mailbox(loaded.settings)
    if named is None:
        yield good("[mailbox] fehlt: In keinem wird nachgesehen.")
        return
    check_mailbox(named)
    yield good(f"{named.host}, Ordner {named.folder}: lesbar")


def signal(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether signal-cli knows the account and the group."""
    named = loaded.settings.signal
    if named.url and named.account and named.group:
        check_group(named.url, named.account, named.group)
        yield good("Konto und Gruppe sind bekannt.")


def webhook(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether somebody listens there."""
    url = loaded.settings.webhook.url
    if url:
        check_receiver(url)
        yield good(f"{httpx.URL(url).host} ist erreichbar; aufgerufen wurde nichts.")


def language_model(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether the endpoint for titles answers."""
    named = language_model_of(loaded.settings)
    if named is not None:
        check_endpoint(named)
        yield good(f"{httpx.URL(named.url).host} antwortet.")


def public_address(loaded: LoadedSettings) -> Iterator[Remark]:
    """Where members read; from inside, it may not be reachable."""
    url = loaded.settings.network.base_url
    if url is None:
        yield hint("[network] base_url fehlt: Links in Mails zeigen auf Dateien dieses Rechners.")
    else:
        yield unasked(f"{url} (nicht gefragt: Der Lesesaal muss dafür nicht laufen.)")


def prefect(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether the server that hands out the work answers, and takes the password."""
    access = prefect_access(loaded.settings) | os.environ
    url = access.get("PREFECT_API_URL")
    program = f"Prefect {version('prefect')}"
    if url is None:
        yield unasked(f"{program}; der eigene Server läuft nur zusammen mit „mitschnitt serve“.")
        return
    ask_prefect(url, access.get("PREFECT_API_AUTH_STRING"))
    yield good(f"{program}, Server: {url}")


def ask_prefect(url: str, password: str | None) -> None:
    """Raises PrefectSilentError, PrefectLoginError, PrefectNoneError."""
    user, _, word = (password or "").partition(":")
    host = httpx.URL(url).netloc.decode()
    access = (user, word) if password else None
    try:
        answer = httpx.post(
            f"{url.rstrip('/')}/flows/count", json={}, auth=access, timeout=ANSWER_SECONDS, trust_env=False
        )
        if answer.status_code in (401, 403):
            raise PrefectLoginError(host=host)
        if answer.is_server_error:
            raise PrefectSilentError(host=host)
        int(answer.raise_for_status().json())
    except httpx.TransportError as error:
        raise PrefectSilentError(host=host) from error
    except (httpx.HTTPError, ValueError, TypeError) as error:
        raise PrefectNoneError(host=host) from error


def database(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether Prefect's database can be connected to."""
    named = loaded.settings.prefect.database_url
    if named is None:
        return
    file = _new_sqlite_file(named.get_secret_value())
    if file is not None:
        expect_writable(file.parent)
        yield good(f"{file} wird beim ersten Start angelegt.")
    else:
        yield good(f"{asyncio.run(_ask_database(named.get_secret_value()))} antwortet.")


def _new_sqlite_file(url: str) -> Path | None:
    """The file of a database that is not there yet: to connect to it would make it."""
    from sqlalchemy.engine import make_url

    address = make_url(url)
    is_new = address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:")
    file = Path(address.database or "")
    return file.absolute() if is_new and not file.exists() else None


async def _ask_database(url: str) -> str:
    """Its host. Raises DatabaseAwayError, whatever was wrong: what drivers say differs."""
    from sqlalchemy import text
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import create_async_engine

    address = make_url(url)
    host = address.host or address.database or ""
    engine = create_async_engine(address)
    try:
        async with asyncio.timeout(ANSWER_SECONDS), engine.connect() as connection:
            is_file = address.get_backend_name() == "sqlite"  # which SELECT 1 would not even open
            await connection.execute(text("PRAGMA schema_version" if is_file else "SELECT 1"))
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        raise DatabaseAwayError(host=host, reason=type(error).__name__) from error
    finally:
        await engine.dispose()
    return host
