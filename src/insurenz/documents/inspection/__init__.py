"""What happens to a file inside the limited child process; imports nothing of the server but the shapes it answers in."""
