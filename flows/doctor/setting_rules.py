"""What the value of a setting must be like, beyond its type: each rule says in German what is wrong with it.

A rule looks at what is written and at the files that it names; it asks no server. Its words come behind the
setting's place and name, and end with what to write instead. They repeat no secret.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from tasks.channels.imap import parse_imap_url
from tasks.channels.smtp import parse_smtp_url
from tasks.channels.webhook import SECRET_PREFIX
from tasks.network.certificates import expect_certificates
from tasks.recognition.whisper_model import COMPUTE_TYPES, LANGUAGES, MODELS, PARTS_OF_A_MODEL
from transcripts.errors.error_kinds import StepError
from transcripts.mail.mime_message import mail_address
from transcripts.wording.error_wording import explain

Rule = Callable[[Any], Iterator[str]]

_HOST = re.compile(r"(?=.{1,253}$)(?!-)[\w-]{1,63}(?<!-)(\.(?!-)[\w-]{1,63}(?<!-))*\.?")
_BUCKET = re.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LIST_ID = re.compile(r"(?=.+\..)[^\s@/]+")
_AT_A_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
DRIVERS = ("postgresql+asyncpg", "sqlite+aiosqlite")
SHORTEST_WEBHOOK_SECRET_BYTES = 24
"""As standardwebhooks.com has it."""


def language(code: str) -> Iterator[str]:
    """A language that Whisper knows."""
    if code not in LANGUAGES:
        yield f"„{code}“ ist kein Sprachkürzel, das Whisper kennt. Bitte zum Beispiel „de“ schreiben."


def compute_type(name: str) -> Iterator[str]:
    """A way of computing that CTranslate2 knows."""
    if name not in COMPUTE_TYPES:
        yield f"„{name}“ gibt es nicht. Bitte eines hiervon schreiben: {', '.join(COMPUTE_TYPES)}."


def whisper_model(name: str) -> Iterator[str]:
    """A model that is known by its name, or whose folder is complete."""
    advice = "Bitte den Ordner eines vollständigen Modells angeben, oder „base“ für das mitgelieferte."
    path = Path(name)
    if path.is_dir() and name not in MODELS:
        missing = [part for part in PARTS_OF_A_MODEL if not (path / part).is_file()]
        if missing:
            yield f"Im Ordner {name} fehlt: {', '.join(missing)}. {advice}"
    elif name not in MODELS and not _AT_A_HUB.fullmatch(name):
        what = f"Den Ordner {name} gibt es nicht" if "/" in name else f"Ein Modell „{name}“ gibt es nicht"
        yield f"{what}. {advice} Namen sind: {', '.join(sorted(MODELS))}."


def mail(address: str) -> Iterator[str]:
    """One mail address, with or without a name."""
    try:
        mail_address(address)
    except StepError:
        yield f"„{address}“ ist keine E-Mail-Adresse. Bitte so schreiben: orga@example.org."


def web_address(url: str) -> Iterator[str]:
    """An address with a host; it is not repeated, since its path or its name may be secret."""
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and _is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one:
        yield "Das ist keine Internetadresse. Bitte so schreiben: https://rechner.example.org/."


def public_address(url: str) -> Iterator[str]:
    """The reading room's own address, which has no path."""
    yield from web_address(url)
    if url.partition("://")[2].partition("/")[2].strip("/"):
        yield "Der Lesesaal braucht eine Adresse ohne Pfad. Bitte so schreiben: https://lesen.example.org."


def archive_place(url: str) -> Iterator[str]:
    """A folder or a bucket."""
    scheme, separator, rest = url.partition("://")
    if not url.strip() or (separator and scheme != "s3"):
        yield f"„{url}“ ist weder Ordner noch Bucket. Bitte „archive“ oder „s3://bucket/ordner“ schreiben."
    elif separator and not _BUCKET.fullmatch(rest.partition("/")[0]):
        yield "Der Name des Buckets fehlt oder ist ungültig. Bitte so schreiben: s3://bucket/ordner."


def listening_host(name: str) -> Iterator[str]:
    """An address of this machine."""
    if not (_is_host(name) or _is_network(name)) or "/" in name:
        yield f"„{name}“ ist keine Adresse dieses Rechners. Bitte 127.0.0.1 oder 0.0.0.0 schreiben."


def certificates(file: Path) -> Iterator[str]:
    """A file with certificates."""
    yield from _complaint_of(lambda: expect_certificates(file))


