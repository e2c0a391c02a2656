"""Prepares Prefect for this process: where it keeps its data, and that it tells nobody anything.

Must run before Prefect is imported, since Prefect reads its environment then.
What an administrator has set is left alone.
"""

import os

from config.settings import Settings


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
    }


def prepare_prefect(settings: Settings) -> None:
    """Lay `prefect_environment` under the environment of this process."""
    (settings.work.dir / "prefect").mkdir(parents=True, exist_ok=True)
    for name, value in prefect_environment(settings).items():
        os.environ.setdefault(name, value)
