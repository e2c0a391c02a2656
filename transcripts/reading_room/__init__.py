"""The reading room's pages: what members see of the archive. Pure; the server is in `flows/reading_room`."""
