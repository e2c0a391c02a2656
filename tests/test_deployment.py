"""The Dockerfile and compose.yaml: what a container may do, what can be reached, which settings are named."""

import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.loading import load_settings, read_settings
from config.settings import Settings
from flows.doctor.check import Kind, Program
from flows.doctor.examination import examine, faults

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
    found: dict[str, dict[str, Any]] = yaml.safe_load(filled_in(text))["services"]
    return found


def filled_in(text: str) -> str:
    """As compose fills in variables: what is set, else what stands behind `:-`, be it another variable."""
    variable = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])((?:[^{}$])*))?\}")
    while variable.search(text):
        text = variable.sub(lambda found: set_to(found[1]) or (found[3] if found[2] == "-" else SECRET), text)
    return text


def set_to(name: str) -> str | None:
    """What .env of docs/operations.md says; everything that is a secret is one and the same."""
    is_secret = name.endswith(("_KEY", "_KEY_ID", "_PASSWORD", "_TOKEN")) and not name.startswith("ROOM_")
    return FILLED_IN.get(name) or (f"{SECRET}-{name}" if is_secret else None)


def test_hadolint_has_nothing_to_say_about_the_dockerfile() -> None:
    program = Path(sysconfig.get_path("scripts")) / "hadolint"
    linted = subprocess.run([program, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_image_has_two_stages_and_runs_as_nobody_special_with_a_health_check() -> None:
    assert len(re.findall(r"(?m)^FROM ", DOCKERFILE)) == 2
    assert re.findall(r"(?m)^USER (.*)$", DOCKERFILE)[-1] == "10001:10001"
    assert "/readyz" in DOCKERFILE
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
        auth = services[name]["environment"]["MITSCHNITT_PREFECT__AUTH"]
        assert auth == f"mitschnitt:{set_to('PREFECT_PASSWORD')}"


def test_containers_may_change_nothing_but_their_volumes(services: dict[str, dict[str, Any]]) -> None:
    for name, each in services.items():
        assert each["read_only"] is True, name
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
    assert settings.archive.url == ("archive" if name == "prefect" else "s3://archiv")
    assert settings.prefect.api_url == "http://prefect:4200/api"


def test_what_must_be_kept_lies_in_volumes_that_have_a_name(services: dict[str, dict[str, Any]]) -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    named = set(yaml.safe_load(filled_in(text))["volumes"])
    home = re.findall(r"(?m)^WORKDIR (.*)$", DOCKERFILE)[-1]
    kept = f"{home}/{Settings().work.state_dir}"
    assert f"state:{kept}" in services["prefect"]["volumes"]
    assert {
        each["volumes"][-1].split(":")[0] for each in (services["prefect"], services["database"])
    } <= named
    assert re.search(rf"install --directory --owner mitschnitt .*--mode 700 {kept}", DOCKERFILE), (
        "else it is root's"
    )


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_settings_of_compose_are_such_as_a_start_takes(
    name: str, services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    file = tmp_path / "mitschnitt.toml"
    file.write_text('[announcement]\nto = "liste@example.org"\nfrom = "a@example.org"\n', encoding="utf-8")
    folders = {"MITSCHNITT_WORK__DIR": str(tmp_path / "w"), "MITSCHNITT_WORK__STATE_DIR": str(tmp_path / "s")}
    given = {**services[name]["environment"], **folders, "MITSCHNITT_CONFIG": str(file)}
    program = Program.SERVER if name == "prefect" else Program(name)
    findings = examine(read_settings(given), program, is_offline=True)
    assert faults(findings, Kind.SETTINGS) == []


def test_the_rooms_believe_the_proxys_network_and_no_other(services: dict[str, dict[str, Any]]) -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    front = yaml.safe_load(filled_in(text))["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert services["room"]["environment"]["MITSCHNITT_READING_ROOM__TRUSTED_PROXIES"] == front


NEEDED = {
    "proxy": set(),
    "room": {
        "ARCHIVE_ACCESS_KEY_ID",
        "ARCHIVE_SECRET_ACCESS_KEY",
        "SECRET_KEY",
        "METRICS_TOKEN",
        "PREFECT_PASSWORD",
    },
    "worker": {"ARCHIVE_ACCESS_KEY_ID", "ARCHIVE_SECRET_ACCESS_KEY", "SECRET_KEY", "PREFECT_PASSWORD"},
    "prefect": {"PREFECT_PASSWORD", "DATABASE_PASSWORD"},
    "database": {"DATABASE_PASSWORD"},
}


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_each_service_knows_the_secrets_that_it_needs_and_no_others(
    name: str, services: dict[str, dict[str, Any]]
) -> None:
    given = " ".join(str(value) for value in services[name]["environment"].values())
    assert set(re.findall(rf"{SECRET}-(\w+?)(?=[@/ ]|$)", given)) == NEEDED[name]
    assert (FILLED_IN["SMTP_URL"] in given) == (name in {"room", "worker"})


def test_each_service_is_in_the_networks_that_it_needs_and_no_others(
    services: dict[str, dict[str, Any]],
) -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert {name: set(each["networks"]) for name, each in services.items()} == {
        "proxy": {"front"},
        "room": {"front", "back"},
        "worker": {"back"},
        "prefect": {"back", "data"},
        "database": {"data"},
    }
    assert yaml.safe_load(filled_in(text))["networks"]["data"] == {"internal": True}


def test_every_service_has_an_end_to_memory_processes_and_files(services: dict[str, dict[str, Any]]) -> None:
    for name, each in services.items():
        assert re.fullmatch(r"\d+[gm]", each["mem_limit"]), name
        assert 0 < each["pids_limit"] <= 2000, name
        assert each["ulimits"]["nofile"]["hard"] >= each["ulimits"]["nofile"]["soft"] >= 8192, name
        assert not each.get("privileged"), name
        assert "pid" not in each, name
        assert not any("docker.sock" in str(volume) for volume in each.get("volumes", [])), name
        added = set(each.get("cap_add", []))
        assert added == ({"NET_BIND_SERVICE"} if name == "proxy" else set()), name
    assert services["room"]["ulimits"]["nofile"]["soft"] >= 2 * Settings().reading_room.max_connections


def test_other_peoples_images_are_named_by_digest_and_can_be_replaced() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8") + (ROOT / "Dockerfile").read_text(
        encoding="utf-8"
    )
    told = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    for name, image in (("CADDY_IMAGE", "caddy"), ("POSTGRES_IMAGE", "postgres"), ("PYTHON_IMAGE", "python")):
        assert re.search(rf"{name}(:-|=)docker\.io/library/{image}:[\w.-]+@sha256:[0-9a-f]{{64}}\b", text), (
            name
        )
        assert name in told, name
    assert text.count("docker.io/") == text.count("@sha256:") == 3


UNIT = {
    "UMask": "0077",
    "NoNewPrivileges": "true",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "true",
    "PrivateTmp": "true",
    "ProtectKernelTunables": "true",
    "ProtectControlGroups": "true",
    "RestrictSUIDSGID": "true",
    "LockPersonality": "true",
}


def test_the_unit_of_systemd_is_as_closed_as_the_containers() -> None:
    told = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (unit,) = re.findall(r"```\n# /etc/systemd/system/mitschnitt.service\n(.*?)```", told, re.DOTALL)
    lines = dict(re.findall(r"(?m)^(\w+)=(.*)$", unit))
    assert {name: lines.get(name) for name in UNIT} == UNIT
    assert int(lines["LimitNOFILE"]) >= 2 * Settings().reading_room.max_connections
    assert lines["User"] != "root"
    assert lines["WorkingDirectory"] == lines["ReadWritePaths"]
    assert {"MemoryMax", "TasksMax"} <= lines.keys()
