"""The pipeline: from a recording's address to its published record."""
