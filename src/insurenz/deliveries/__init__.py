"""How a message leaves the house: rows that fall due, channels that carry them, attempts, retries, and a log of it all."""
