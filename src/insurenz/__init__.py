"""Insurenz: file, check, decide and follow insurance claims."""
