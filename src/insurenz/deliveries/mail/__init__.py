"""Mails about claims: their words, which are data, and the letters that are made of them when they are sent."""
