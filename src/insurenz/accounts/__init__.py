"""People and machines: users, roles, assignments, sessions, passwords, one-time links, API keys."""
