"""Upkeep: what looks after the archive, the work folder and the duties."""
