"""Measures the conversion of documents on a corpus that is made here."""
