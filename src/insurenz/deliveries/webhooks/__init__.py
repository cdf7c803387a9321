"""Webhooks: addresses of organisations that are told of what concerns them, and how each of them fares."""