def folder(path: Path) -> Iterator[str]:
    """A folder that is there."""
    if not path.is_dir():
        yield f"Den Ordner {path} gibt es nicht. Bitte ihn anlegen oder den Namen berichtigen."


def mail_server(url: SecretStr) -> Iterator[str]:
    """`smtps://…` and its like."""
    yield from _complaint_of(lambda: parse_smtp_url(url.get_secret_value()))
    yield from _secret_host(url)


def mailbox(url: SecretStr) -> Iterator[str]:
    """`imaps://…` and its like."""
    yield from _complaint_of(lambda: parse_imap_url(url.get_secret_value()))
    yield from _secret_host(url)


def mailing_list(list_id: str) -> Iterator[str]:
    """A list's id, which is its address with a dot."""
    if not _LIST_ID.fullmatch(list_id):
        yield f"„{list_id}“ ist keine Kennung einer Liste. Bitte so schreiben: liste.example.org."


def phone(number: str) -> Iterator[str]:
    """A phone number as Signal wants it; it is not repeated."""
    if not _PHONE.fullmatch(number):
        yield "Das ist keine Telefonnummer. Bitte sie mit Landesvorwahl schreiben: +49151…"


def webhook_secret(secret: SecretStr) -> Iterator[str]:
    """Long enough, and base64 where it says so."""
    text, example = secret.get_secret_value(), "Zum Beispiel: openssl rand -base64 32, mit „whsec_“ davor."
    try:
        marked = text.startswith(SECRET_PREFIX)
        key = b64decode(text.removeprefix(SECRET_PREFIX), validate=True) if marked else text.encode()
    except (binascii.Error, ValueError):
        yield f"Hinter „whsec_“ muss ein Wert in Base64 stehen. {example}"
    else:
        if len(key) < SHORTEST_WEBHOOK_SECRET_BYTES:
            yield f"Das Geheimnis ist zu kurz: {SHORTEST_WEBHOOK_SECRET_BYTES} Byte oder mehr. {example}"


def database(url: SecretStr) -> Iterator[str]:
    """An address of SQLAlchemy's, of a database whose driver is installed."""
    from sqlalchemy.engine import make_url  # a reading room needs none of it
    from sqlalchemy.exc import ArgumentError

    try:
        driver = make_url(url.get_secret_value()).drivername
    except (ArgumentError, ValueError):
        driver = ""
    if driver not in DRIVERS:
        yield (
            "Das ist keine Adresse einer Datenbank, die Prefect benutzen kann. "
            "Bitte so schreiben: postgresql+asyncpg://name:kennwort@rechner/prefect."
        )


RULES: Mapping[tuple[str, str], Rule] = {
    ("network", "language"): language,
    ("network", "base_url"): public_address,
    ("network", "admin_address"): mail,
    ("archive", "url"): archive_place,
    ("archive", "endpoint_url"): web_address,
    ("archive", "ca_file"): certificates,
    ("transcription", "model"): whisper_model,
    ("transcription", "language"): language,
    ("transcription", "compute_type"): compute_type,
    ("chapters", "llm_url"): web_address,
    ("announcement", "to"): mail,
    ("announcement", "from"): mail,
    ("announcement", "reply_to"): mail,
    ("announcement", "organisers"): mail,
    ("announcement", "templates"): folder,
    ("announcement", "smtp_url"): mail_server,
    ("announcement", "ca_file"): certificates,
    ("mailman", "url"): web_address,
    ("mailman", "list_id"): mailing_list,
    ("mailman", "web_url"): web_address,
    ("mailbox", "url"): mailbox,
    ("mailbox", "ca_file"): certificates,
    ("signal", "url"): web_address,
    ("signal", "account"): phone,
    ("webhook", "url"): web_address,
    ("webhook", "secret"): webhook_secret,
    ("reading_room", "host"): listening_host,
    ("prefect", "api_url"): web_address,
    ("prefect", "database_url"): database,
}


def _complaint_of(act: Callable[[], object]) -> Iterator[str]:
    try:
        act()
    except StepError as error:
        yield explain(error)


def _secret_host(url: SecretStr) -> Iterator[str]:
    """Complains of a host that is none, where the address could be read."""
    try:
        host = urlsplit(url.get_secret_value()).hostname
    except ValueError:
        return
    if host and not (_is_host(host) or _is_network(host)):
        yield "Der Name des Rechners darin ist keiner. Bitte so schreiben: mail.example.org."


def _is_host(name: str) -> bool:
    return bool(_HOST.fullmatch(name)) or (":" in name and _is_network(name))


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True
