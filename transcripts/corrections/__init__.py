"""Corrections: what people changed, laid over the machine's text."""
