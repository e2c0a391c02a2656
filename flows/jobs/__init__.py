"""Jobs: recordings under way, as chains of Prefect's runs."""
