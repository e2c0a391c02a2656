"""Every setting has a value that cannot work, and the examination names that setting for it."""

import tomllib
from pathlib import Path

import pytest

from config.loading import CONFIG_FOLDER, LoadedSettings, read_settings
from config.settings import Settings
from flows.doctor.check import Kind, Verdict
from flows.doctor.examination import CHECKS, looked_at

# One value or more for each setting, as it stands in the file; `{folder}` is a folder that is there.
WRONG: dict[str, list[str]] = {
    "network.name": ["7"],
    "network.language": ['"deutsch"'],
    "network.timezone": ['"Europa/Berlin"', "7"],
    "network.base_url": ['"lesen.example.org"', '"https://"', '"https://-.example.org"', '"https://a.org/pfad"'],
    "network.admin_address": ['"technik"', '"technik@"', '""'],
    "archive.url": ['"http://example.org/archiv"', '"s3://"', '""', '"{folder}/eine-datei"'],
    "archive.endpoint_url": ['"s3.example.org"', '"https://:9000"', '"https://a.org:99999"'],
    "archive.region": ["7"],
    "archive.access_key_id": ["7"],
    "archive.secret_access_key": ["7"],
    "archive.checksums": ['"sha1"'],
    "archive.path_style": ['"vielleicht"'],
    "archive.ca_file": ['"{folder}/nirgends.pem"', '"{folder}/eine-datei"'],
    "archive.readable_by": ['"alle"', "7"],
    "archive.grace_hours": ["-1", "nan"],
    "archive.verify_nights": ["0"],
    "work.dir": ['"{folder}/eine-datei"', '"/proc/nirgends"'],
    "work.state_dir": ['"{folder}/eine-datei"', '"/proc/nirgends"', '"{folder}/work/state"'],
    "fetch.allow_hosts": ['["10.0.0.0/99"]', '["10.0.0.0/24"]', '["https://cloud.intern"]', '["a:99999"]'],
    "fetch.max_duration_hours": ["0", "inf"],
    "fetch.max_size_gb": ["0", "nan"],
    "inbox.dir": ['"{folder}/eine-datei"', '"/proc/nirgends"'],
    "inbox.bucket": ['"s3://bucket"', '"bucket/inbox"', '"s3://B!/inbox"'],
    "inbox.when_done": ['"vielleicht"'],
    "inbox.settled_seconds": ["0"],
    "media.loudness_lufs": ["0"],
    "transcription.model": ['"bass"', '"{folder}/nirgends"', '"{folder}/leer"', '"./nirgends"'],
    "transcription.language": ['"deutsch"', '"DE"'],
    "transcription.device": ['"tpu"', '"cuda"'],
    "transcription.compute_type": ['"int9"', '"int8_float16"'],
    "transcription.threads": ["-1"],
    "transcription.glossary": ['"{folder}/a.txt"', '"{folder}/latin.txt"', '"{folder}"'],
    "transcription.windows_at_once": ["0"],
    "transcription.short_inputs": ['"vielleicht"'],
    "chapters.llm_url": ['"127.0.0.1:11434"', '"http://127.0.0.1:99999/v1"'],
    "chapters.llm_model": ["7"],
    "chapters.llm_api_key": ["7"],
    "chapters.llm_timeout_seconds": ["0"],
    "announcement.to": ['"liste"', '"a@example.org, b@example.org"'],
    "announcement.from": ['"Netzwerk"', '"Netzwerk <wir>"'],
    "announcement.reply_to": ['"orga@@example.org"'],
    "announcement.organisers": ['"orga"'],
    "announcement.release": ['"nie"'],
    "announcement.retry_hours": ["0"],
    "announcement.templates": ['"{folder}/nirgends"'],
    "announcement.poster": ['"vielleicht"'],
    "announcement.outbox": ['"{folder}/eine-datei"', '"/proc/nirgends"'],
    "announcement.smtp_url": ['"mail.example.org"', '"smtps://"', '"smtps://a_b!c"', '"smtps://a.org:99999"'],
    "announcement.ca_file": ['"{folder}/nirgends.pem"', '"{folder}/eine-datei"'],
    "mailman.url": ['"127.0.0.1:8001"', '"http://a!b/3.1"'],
    "mailman.user": ["7"],
    "mailman.password": ["7"],
    "mailman.list_id": ['"liste@example.org"', '"liste"'],
    "mailman.web_url": ['"lists.example.org"', '"https://a!b/"'],
    "mailman.wait_seconds": ["-1"],
    "mailbox.url": ['"imaps://mail.example.org"', '"https://a:b@mail.example.org"', '"imaps://a:b@a!b"'],
    "mailbox.folder": ['""'],
    "mailbox.ca_file": ['"{folder}/nirgends.pem"', '"{folder}/eine-datei"'],
    "mailbox.wait_seconds": ["-1"],
    "signal.url": ['"127.0.0.1:8080"', '"http://a!b"'],
    "signal.account": ['"0151 1234567"'],
    "signal.group": ["7"],
    "webhook.url": ['"example.org"', '"https://a!b"'],
    "webhook.secret": ['"kurz"', '"whsec_kurz"', '"whsec_äöü"'],
    "meetings.file": ['"{folder}/a"', '"{folder}/latin.txt"', '"{folder}/eine-datei"'],
    "meetings.release": ['"nie"'],
    "digest.enabled": ['"vielleicht"'],
    "digest.weekday": ['"freitag"', "5"],
    "digest.hour": ["24", "-1", '"neun"'],
    "digest.release": ['"nie"'],
    "reading_room.access": ['"alle"'],
    "reading_room.members_file": ['"{folder}/nirgends"', '"{folder}/latin.txt"', '"{folder}"'],
    "reading_room.organisers": ['["orga"]', '["Orga <orga@example.org>"]'],
    "reading_room.secret_key": ['"kurz"'],
    "reading_room.host": ['"http://0.0.0.0"', '"0.0.0.0/0"'],
    "reading_room.port": ["-1", "65536"],
    "reading_room.trusted_proxies": ['["10.0.0.0/99"]', '["proxy"]', '["10.0.0.1/24"]'],
    "reading_room.media": ['"egal"'],
    "reading_room.searches_per_minute": ["0"],
    "reading_room.upload_max_gb": ["0"],
    "reading_room.uploads_gb_per_organiser": ["0"],
    "reading_room.uploads_gb_in_all": ["0"],
    "reading_room.max_connections": ["0", "100000"],
    "reading_room.max_connections_per_address": ["0"],
    "retention.outbox_days": ["0"],
    "retention.sign_in_mails_hours": ["0"],
    "retention.uploads_days": ["0"],
    "retention.prefect_days": ["1"],
    "reading_room.metrics_token": ['"kurz"'],
    "prefect.api_url": ['"http://prefect.intern:4200"', '"http://a!b/api"'],
    "prefect.auth": ['"mitschnitt:kurz"'],
    "prefect.port": ["0"],
    "prefect.database_url": ['"postgres"', '"postgresql://a@b/c"', '"mysql+aiomysql://a@b/c"', '"postgresql+asyncpg://a@b:x/c"'],
    "worker.name": ['"ein Rechner"'],
    "worker.recordings_at_once": ["0"],
    "worker.transcriptions_at_once": ["0"],
    "worker.retry_pauses_minutes": ["[]", "[0]", '"bald"'],
    "worker.retry_hours": ["0"],
    "logging.format": ['"xml"'],
    "logging.level": ['"laut"'],
}  # fmt: skip
# What else must be set for the value to be looked at.
COMPANIONS = {
    "announcement.smtp_url": 'to = "liste@example.org"\nfrom = "wir@example.org"',
    "mailman.url": 'user = "a"\npassword = "b"\nlist_id = "liste.example.org"',
    "signal.url": 'account = "+491510000000"\ngroup = "Z3J1cHBl"',
    "webhook.url": 'secret = "whsec_c2VociBnZWhlaW0sIDI0IFplaWNoZW4hMTIz"',
}
SECRETS = ("geheim", "mitschnitt:kurz", "whsec_")


