"""The Firestore mirror: documents, marks both ways, clean-up; with a Firestore of paper and with one that listens."""
