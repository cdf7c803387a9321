"""The few pages the server itself shows: a first page, API docs, the mailbox of development, robots and security."""
