"""A record as a whole."""
