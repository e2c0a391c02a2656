"""Settings: defaults, file, environment, and mistakes named with their place."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from config.loading import (
    CONFIG_FOLDER,
    SettingsError,
    glossary_text,
    load_settings,
    meetings_text,
    read_settings,
)
from config.settings import Settings, Transcription
from transcripts.speech.glossary import parse_glossary

# What must be set with the address of a server.
COMPANIONS = {
    "mailman": ("USER", "PASSWORD", "LIST_ID"),
    "signal": ("ACCOUNT", "GROUP"),
    "webhook": ("SECRET",),
}


def environment(tmp_path: Path, text: str, **variables: str) -> dict[str, str]:
    file = tmp_path / "mitschnitt.toml"
    file.write_text(text, encoding="utf-8")
    return {"MITSCHNITT_CONFIG": str(file), **variables}


def complaint(tmp_path: Path, text: str, **variables: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment(tmp_path, text, **variables))
    return str(caught.value)


def test_without_any_file_the_defaults_hold() -> None:
    loaded = load_settings({})
    assert loaded.settings == Settings()
    assert loaded.settings.transcription.model == "base"
    assert loaded.file is None


def test_the_file_overrides_defaults_and_the_environment_overrides_the_file(tmp_path: Path) -> None:
    text = '[fetch]\nmax_size_gb = 5\nmax_duration_hours = 2\n[announcement]\nfrom = "a@example.org"\n'
    variables = environment(tmp_path, text, MITSCHNITT_FETCH__MAX_SIZE_GB="7.5")
    settings = load_settings(variables).settings
    assert settings.fetch.max_size_gb == 7.5
    assert settings.fetch.max_duration_hours == 2
    assert settings.announcement.from_ == "a@example.org"


def test_every_key_can_be_set_in_the_environment() -> None:
    for section, field in Settings.model_fields.items():
        assert field.annotation is not None
        for name, key in field.annotation.model_fields.items():
            variable = f"MITSCHNITT_{section.upper()}__{(key.alias or name).upper()}"
            value = {"port": "99", "base_url": "https://example.org", "loudness_lufs": "-20"}.get(name, "1")
            value = {"windows_at_once": "2", "transcriptions_at_once": "2"}.get(name, value)
            value = {"bucket": "s3://archiv/inbox"}.get(name, value)
            value = {"device": "cpu", "access": "open", "llm_url": "https://example.org"}.get(name, value)
            value = {"checksums": "md5", "media": "presigned", "secret_key": 32 * "x"}.get(name, value)
            value = {"format": "json", "level": "debug", "when_done": "remove"}.get(name, value)
            value = {"checksums": "md5", "release": "held", "metrics_token": 16 * "x"}.get(name, value)
            value = {"api_url": "https://example.org/api", "auth": f"name:{12 * 'x'}"}.get(name, value)
            value = {"url": "https://example.org", "web_url": "https://example.org"}.get(name, value)
            addresses = {"MITSCHNITT_ANNOUNCEMENT__TO": "a", "MITSCHNITT_ANNOUNCEMENT__FROM": "b"}
            value = {
                "timezone": "Europe/Vienna",
                "organisers": "a@example.org",
                "trusted_proxies": "::2",
            }.get(name, value)
            value = {"weekday": "monday"}.get(name, value)
            value = {"MITSCHNITT_DIGEST__RELEASE": "automatic"}.get(variable, value)
            value = {"readable_by": "group", "prefect_days": "20", "sign_in_mails_hours": "2"}.get(
                name, value
            )
            value = {"allow_hosts": "cloud.intern", "format": "json", "level": "debug"}.get(name, value)
            companions = {
                "smtp_url": addresses,
                "url": {f"MITSCHNITT_{section.upper()}__{each}": "1" for each in COMPANIONS.get(section, ())},
            }
            loaded = load_settings(companions.get(name, {}) | {variable: value})
            assert getattr(loaded.settings, section) != getattr(Settings(), section), variable


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "UTC", "Pacific/Auckland"]
)
def test_the_network_has_one_time_zone(zone: str) -> None:
    assert load_settings({"MITSCHNITT_NETWORK__TIMEZONE": zone}).settings.network.zone.key == zone


@pytest.mark.parametrize(
    "zone",
    ["", "Berlin", "Europa/Berlin", "europe/berlin", "Europe", "localtime", "../etc", "right/UTC", "+01:00"],
)
def test_what_is_no_time_zone_is_refused_with_examples(zone: str) -> None:
    with pytest.raises(SettingsError, match="Beispiele: Europe/Berlin, Europe/Vienna") as caught:
        load_settings({"MITSCHNITT_NETWORK__TIMEZONE": zone})
    assert "[network] timezone" in str(caught.value)


def test_an_unknown_key_is_named_with_its_line_and_the_known_ones(tmp_path: Path) -> None:
    text = complaint(tmp_path, "[fetch]\nmax_size_gb = 5\n\nmax_sise_gb = 6\n")
    assert "mitschnitt.toml, Zeile 4" in text
    assert "[fetch] max_sise_gb ist unbekannt" in text
    assert "max_size_gb" in text.split("Bekannt sind:")[1]


def test_an_unknown_section_is_named_with_its_line(tmp_path: Path) -> None:
    assert "Zeile 3: [fetsch] ist unbekannt" in complaint(tmp_path, "[fetch]\n\n[fetsch]\na = 1\n")


def test_a_wrong_value_is_named_with_its_line(tmp_path: Path) -> None:
    text = complaint(tmp_path, '[transcription]\nmodel = "base"\ndevice = "tpu"\n')
    assert "Zeile 3: [transcription] device" in text


def test_a_wrong_value_in_the_environment_is_named_by_its_variable() -> None:
    with pytest.raises(SettingsError, match="MITSCHNITT_READING_ROOM__PORT"):
        load_settings({"MITSCHNITT_READING_ROOM__PORT": "achtzig"})


def test_an_unknown_variable_is_named() -> None:
    with pytest.raises(SettingsError, match="MITSCHNITT_FETCH__SPEED"):
        load_settings({"MITSCHNITT_FETCH__SPEED": "1"})
    with pytest.raises(SettingsError, match="MITSCHNITT_SPEED"):
        load_settings({"MITSCHNITT_SPEED": "1"})


def test_a_mail_server_without_addresses_is_a_mistake(tmp_path: Path) -> None:
    text = complaint(tmp_path, '\n[announcement]\nsmtp_url = "smtps://mail.example.org"\n')
    assert "Zeile 2: [announcement] hat einen falschen Wert (mit smtp_url müssen auch to und from" in text


def test_broken_toml_is_named_with_its_line(tmp_path: Path) -> None:
    assert "in Zeile 2, Spalte 15 lässt es sich nicht als TOML lesen" in complaint(
        tmp_path, "[fetch]\nmax_size_gb = = 5\n"
    )


def test_a_file_that_is_named_but_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nirgends\.toml"):
        load_settings({"MITSCHNITT_CONFIG": str(tmp_path / "nirgends.toml")})


def test_secrets_are_in_no_representation_and_no_complaint(tmp_path: Path) -> None:
    text = (
        '[announcement]\nto = "liste@example.org"\nfrom = "wir@example.org"\n'
        'smtp_url = "smtps://user:geheim@mail.example.org:465"\n'
    )
    loaded = load_settings(environment(tmp_path, text))
    assert "geheim" not in repr(loaded)
    assert "geheim" not in loaded.settings.model_dump_json()
    assert "geheim" not in complaint(tmp_path, '[announcement]\nsmtp_url = ["geheim"]\n')


def test_a_short_password_for_prefects_server_is_a_mistake(tmp_path: Path) -> None:
    text = complaint(tmp_path, '[prefect]\nauth = "mitschnitt:geheim"\n')
    assert "Zeile 2: [prefect] auth" in text
    assert "12 Zeichen" in text
    assert "geheim" not in text


def test_the_example_shows_every_key_with_its_default() -> None:
    text = (CONFIG_FOLDER / "mitschnitt.example.toml").read_text(encoding="utf-8")
    assert Settings.model_validate(tomllib.loads(text)) == Settings()
    for section, field in Settings.model_fields.items():
        assert field.annotation is not None
        part = text.split(f"\n[{section}]\n")[1].split("\n[")[0]
        for name, key in field.annotation.model_fields.items():
            assert f"{key.alias or name} =" in part, f"[{section}] {name} is not in the example"


def test_the_glossary_that_ships_is_used_where_none_is_named_and_none_lies_in_the_working_folder(
    tmp_path: Path,
) -> None:
    own = tmp_path / "glossary.txt"
    own.write_text("Menschenstadt # ein Verein\n\nBad Homburg, Zürich\n", encoding="utf-8")
    configured = load_settings({"MITSCHNITT_TRANSCRIPTION__GLOSSARY": str(own)}).settings
    nowhere = Transcription.model_construct(set(), glossary=tmp_path / "nichts.txt")
    assert parse_glossary(glossary_text(configured)) == ("Menschenstadt", "Bad Homburg", "Zürich")
    assert "Losverfahren" in parse_glossary(glossary_text(Settings(transcription=nowhere)))


@pytest.mark.parametrize("read", [glossary_text, meetings_text])
def test_a_file_that_the_settings_name_must_be_there(
    read: Callable[[Settings], str | None], tmp_path: Path
) -> None:
    names = {"MITSCHNITT_TRANSCRIPTION__GLOSSARY": "nichts.txt", "MITSCHNITT_MEETINGS__FILE": "nichts.txt"}
    settings = load_settings({name: str(tmp_path / file) for name, file in names.items()}).settings
    with pytest.raises(SettingsError, match=r"nichts\.txt: Diese Datei gibt es nicht"):
        read(settings)


@pytest.mark.parametrize("read", [glossary_text, meetings_text])
def test_a_file_of_another_encoding_is_named_with_its_line(
    read: Callable[[Settings], str | None], tmp_path: Path
) -> None:
    file = tmp_path / "alt.txt"
    file.write_bytes("# Notizen\nBürgerräte\n".encode("latin-1"))
    names = ("MITSCHNITT_TRANSCRIPTION__GLOSSARY", "MITSCHNITT_MEETINGS__FILE")
    settings = load_settings(dict.fromkeys(names, str(file))).settings
    with pytest.raises(SettingsError, match=r"alt\.txt, Zeile 2: .*UTF-8"):
        read(settings)


def test_settings_that_are_a_folder_or_a_link_to_nowhere_are_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Das ist ein Ordner"):
        load_settings({"MITSCHNITT_CONFIG": str(tmp_path)})
    (tmp_path / "verweis.toml").symlink_to(tmp_path / "nirgends.toml")
    with pytest.raises(SettingsError, match="gibt es nicht"):
        load_settings({"MITSCHNITT_CONFIG": str(tmp_path / "verweis.toml")})


def test_what_is_wrong_is_left_out_and_all_else_is_read(tmp_path: Path) -> None:
    text = '[fetch]\nmax_size_gb = 5\nmax_sise_gb = 6\n[mailman]\nurl = "https://a.org"\nuser = 7\n[fetsch]\n'
    loaded = read_settings(environment(tmp_path, text))
    assert loaded.settings.fetch.max_size_gb == 5
    assert loaded.settings.mailman.url is None, "a table that is not whole is not used"
    told = [each.text for each in loaded.complaints]
    assert [each.section for each in loaded.complaints] == ["fetch", "mailman", "fetsch"], told


def test_a_free_port_for_the_reading_room_can_be_asked_for() -> None:
    assert load_settings({"MITSCHNITT_READING_ROOM__PORT": "0"}).settings.reading_room.port == 0


@pytest.mark.parametrize("section", COMPANIONS)
def test_a_server_without_what_it_needs_is_a_mistake(section: str, tmp_path: Path) -> None:
    text = complaint(tmp_path, f'[{section}]\nurl = "https://example.org"\n')
    assert "mit url" in text
    assert f"[{section}]" in text