def every_setting() -> list[str]:
    tables = {section: field.annotation for section, field in Settings.model_fields.items()}
    return [
        f"{section}.{key.alias or name}"
        for section, table in tables.items()
        if table is not None
        for name, key in table.model_fields.items()
    ]


def bad_texts(loaded: LoadedSettings, *sections: str) -> list[str]:
    """What is bad, no server asked, about these tables; about all without any."""
    return [
        remark.text
        for check in CHECKS
        if check.kind is Kind.SETTINGS and (not sections or check.section in ("", *sections))
        for remark in looked_at(check, loaded)
        if remark.verdict is Verdict.BAD
    ]


def found_in(folder: Path, text: str, *sections: str) -> list[str]:
    """What is bad with these settings, no server asked; what works by default lies in a folder of its own."""
    for name in ("leer", "modell"):
        (folder / name).mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (folder / "modell" / name).touch()
    (folder / "eine-datei").write_text("Das ist Text.\n", encoding="utf-8")
    (folder / "latin.txt").write_bytes("Bürgerräte\n".encode("latin-1"))
    given = tomllib.loads(text)
    bases = {
        "work": [("dir", "work"), ("state_dir", "state")],
        "archive": [("url", "archive")],
        "announcement": [("outbox", "outbox")],
        "transcription": [("model", "modell")],
    }
    environment = {
        f"MITSCHNITT_{section.upper()}__{key.upper()}": str(folder / place)
        for section, pairs in bases.items()
        for key, place in pairs
        if key not in given.get(section, {})
    }
    file = folder / "mitschnitt.toml"
    file.write_text(text, encoding="utf-8")
    return bad_texts(read_settings({"MITSCHNITT_CONFIG": str(file), **environment}), *sections)


