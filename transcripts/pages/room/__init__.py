"""The reading room's pages and feeds."""
