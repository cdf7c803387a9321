"""Policies: who is covered by whom, for what, when, and how much of the cover is used."""
