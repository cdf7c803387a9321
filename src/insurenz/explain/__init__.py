"""What needs claims and notifications: who would be told of an action, and who was told of a claim."""
