"""Delivery: one announcement on one channel, once, whatever dies on the way."""
