"""Search across all records, to the second: German words, an index in one file, ranked answers."""
