"""Reporting: what runs say while they work."""
