"""The archive's layout and documents."""
