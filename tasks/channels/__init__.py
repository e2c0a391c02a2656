"""Channels: mail, mailing list, messenger, webhook."""
