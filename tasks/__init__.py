"""With which tool? One outside tool a module; knows `transcripts`, not Prefect and not the settings."""
