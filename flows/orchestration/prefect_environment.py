"""Configures Prefect for this process: where it keeps its data, and that it sends no statistics.

Must run before Prefect is imported, since Prefect reads its environment then.
What an administrator has set is left alone.
"""

import os

from pydantic import SecretStr

from config.settings import Settings
from flows.reporting.log_lines import OURS, PREFECT_FILE, log_to_stderr, write_prefect_config
from flows.state_folder import (
    PASSWORD_FILE,
    PREFECT_FOLDER,
    SERVER_FILE,
    listening,
    prepared_state,
    state_folder,
)
from tasks.access.secret_file import secret_from_file
from tasks.storage.trial_write import expect_writable, make_folder

# How often a run says that it lives (see flows.workers.automations).
HEARTBEAT_SECONDS = 30


def prefect_environment(settings: Settings) -> dict[str, str]:
    """The environment Prefect and the model hub's client get, as far as it is not set already."""
    home, made_again = state_folder(settings) / PREFECT_FOLDER, settings.work.dir.resolve() / "prefect"
    return {
        "DO_NOT_TRACK": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_HOME": str(home),
        "PREFECT_LOCAL_STORAGE_PATH": str(made_again / "results"),
        # Prefect's own temporary server would outlive a command that is killed (see temporary_server).
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_LOGGING_SETTINGS_PATH": str(home.parent / PREFECT_FILE),
        # What our modules say of a run stands in the run's own log.
        "PREFECT_LOGGING_EXTRA_LOGGERS": OURS,
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
        "PREFECT_WORKER_QUERY_SECONDS": "5",
        # A run whose server is away waits for it, 2 to 128 s between tries: four minutes.
        "PREFECT_CLIENT_MAX_RETRIES": "7",
        **prefect_access(settings),
    }


def prepare_prefect(settings: Settings, *, is_service: bool = False) -> None:
    """Lay `prefect_environment` under the environment of this process.

    A service logs to its standard error, with all that it starts. Raises what
    `tasks.storage.trial_write.expect_writable` raises: what Prefect says of a full disk helps nobody.
    """
    for folder in (prepared_state(settings), make_folder(settings.work.dir.resolve())):
        expect_writable(folder)
    write_prefect_config(settings)
    if is_service:
        log_to_stderr(settings)
    else:  # the terminal shows our own progress; log lines stay in Prefect
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    for name, value in prefect_environment(settings).items():
        os.environ.setdefault(name, value)


def prefect_access(settings: Settings) -> dict[str, str]:
    """Where Prefect's server is and with which password; empty while none runs.

    That is the one of the settings, else the one that `mitschnitt serve` runs here.
    """
    if settings.prefect.api_url:
        return access_to(settings.prefect.api_url, settings.prefect.auth)
    # A server of an earlier edition may still run in the work folder.
    homes = (state_folder(settings), settings.work.dir.resolve())
    address = next(filter(None, (listening(home / SERVER_FILE) for home in homes)), None)
    return access_to(address, own_password(settings)) if address else {}


def access_to(address: str, password: SecretStr | None) -> dict[str, str]:
    """The environment in which Prefect finds this server."""
    access = {"PREFECT_API_URL": address}
    return access | {"PREFECT_API_AUTH_STRING": password.get_secret_value()} if password else access


def own_password(settings: Settings) -> SecretStr:
    """User and password of the server that this machine runs: as set, else made once and kept."""
    kept = state_folder(settings) / PASSWORD_FILE
    return settings.prefect.auth or SecretStr(f"mitschnitt:{secret_from_file(kept)}")


def remember_server(settings: Settings, address: str) -> None:
    """Let commands that are called meanwhile find the server of `mitschnitt serve`."""
    (prepared_state(settings) / SERVER_FILE).write_text(address, encoding="utf-8")


def forget_server(settings: Settings) -> None:
    """The server of `mitschnitt serve` has ended."""
    (state_folder(settings) / SERVER_FILE).unlink(missing_ok=True)
