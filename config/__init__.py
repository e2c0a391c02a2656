"""With which settings? The one place that reads the environment and the TOML file."""
