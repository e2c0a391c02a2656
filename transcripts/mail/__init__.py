"""Mails: their words, when they are due, and the ledger of what was sent."""
