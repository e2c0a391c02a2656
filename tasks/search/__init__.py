"""Search: the index as one file, and what it answers."""
