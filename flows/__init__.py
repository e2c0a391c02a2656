"""In what order? Prefect flows and the command line, the only place where all rooms meet."""
