"""Claims: filed, moved along their workflow, and read by whom they concern."""
