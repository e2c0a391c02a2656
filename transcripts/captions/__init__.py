"""Captions and reading texts, in the formats of players."""
