"""The schema's history: one head, run on SQLite and PostgreSQL alike."""
