"""Who is told what, and the inbox in which they find it."""
