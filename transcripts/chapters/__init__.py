"""Chapters: found, worded, written down."""
