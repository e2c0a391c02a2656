"""Processes and threads that others rely on."""
