"""Kill -9 rounds."""
