"""Documents: the files people send, their type by bytes, their links; knows no claims."""
