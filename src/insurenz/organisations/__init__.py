"""Hospitals and payers, and which of them work with each other."""
