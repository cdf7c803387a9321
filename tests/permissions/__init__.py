"""Who may do what: the whole app against tables written by hand."""
