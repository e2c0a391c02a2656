"""Attacks on Mitschnitt with what strangers could send; see docs/security.md."""
