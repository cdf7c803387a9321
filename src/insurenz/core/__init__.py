"""What every feature stands on: settings, database, errors, ids, clock, the HTTP edge. Knows no feature."""
