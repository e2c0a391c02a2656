"""Announcing: members hear of recordings and meetings, once each."""
