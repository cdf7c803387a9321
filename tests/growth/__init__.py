"""The grown arrangement: workers beside servers, a broker between them, and the way there."""
