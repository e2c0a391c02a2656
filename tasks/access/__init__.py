"""Access: secrets, signatures, limits, members."""
