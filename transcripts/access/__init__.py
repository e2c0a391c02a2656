"""Access: where members are signed in, and for how long."""
