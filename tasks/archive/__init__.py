"""The archive: records are published, read, corrected, verified and rebuilt."""
