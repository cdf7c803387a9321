"""The workflow definitions of this install, pinned in the database: a version keeps its text for ever."""
