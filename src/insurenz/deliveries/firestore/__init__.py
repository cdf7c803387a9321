"""Google's Firestore, as far as the mirror of notifications needs it."""
