"""Mails to the organisers: what needs a person, once each."""
