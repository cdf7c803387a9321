"""What happened: recorded once, chained, sealed, and handed on to whoever reacts."""
