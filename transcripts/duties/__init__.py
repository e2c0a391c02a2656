"""Duties: what is to happen by itself."""
