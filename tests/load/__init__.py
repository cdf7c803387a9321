"""Many callers at once, on real servers."""
