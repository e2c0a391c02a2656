"""Serving: programs that run for long, and begin and end cleanly."""
