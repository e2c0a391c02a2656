"""Prepares Prefect for this process: where it keeps its data, and that it tells nobody anything.

Must run before Prefect is imported, since Prefect reads its environment then.
What an administrator has set is left alone.
"""

import os
import socket
from urllib.parse import urlsplit

from pydantic import SecretStr

from config.settings import Settings
from tasks.secret_file import kept_secret

# How often a run says that it lives (see flows.automations).
HEARTBEAT_SECONDS = 30
# In the work folder: where `mitschnitt serve` has its server, and its password.
SERVER_FILE = "prefect/server-address"
PASSWORD_FILE = "prefect/server.key"  # noqa: S105 - a file's name


def prefect_environment(settings: Settings) -> dict[str, str]:
    """The environment Prefect and the model hub's client get, as far as it is not set already."""
    home = (settings.work.dir / "prefect").resolve()
    return {
        "DO_NOT_TRACK": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_HOME": str(home),
        "PREFECT_LOCAL_STORAGE_PATH": str(home / "results"),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        # A small machine may need more than Prefect's 20 s to start its temporary server.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        # The terminal shows our own progress; Prefect's log lines stay in Prefect.
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
        "PREFECT_WORKER_QUERY_SECONDS": "5",
        # A run whose server is away waits for it, 2 to 128 s between tries: four minutes.
        "PREFECT_CLIENT_MAX_RETRIES": "7",
        **prefect_access(settings),
    }


def prepare_prefect(settings: Settings) -> None:
    """Lay `prefect_environment` under the environment of this process."""
    (settings.work.dir / "prefect").mkdir(parents=True, exist_ok=True)
    for name, value in prefect_environment(settings).items():
        os.environ.setdefault(name, value)


def prefect_access(settings: Settings) -> dict[str, str]:
    """Where Prefect's server is and with which password; empty while none runs.

    That is the one of the settings, else the one that `mitschnitt serve` runs in this work folder.
    """
    if settings.prefect.api_url:
        return access_to(settings.prefect.api_url, settings.prefect.auth)
    address = _remembered(settings)
    return access_to(address, own_password(settings)) if address else {}


def access_to(address: str, password: SecretStr | None) -> dict[str, str]:
    """The environment in which Prefect finds this server."""
    access = {"PREFECT_API_URL": address}
    return access | {"PREFECT_API_AUTH_STRING": password.get_secret_value()} if password else access


def own_password(settings: Settings) -> SecretStr:
    """User and password of the server that this machine runs: as set, else made once and kept."""
    kept = settings.work.dir / PASSWORD_FILE
    return settings.prefect.auth or SecretStr(f"mitschnitt:{kept_secret(kept)}")


def remember_server(settings: Settings, address: str) -> None:
    """Let commands that are called meanwhile find the server of `mitschnitt serve`."""
    file = settings.work.dir / SERVER_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(address, encoding="utf-8")


def forget_server(settings: Settings) -> None:
    """The server of `mitschnitt serve` has ended."""
    (settings.work.dir / SERVER_FILE).unlink(missing_ok=True)


def _remembered(settings: Settings) -> str | None:
    """The address of a server that was started and still listens."""
    file = settings.work.dir / SERVER_FILE
    if not file.exists():
        return None
    address = file.read_text(encoding="utf-8").strip()
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=1):
            return address
    except OSError:
        return None
