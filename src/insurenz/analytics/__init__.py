"""Read-only views over claims and notifications: how many, how long, how much, and why."""
