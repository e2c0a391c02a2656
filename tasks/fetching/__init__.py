"""Fetching: a recording comes from where it lies, through a guarded child process."""
