"""The Dockerfile and compose.yaml: what a container may do, what can be reached, which settings are named."""

import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import load_settings

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OURS = {"room", "worker", "prefect"}
FILLED_IN = {
    "DOMAIN": "lesen.example.org",
    "ARCHIVE_URL": "s3://archiv",
    "ARCHIVE_ENDPOINT_URL": "https://s3.example.org",
    "SMTP_URL": "smtps://name:kennwort@mail.example.org:465",
}
SECRET = "zufaellig-und-lang-genug-fuer-alles"


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services of compose.yaml, its variables filled in."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    filled = re.sub(r"(?<!\$)\$\{(\w+)[^}]*\}", lambda found: FILLED_IN.get(found[1], SECRET), text)
    found: dict[str, dict[str, Any]] = yaml.safe_load(filled)["services"]
    return found


def test_hadolint_has_nothing_to_say_about_the_dockerfile() -> None:
    program = Path(sysconfig.get_path("scripts")) / "hadolint"
    linted = subprocess.run([program, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_image_has_two_stages_and_runs_as_nobody_special_with_a_health_check() -> None:
    assert len(re.findall(r"(?m)^FROM ", DOCKERFILE)) == 2
    assert re.findall(r"(?m)^USER (.*)$", DOCKERFILE)[-1] == "10001:10001"
    assert "/healthz" in DOCKERFILE
    assert "--frozen" in DOCKERFILE, "only what uv.lock names is installed"


def test_only_what_is_named_reaches_the_build() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        part for line in re.findall(r"(?m)^COPY (?!--from)(.*)$", DOCKERFILE) for part in line.split()[:-1]
    }
    assert "*" in lines
    assert kept == copied


def test_nothing_but_the_proxy_can_be_reached_from_outside(services: dict[str, dict[str, Any]]) -> None:
    assert {name for name, each in services.items() if "ports" in each} == {"proxy"}
    assert services["proxy"]["networks"] == ["front"]
    assert "front" not in services["prefect"]["networks"] + services["database"]["networks"]


def test_the_proxy_is_told_its_name_in_its_own_words() -> None:
    """Compose makes one dollar of two; Caddy reads `{$NAME}` from its environment."""
    content = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["configs"]["caddyfile"][
        "content"
    ]
    assert re.search(r"(?m)^\{\$\$DOMAIN\} \{$", content)
    assert content.count("{") == content.count("}")


def test_prefect_asks_for_a_password_and_everyone_knows_it(services: dict[str, dict[str, Any]]) -> None:
    for name in OURS:
        assert services[name]["environment"]["MITSCHNITT_PREFECT__AUTH"] == f"mitschnitt:{SECRET}"


def test_containers_may_change_nothing_but_their_volumes(services: dict[str, dict[str, Any]]) -> None:
    for name in OURS:
        each = services[name]
        assert each["read_only"] is True
        assert each["cap_drop"] == ["ALL"]
        assert each["security_opt"] == ["no-new-privileges:true"]
        assert each["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_setting_in_compose_is_one_that_there_is(
    name: str, services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    file = tmp_path / "mitschnitt.toml"
    file.write_text('[announcement]\nto = "liste@example.org"\nfrom = "a@example.org"\n', encoding="utf-8")
    given = {**services[name]["environment"], "MITSCHNITT_CONFIG": str(file)}
    settings = load_settings(given).settings
    assert settings.archive.url == "s3://archiv"
    assert settings.prefect.api_url == "http://prefect:4200/api"


def test_the_rooms_believe_the_proxys_network_and_no_other(services: dict[str, dict[str, Any]]) -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    front = yaml.safe_load(re.sub(r"\$\{[^}]*\}", "x", text))["networks"]["front"]["ipam"]["config"][0][
        "subnet"
    ]
    assert services["room"]["environment"]["MITSCHNITT_READING_ROOM__TRUSTED_PROXIES"] == front
