"""What a command needs that works through Prefect, before it loads Prefect."""

from config.loading import LoadedSettings, load_settings
from flows.orchestration.prefect_environment import prepare_prefect


def prepared_settings() -> LoadedSettings:
    """Read the settings and make Prefect ready; raises SettingsError."""
    loaded = load_settings()
    prepare_prefect(loaded.settings)
    return loaded