def test_each_setting_that_there_is_has_a_wrong_value_here() -> None:
    assert set(WRONG) == set(every_setting())


@pytest.mark.parametrize(
    ("setting", "value"), [(setting, value) for setting, values in WRONG.items() for value in values]
)
def test_a_value_that_cannot_work_is_named_with_its_setting(setting: str, value: str, tmp_path: Path) -> None:
    section, _, key = setting.partition(".")
    companions = COMPANIONS.get(setting, "").replace("{folder}", str(tmp_path))
    text = f"[{section}]\n{key} = {value.replace('{folder}', str(tmp_path))}\n{companions}\n"
    found = found_in(tmp_path, text, section)
    about = [each for each in found if f"[{section}] {key}" in each]
    assert about, found
    assert f"mitschnitt.toml, Zeile 2: [{section}] {key}" in about[0]
    assert not [each for each in found if any(secret in each for secret in SECRETS) and "davor" not in each]


def test_nothing_is_wrong_with_the_defaults_nor_with_a_copy_of_the_example(tmp_path: Path) -> None:
    (tmp_path / "ohne").mkdir()
    assert found_in(tmp_path / "ohne", "") == []
    (tmp_path / "beispiel").mkdir()
    example = (CONFIG_FOLDER / "mitschnitt.example.toml").read_text(encoding="utf-8")
    own_folders = example.replace('"work"', f'"{tmp_path}/w"').replace('"outbox"', f'"{tmp_path}/o"')
    own_folders = own_folders.replace('"archive"', f'"{tmp_path}/a"').replace('"state"', f'"{tmp_path}/s"')
    own_folders = own_folders.replace('"base" ', f'"{tmp_path}/beispiel/modell" ')
    assert found_in(tmp_path / "beispiel", own_folders) == []


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = (
        '[transcription]\nlanguage = "deutsch"\nthreads = -1\n\n[fetch]\nmax_sise_gb = 3\n'
        '[announcement]\nto = "liste"\n[reading_room]\ntrusted_proxies = ["10.0.0.0/99"]\n'
    )
    found = "\n".join(found_in(tmp_path, text))
    for place in (
        "Zeile 2: [transcription] language",
        "Zeile 3: [transcription] threads",
        "Zeile 6: [fetch]",
    ):
        assert place in found
    for place in ("Zeile 8: [announcement] to", "Zeile 10: [reading_room] trusted_proxies"):
        assert place in found


def test_a_key_that_is_wrong_in_the_environment_is_named_by_its_variable(tmp_path: Path) -> None:
    environment = {
        "MITSCHNITT_TRANSCRIPTION__LANGUAGE": "deutsch",
        "MITSCHNITT_WORK__DIR": str(tmp_path / "w"),
        "MITSCHNITT_WORK__STATE_DIR": str(tmp_path / "s"),
    }
    found = bad_texts(read_settings(environment), "transcription")
    assert [each for each in found if "MITSCHNITT_TRANSCRIPTION__LANGUAGE: [transcription] language" in each]
